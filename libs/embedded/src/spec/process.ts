/**
 * A process of its own that uses the embedded transport as told over IPC. Started with `node process.ts <directory>`; it
 * imports the built package, as a user's process does.
 */
import { embedded } from '@tramline/embedded';
import { silentLog, systemClock, systemRandom, type Membership, type Transport } from '@tramline/core';
import type { Command, Report } from './protocol.ts';

const transport: Transport = embedded({ directory: process.argv[2] }).open({
  clock: systemClock,
  random: systemRandom,
  log: silentLog,
  clientId: `pid-${process.pid}`,
});
let membership: Membership | undefined;

const report = (message: Report) => void process.send!(message);
const texts = (records: readonly { readonly value: Uint8Array | null }[]) =>
  records.map(({ value }) => Buffer.from(value ?? []).toString());
const bare = (partitions: readonly { readonly partition: number }[]) =>
  partitions.map(({ partition }) => partition);

async function run(command: Command): Promise<void> {
  switch (command.do) {
    case 'create':
      await transport.topics.create([
        { name: command.topic, partitions: command.partitions, cleanup: 'delete' },
      ]);
      return report({ kind: 'done' });
    case 'append': {
      const records = command.values.map((value) => ({ key: null, value: Buffer.from(value), headers: [] }));
      await transport.append(command, records, { timeoutMs: 10_000 });
      return report({ kind: 'done' });
    }
    case 'flood':
      for (let partition = 0; partition < command.partitions; partition++)
        void flood(command.topic, partition);
      return;
    case 'consume':
      return consume(command);
    case 'commit': {
      const { topic, partition, offset } = command;
      await membership!.commit([{ topic, partition, offset, metadata: command.metadata }]);
      return report({ kind: 'done' });
    }
    case 'close':
      await transport.close();
      report({ kind: 'done' });
      process.disconnect();
  }
}

/** Appends numbered values without end, two to five at a time, and tells what was acknowledged. */
async function flood(topic: string, partition: number): Promise<void> {
  for (let next = 0; ;) {
    const values = Array.from({ length: 2 + (next % 4) }, () => `${process.pid} ${next++}`);
    const records = values.map((value) => ({ key: null, value: Buffer.from(value), headers: [] }));
    const { baseOffset } = await transport.append({ topic, partition }, records, { timeoutMs: 10_000 });
    report({ kind: 'acknowledged', partition, baseOffset, values });
  }
}

function consume({ group, topics, sessionTimeoutMs }: Command & { do: 'consume' }): void {
  const options = { group, topics, sessionTimeoutMs, broadcast: false, clientId: `pid-${process.pid}` };
  membership = transport.consume(options, {
    async assigned(partitions) {
      report({ kind: 'assigned', partitions: bare(partitions) });
      return partitions.map((one) => ({ ...one, offset: one.committed?.offset ?? one.earliest }));
    },
    async revoked(partitions) {
      report({ kind: 'revoked', partitions: bare(partitions) });
    },
    lost: (partitions) => report({ kind: 'lost', partitions: bare(partitions) }),
    records: ({ partition, records }) => report({ kind: 'records', partition, values: texts(records) }),
    outOfRange: ({ partition }) => report({ kind: 'out of range', partitions: [partition] }),
    status: (status) => report({ kind: 'status', status: status.kind }),
  });
}

process.on('message', (command: Command) => {
  run(command).catch((error: Error & { code?: string }) =>
    report({ kind: 'refused', code: error.code, message: error.message }),
  );
});
report({ kind: 'ready' });
