import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaJars } from '../../../../scripts/kafka/jars.ts';

/** Kafka itself, through Maven. */
export async function fillKafka(context: string): Promise<void> {
  cpSync(await kafkaJars(), join(context, 'jars'), { recursive: true });
}
