'use strict';
// `nest add @tramline/nest` runs this after it has installed the package. All the work is that of `tramline init`: one
// implementation, and one that can be tried with --dry-run.
const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { version } = require('../package.json');

/** @param {{ sourceRoot?: string, skipInstall?: boolean }} options what `nest add` passes on */
exports.nestAdd = (options) => (tree) => {
  const more = [
    ...(options.sourceRoot ? ['--source-root', options.sourceRoot] : []),
    ...(options.skipInstall ? ['--no-install'] : []),
  ];
  const bin = findBin();
  const [program, args] =
    bin === undefined
      ? ['npm', ['exec', '--yes', `--package=@tramline/cli@${version}`, '--', 'tramline', 'init', ...more]]
      : [process.execPath, [bin, 'init', ...more]];
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    // npm is a script there.
    shell: process.platform === 'win32' && bin === undefined,
  });
  if (status !== 0) {
    throw new Error(
      `tramline init did not succeed${error ? ` (${error.message})` : ''}; run it yourself: npx --package=@tramline/cli@${version} tramline init`,
    );
  }
  return tree;
};

/** The command as the project has it; undefined when it has none yet. */
function findBin() {
  try {
    const main = createRequire(join(process.cwd(), 'package.json')).resolve('@tramline/cli');
    return join(dirname(main), '..', 'bin', 'tramline.js');
  } catch {
    return undefined;
  }
}
