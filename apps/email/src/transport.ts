import { join } from 'node:path';
import type { TransportProvider } from '@tramline/nest';
import { settings } from './settings.js';

/** What carries the events. Only what was chosen is loaded: the other need not even be installed. */
export async function chooseTransport(): Promise<TransportProvider> {
  if (settings.transport === 'kafka') {
    const { kafka } = await import('@tramline/kafka');
    return kafka.fromEnv();
  }
  const { embedded } = await import('@tramline/embedded');
  return embedded({ directory: join(settings.data, 'log') });
}
