import { plural } from '../../options/long-work.js';
import type { Session } from '../../session.js';
import { shown } from '../../output/text.js';
import { keeps } from './list.js';

export async function describeTopics(session: Session, names: readonly string[]): Promise<void> {
  const { output } = session;
  const { topics } = await session.ops();
  const found = await topics.describe(names);
  await output.json(found);
  for (const topic of found) {
    const { fullName, kind, cleanup, replication, maxRecordBytes, minInSync, records, offsets } = topic;
    const copies = minInSync === undefined ? '' : `, ${minInSync} acknowledge`;
    await output.line(output.paint(1, shown(fullName)));
    await output.line(
      `  ${kind}, ${cleanup}, keeps ${keeps(topic)}, ${plural(replication, 'copy', 'copies')}${copies}, records up to ${maxRecordBytes.toLocaleString('en-US')} bytes`,
    );
    await output.line(`  ${plural(records, 'record')}`);
    await output.table(
      ['PARTITION', 'EARLIEST', 'END', 'RECORDS'].map((title) => ({ title, align: 'right' as const })),
      offsets.map(({ partition, earliest, end }) => [partition, earliest, end, end - earliest]),
    );
  }
}
