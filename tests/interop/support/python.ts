import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { cachedFolder } from '../../../scripts/kafka/cache.ts';

const KAFKA_PYTHON = '3.0.12';

/** The Python of a virtual environment with kafka-python, made the first time and kept outside of the repository. */
export function pythonWithKafka(): string {
  const folder = cachedFolder(`kafka-python-${KAFKA_PYTHON}`, (making) => {
    execFileSync('python3', ['-m', 'venv', making]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    execFileSync(join(making, 'bin', 'python'), [...pip, `kafka-python==${KAFKA_PYTHON}`]);
  });
  return join(folder, 'bin', 'python');
}
