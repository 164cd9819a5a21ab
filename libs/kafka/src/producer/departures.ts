import { partitionName, TransportError } from '@tramline/core';
import type { Cluster } from '../cluster/cluster.js';
import type { Lane } from '../cluster/lane.js';
import { addressName, type Address } from '../kafkajs/broker-connection.js';
import { produce, type Produced, type ProducedBatch } from '../protocol/api/records.js';

/**
 * Requests to one broker that are under way at once. It handles those of a connection one after the other, so more of them
 * gain nothing; with two it has work while we read an answer and write the next request.
 */
const MOST_UNDER_WAY = 2;
/** Batches beyond this wait for the next request: the broker had better begin. Half and four times as much are slower (measured). */
const FULL_BYTES = 256 * 1024;

interface Waiting {
  readonly batch: ProducedBatch;
  readonly resolve: (result: Produced) => void;
  readonly reject: (error: unknown) => void;
}

/** What waits for one broker. */
interface Gate {
  readonly to: Address;
  waiting: Waiting[];
  underWay: number;
  calling: boolean;
}

/**
 * Takes batches to the brokers that lead their partitions: those that are ready at the same time, or while the broker is busy
 * with others, leave in one request. Each has its own end, and a request has at most one batch of a partition.
 */
export class Departures {
  private readonly gates = new Map<string, Gate>();

  /** Where a quota holds what is written back, positions are committed all the same. */
  private readonly lane: Lane;

  constructor(private readonly cluster: Cluster) {
    this.lane = cluster.lane();
  }

  /** Resolves to the broker's answer for this batch. @throws what {@link BrokerConnection.send} does; with outcome 'unknown' when the answer is missing */
  send(to: Address, batch: ProducedBatch): Promise<Produced> {
    const gate = this.gate(to);
    return new Promise((resolve, reject) => {
      gate.waiting.push({ batch, resolve, reject });
      if (gate.calling) return;
      gate.calling = true;
      // Other partitions are about to be ready in this very turn.
      process.nextTick(() => {
        gate.calling = false;
        this.depart(gate);
      });
    });
  }

  private gate(to: Address): Gate {
    const name = addressName(to);
    let gate = this.gates.get(name);
    if (!gate) this.gates.set(name, (gate = { to, waiting: [], underWay: 0, calling: false }));
    return gate;
  }

  private depart(gate: Gate): void {
    while (gate.waiting.length > 0 && gate.underWay < MOST_UNDER_WAY) {
      gate.underWay++;
      void this.carry(gate, board(gate)).finally(() => {
        gate.underWay--;
        this.depart(gate);
      });
    }
  }

  /** Never rejects. */
  private async carry({ to }: Gate, aboard: readonly Waiting[]): Promise<void> {
    try {
      const batches = aboard.map(({ batch }) => batch);
      const timeoutMs = Math.round(this.cluster.settings.requestTimeoutMs * 0.8);
      this.cluster.mustBeOpen();
      const results = await this.lane.connection(to).send(produce, { batches, timeoutMs });
      for (const { batch, resolve, reject } of aboard) {
        const result = results.find(
          ({ topic, partition }) => topic === batch.topic && partition === batch.partition,
        );
        if (result) resolve(result);
        else reject(missing(batch));
      }
    } catch (error) {
      for (const { reject } of aboard) reject(error);
    }
  }
}

/** Takes from those that wait what fits into one request, in the order in which they came. */
function board(gate: Gate): readonly Waiting[] {
  const partitions = new Set<string>();
  let bytes = 0;
  let count = 0;
  for (const { batch } of gate.waiting) {
    const name = partitionName(batch);
    // One that ran out of time may still wait when the next one of its partition comes.
    if (partitions.has(name) || (count > 0 && bytes + batch.bytes.byteLength > FULL_BYTES)) break;
    partitions.add(name);
    bytes += batch.bytes.byteLength;
    count++;
  }
  return gate.waiting.splice(0, count);
}

function missing(batch: ProducedBatch): TransportError {
  return new TransportError('TRAMLINE_AWAY', `The answer for ${partitionName(batch)} is missing.`, {
    outcome: 'unknown',
  });
}
