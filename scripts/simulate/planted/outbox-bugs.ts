import type { Edit, PlantedBug } from './bugs.ts';

const relay = (file: string, find: string, put: string): Edit => ({
  file: `outbox/dist/relay/${file}`,
  find,
  put,
});
const model = (file: string, find: string, put: string): Edit => ({
  file: `testing/dist/outbox/model/${file}`,
  find,
  put,
});

const REUSED_ID = model(
  'relaying.js',
  'this.tables.outbox.delete(row.rowId);',
  'this.tables.drawn = this.tables.outbox.delete(row.rowId) ? Math.max(0, ...this.tables.outbox.keys()) : 0;',
);

/** Mistakes in writer, store and relay, each of which the simulation of the outbox must see. Those of a store are made in the model. */
export const OUTBOX_BUGS: readonly PlantedBug[] = [
  {
    name: 'unfenced delete: an old owner settles',
    edits: [
      model(
        'relaying.js',
        'settle(leases, rows, keep) {',
        'settle(_, rows, keep) { const leases = this.tables.leases.map(({ epoch }, bucket) => ({ bucket, epoch }));',
      ),
    ],
  },
  { name: 'reused id: ids of deleted rows are drawn again', edits: [REUSED_ID] },
  {
    name: 'rows settled by id alone, and ids drawn again',
    edits: [
      REUSED_ID,
      model('relaying.js', 'row?.id === id && this.#owns', 'id !== undefined && row && this.#owns'),
    ],
  },
  {
    name: 'cursor instead of pending rows',
    edits: [
      relay(
        'pages.js',
        'after: scan.after,',
        'after: (this.cursor = Math.max(this.cursor ?? 0, this.page?.last ?? 0)),',
      ),
    ],
  },
  {
    name: 'key locked after its id is drawn',
    edits: [
      model(
        'session.js',
        'for (const entry of entries)\n            this.draw(entry, this.server.now());\n    }',
        '}',
      ),
      model(
        'session.js',
        'if (keys.size <= MOST_KEY_LOCKS)',
        'for (const entry of entries) this.draw(entry, this.server.now());\n        if (keys.size <= MOST_KEY_LOCKS)',
      ),
    ],
  },
  {
    name: 'key not locked at all',
    edits: [model('session.js', "await this.lock(key, 'exclusive');", 'void key;')],
  },
  {
    name: 'held keys fill the page',
    edits: [
      model('relaying.js', 'if (held.has(holdName(row)))', 'if (held.has(holdName(row)) && limit-- > 0)'),
    ],
  },
  {
    name: 'hold ended by time alone',
    edits: [
      model(
        'relaying.js',
        'held.has(holdName(row))',
        '(held.get(holdName(row))?.until ?? -Infinity) > this.now()',
      ),
    ],
  },
  {
    name: 'a late lift ends a later hold',
    edits: [model('relaying.js', '&& until === held.until', '&& until > 0')],
  },
  {
    name: 'a row held instead of its key',
    edits: [
      model(
        'tables.js',
        'return record.key === null ? `row ${rowId}` : keyName(topic, record.key);',
        'return `row ${rowId}`;',
      ),
    ],
  },
  {
    name: 'floor taken from the ids drawn, whoever still writes',
    edits: [relay('floor.js', 'learn({ drawn, writers }) {', 'learn({ drawn }) { const writers = [];')],
  },
  {
    name: 'writers asked for before the ids drawn',
    edits: [
      model(
        'store.js',
        'const { drawn } = this.database.tables;\n            await this.database.turn();\n            const writers = this.database.locks.holders(OUTBOX_LOCK).map(({ name }) => name);',
        'const writers = this.database.locks.holders(OUTBOX_LOCK).map(({ name }) => name);\n            await this.database.turn();\n            const { drawn } = this.database.tables;',
      ),
    ],
  },
  {
    name: 'writers without a key not seen by the horizon',
    edits: [
      model(
        'session.js',
        'await this.lock(OUTBOX_LOCK, keys',
        'if (keys.size > 0) await this.lock(OUTBOX_LOCK, keys',
      ),
    ],
  },
  {
    name: 'start of the scan not reset on a claim',
    edits: [relay('leases.js', 'if (fresh)', 'if (fresh && known.size < 0)')],
  },
  {
    name: 'start of the scan not reset when a hold is lifted',
    edits: [relay('hold-times.js', 'this.lifted();', '')],
  },
  {
    name: 'lease counted from after the beat',
    edits: [
      relay(
        'leases.js',
        'this.until = now + this.leaseMs;',
        'this.until = this.clock.monotonic() + this.leaseMs;',
      ),
    ],
  },
  {
    name: 'flight started with too little lease left',
    edits: [
      relay(
        'leases.js',
        'this.until - this.clock.monotonic() >= this.flightMs',
        'this.until > this.clock.monotonic()',
      ),
    ],
  },
  {
    name: 'flight tried again after standing still past its deadline',
    edits: [relay('flight.js', 'if (clock.monotonic() >= deadline)', 'if (tries < 0)')],
  },
  {
    name: 'rows of lost buckets fly on',
    edits: [
      relay(
        'lanes.js',
        'leases.flyable && rows.every(({ row }) => leases.holds(row.bucket))',
        'leases !== undefined && rows.length > 0',
      ),
    ],
  },
  {
    name: 'buckets given back with rows of them in flight',
    edits: [relay('leases.js', '&& !busy(bucket)', '&& busy !== undefined')],
  },
  {
    name: 'a claim takes what others own',
    edits: [
      model(
        'leasing.js',
        'lease.owner === null || lease.expiresAt <= now)\n            .slice',
        'lease.owner !== owner)\n            .slice',
      ),
    ],
  },
  {
    name: 'a failed flight counts as landed',
    edits: [
      relay(
        'lane.js',
        "landing.verdict === 'landed'",
        "landing.verdict === 'landed' || landing.verdict === 'away'",
      ),
    ],
  },
  {
    name: 'a lane flies on behind a failed batch',
    edits: [
      relay(
        'lane.js',
        'if (!this.land(batch, landing, landings))',
        'if (!this.land(batch, landing, landings) && this.queue.length === 0)',
      ),
    ],
  },
  {
    name: 'a page passes rows that were refused meanwhile',
    edits: [relay('lane.js', 'return this.resting && !this.blocked;', 'return this.resting;')],
  },
  {
    name: 'every row of a batch that is too large is dead',
    edits: [
      relay(
        'lane.js',
        'if (batch.length === 1) {',
        'for (const { row } of batch.slice(1)) this.host.outcomes.culprit(row, error);\n        if (batch.length > 0) {',
      ),
    ],
  },
  {
    name: 'scheduled rows moved before they are due',
    edits: [model('moving.js', 'dueAt <= now &&', 'dueAt <= now + 500 &&')],
  },
  {
    name: 'leases kept at stop',
    edits: [relay('relay.js', 'await this.leases.leave();', '')],
  },
  {
    name: 'page read ahead of what may still appear',
    edits: [relay('pages.js', 'page.scan.floor >= page.last && ', '')],
  },
  {
    name: 'page read ahead, or behind what waits, used after a rewind',
    edits: [relay('pages.js', 'this.setup.floor.current(scan) &&', '')],
  },
  {
    name: 'page read ahead used before the one before has landed',
    edits: [relay('pages.js', 'this.setup.lanes.resting && ', '')],
  },
  {
    name: 'rows pass others of their lane that wait',
    edits: [relay('distribution.js', ' && !waitedFor.has(lane)', '')],
  },
  {
    name: 'rows pass others of their lane that wait on an earlier page',
    edits: [relay('pages.js', 'new Set([...waitedFor, ...slow])', 'slow')],
  },
  {
    name: 'rows that wait passed, although some may still appear before them',
    edits: [relay('pages.js', ' && scan.floor >= last;', ';')],
  },
  {
    name: 'page behind what waits used after something failed',
    edits: [
      relay('pages.js', '!passed || this.unbroken(passed)', '!passed || passed'),
      relay('pages.js', 'return this.unbroken(passed) && [', 'return ['),
    ],
  },
];
