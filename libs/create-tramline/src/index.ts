import { type Env, type Exit, main } from '@tramline/cli';

export { processEnv } from '@tramline/cli';

/** `npm create tramline my-shop` is `tramline new my-shop`, with the same options. Never rejects. @returns the exit code */
export async function createTramline(env: Env): Promise<Exit> {
  return main({ ...env, argv: ['new', ...env.argv] });
}
