import { join } from 'node:path';
import { cachedFolder } from '../../../scripts/kafka/cache.ts';
import { run } from './command.ts';

const KAFKA_PYTHON = '3.0.12';

/** The Python of a virtual environment with kafka-python, made the first time and kept outside of the repository. */
export async function pythonWithKafka(): Promise<string> {
  const folder = await cachedFolder(`kafka-python-${KAFKA_PYTHON}`, async (making) => {
    await run(['python3', '-m', 'venv', making]);
    const pip = [join(making, 'bin', 'python'), '-m', 'pip', '--quiet', '--disable-pip-version-check'];
    await run([...pip, 'install', `kafka-python==${KAFKA_PYTHON}`]);
  });
  return join(folder, 'bin', 'python');
}
