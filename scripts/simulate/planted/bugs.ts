/** A text of a compiled file, and what is put in its place. */
export interface Edit {
  /** Below `libs/`, such as `core/dist/consume/committer.js`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** A mistake that somebody might make. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly Edit[];
}

const core = (file: string, find: string, put: string): Edit => ({ file: `core/dist/${file}`, find, put });

/** Real mistakes, each of which the simulation must see. They are applied to the modules as they load; no file changes. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'commit past the watermark',
    edits: [
      core(
        'consume/committer.js',
        'const offset = partition.progress.watermark;',
        'const offset = partition.progress.next;',
      ),
    ],
  },
  {
    name: 'partition paused and never resumed',
    edits: [core('consume/partition-consumer.js', 'this.flow.resume(this);', '')],
  },
  {
    name: 'pause forgotten: the window is ignored',
    edits: [
      core('consume/partition-consumer.js', 'if (!this.isOver(1) || this.paused)', 'if (this.progress)'),
    ],
  },
  {
    name: 'lane leak: places of closed lanes are not given back',
    edits: [core('consume/scheduler.js', 'slot.running--;', 'if (!lane.closed) slot.running--;')],
  },
  {
    name: 'lost tier write: a failed append counts as written',
    edits: [
      core(
        'failure/failure-writer.js',
        'this.report(topic, error, tries);',
        'return this.report(topic, error, tries);',
      ),
    ],
  },
  {
    name: 'tier write not waited for',
    edits: [
      core(
        'failure/failure-engine.js',
        'await this.writer.write(this.naming.retryTier(',
        'void this.writer.write(this.naming.retryTier(',
      ),
    ],
  },
  {
    name: 'stale commit: lost partitions are still committed',
    edits: [
      core('consume/held-partitions.js', 'if (this.held.get(name) === consumer)', 'if (false)'),
      core('consume/committer.js', '!partition.changed || partition.signal.aborted', '!partition.changed'),
    ],
  },
  {
    name: 'stale commit: the broker accepts it after the partition moved',
    edits: [
      {
        file: 'testing/dist/memory/group.js',
        find: 'if (owner !== memberId)',
        put: 'if (owner === undefined)',
      },
    ],
  },
  {
    name: 'offset map off by one',
    edits: [core('consume/progress.js', 'at = entry.offset + 1;', 'at = entry.offset;')],
  },
  {
    name: 'offset map trusted beyond the end of the log',
    edits: [core('consume/offset-map.js', 'return last && last.to <= end ? ranges : [];', 'return ranges;')],
  },
  {
    name: 'redrive sent twice: the state is not written',
    edits: [core('ops/redriver.js', "await this.save('redriven', sent);", '')],
  },
  {
    name: 'waiting record of an unknown handler skipped',
    edits: [
      core(
        'consume/intake.js',
        'if (now - since < rules.unknownWaitMs)',
        'if (since > 0) return owner.done(incoming); if (now)',
      ),
    ],
  },
  {
    name: 'start position not committed before the first record',
    edits: [core('consume/group-starts.js', 'if (fresh.length > 0) {', 'if (fresh.length < 0) {')],
  },
  {
    name: 'one handler through counts for all of them',
    edits: [core('consume/intake.js', 'incoming.entry.left = chosen.length;', '')],
  },
  {
    name: 'failed events of a batch count as done',
    edits: [
      core('consume/batch-lane.js', 'if (ofSome ? single.has(index) : error)', 'if (!ofSome && error)'),
    ],
  },
  {
    name: 'tiers let go at once',
    edits: [core('consume/tier-gate.js', 'Math.min(Math.max(0, due - this.clock.now()), this.tierMs)', '0')],
  },
  {
    name: 'drain does not wait for what runs',
    edits: [core('consume/partition-consumer.js', 'return within(clock, timeoutMs,', 'return true; void (')],
  },
  {
    name: 'aliases ignored',
    edits: [core('consume/routes.js', 'for (const id of handler.ids)', 'for (const id of [handler.id])')],
  },
  {
    name: 'tiers of another version that is gone are not read',
    edits: [core('consume/topic-watch.js', 'if (added.length === 0)', 'if (added)')],
  },
  {
    name: 'no commit when a partition is handed over',
    edits: [core('consume/group-consumer.js', 'await this.committer?.flush(consumers);', '')],
  },
  {
    name: 'an attempt past its timeout counts as done',
    edits: [
      core(
        'consume/attempt.js',
        'this.end(attempt, new AttemptTimeoutError(handler.id, handler.timeoutMs))',
        'this.end(attempt)',
      ),
    ],
  },
  {
    name: 'events of a key run beside each other',
    edits: [core('consume/key-lanes.js', 'this.lanes.set(key, lane);', 'void lane;')],
  },
  {
    name: 'work goes on in lost partitions',
    edits: [
      core(
        'consume/group-consumer.js',
        "this.held.release(partitions, new Error('The partition belongs",
        "void (new Error('The partition belongs",
      ),
    ],
  },
  {
    name: 'one attempt too many in place',
    edits: [core('failure/decide.js', 'if (tries < schedule.inPlace)', 'if (tries <= schedule.inPlace)')],
  },
  {
    name: 'first delay of the policy left out',
    edits: [core('failure/decide.js', 'schedule.delays[deliveries]', 'schedule.delays[deliveries + 1]')],
  },
  {
    name: 'letters of two redrives share an id',
    edits: [core('failure/dead-letter.js', '        redrives,\n', '')],
  },
  {
    name: 'a publish in doubt reported as not written',
    edits: [
      core('publish/pending-event.js', 'const doubtful = this.inDoubt ||', 'const doubtful = false &&'),
    ],
  },
];
