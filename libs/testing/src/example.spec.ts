import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
// #region imports
import { silentLog } from '@tramline/core';
import { memory, MemoryBroker, SeededRandom, VirtualClock } from '@tramline/testing';
import { describeConformance } from '@tramline/testing/conformance';
// #endregion
// #region outbox-imports
import { describeOutboxStore, ModelDatabase } from '@tramline/testing/outbox';
// #endregion

it('the example of the README', async () => {
  // #region memory
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock });
  const environment = { clock, random: new SeededRandom(1), log: silentLog, clientId: 'test' };
  const first = memory({ broker }).open(environment); // one process
  const second = memory({ broker }).open(environment); // and another

  await first.topics.create([{ name: 'greetings', cleanup: 'delete', partitions: 1 }]);
  const hello = { key: null, value: Buffer.from('hello'), headers: [] };
  const target = { topic: 'greetings', partition: 0 };

  broker.failNext('append', { applied: 'now' }); // the broker writes it, but its answer is lost
  const publishing = first.append(target, [hello], { timeoutMs: 1_000 });
  await assert.rejects(publishing, { code: 'TRAMLINE_AWAY', outcome: 'unknown' });

  broker.setAway(true);
  const waiting = second.append(target, [hello], { timeoutMs: 60_000 });
  await clock.advance('30s'); // takes no time
  broker.setAway(false);
  await waiting;

  assert.equal(broker.records('greetings').length, 2);
  first.crash(); // its calls never settle, its members' partitions go to others after the session timeout
  // #endregion
  await second.close();
});

const myTransport = memory;
// #region conformance
describeConformance(
  { describe, it },
  { name: 'mine', create: async () => ({ provider: myTransport() }), lacks: ['crash', 'away'] },
);
// #endregion

// #region outbox
describeOutboxStore(
  { describe, it },
  {
    name: 'mine',
    create: async () => {
      const clock = new VirtualClock();
      const database = new ModelDatabase({ clock }); // here: your database, with tables of its own for each case
      return { clock, open: () => database.open() };
    },
    lacks: ['none', 'foreign', 'end', 'savepoints', 'schema', 'away'],
  },
);
// #endregion
