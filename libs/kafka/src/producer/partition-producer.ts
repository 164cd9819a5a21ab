import {
  asError,
  TransportError,
  type Appended,
  type OutgoingRecord,
  type TopicPartition,
} from '@tramline/core';
import { BrokerError, check } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Compression } from '../config/options.js';
import { codecNumber, codecOf } from '../kafkajs/codecs.js';
import { errorName, type ErrorName } from '../protocol/error-codes.js';
import {
  encodeBatch,
  encodeRecords,
  recordsIn,
  withCodec,
  type EncodedRecords,
} from '../protocol/record-encoder.js';
import { Deadline } from './deadline.js';
import type { Departures } from './departures.js';
import { isSame, nextSequence, type Flight } from './flight.js';
import { type Identities, type ProducerIdentity } from './identities.js';

/** The broker does not know the sequence that we are at: it forgot us, or an earlier flight never arrived. */
const LOST_SEQUENCE: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
]);

/** The broker refused these before it wrote anything. Every other answer leaves it open. */
const NOT_WRITTEN: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'NOT_ENOUGH_REPLICAS',
  'CORRUPT_MESSAGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_REQUEST',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'POLICY_VIOLATION',
  'INVALID_TOPIC_EXCEPTION',
]);

/** A topic that was just made may be unknown to some broker for a moment. */
const UNKNOWN_TOPIC_TRIES = 4;

/**
 * The way into one partition. A flight is tried until it is written, refused, or out of time; every try carries the same
 * bytes and sequence, so that the broker writes it once however often it arrives.
 *
 * A flight that ran out of time in doubt is remembered. The same records again continue it. Other records must not take its
 * sequence: the broker would take them for its repeat, acknowledge them and write nothing. They get a new identity.
 */
export class PartitionProducer {
  private identity: ProducerIdentity | undefined;
  private sequence = 0;
  private doubtful: Flight | undefined;
  private lastError: Error | undefined;

  constructor(
    private readonly target: TopicPartition,
    private readonly cluster: Cluster,
    private readonly identities: Identities,
    private readonly departures: Departures,
    private readonly compression: Compression,
  ) {}

  async append(records: readonly OutgoingRecord[], timeoutMs: number): Promise<Appended> {
    const deadline = new Deadline(this.cluster.clock, timeoutMs, () => this.tooLate(timeoutMs));
    try {
      return await this.fly(records, deadline);
    } finally {
      deadline.cancel();
    }
  }

  private async fly(records: readonly OutgoingRecord[], deadline: Deadline): Promise<Appended> {
    const backoff = this.cluster.backoff();
    let unknownTopics = 0;
    let flight: Flight | undefined;
    this.lastError = undefined;
    for (;;) {
      try {
        flight ??= await deadline.orLate(this.prepare(records));
        const appended = flight.landed ?? (await deadline.orLate(this.attempt(flight)));
        this.doubtful = undefined;
        return appended;
      } catch (thrown) {
        const error = asError(thrown);
        const inDoubt = flight?.inDoubt ?? false;
        if (error instanceof BrokerError && LOST_SEQUENCE.has(error.kafka) && !inDoubt && !deadline.passed) {
          await this.renew(flight!);
          continue;
        }
        const unknown = error instanceof TransportError && error.code === 'TRAMLINE_UNKNOWN_TOPIC';
        const again =
          !deadline.passed &&
          error instanceof TransportError &&
          (error.retriable || (unknown && ++unknownTopics < UNKNOWN_TOPIC_TRIES));
        if (!again) throw this.giveUp(error, flight);
        this.lastError = error;
        this.cluster.forget(this.target.topic);
        await backoff.wait(deadline.signal).catch(() => {});
        if (deadline.passed) throw this.giveUp(deadline.reason(), flight);
      }
    }
  }

  /** The flight of these records: the one in doubt, when they are the same, or a new one. */
  private async prepare(records: readonly OutgoingRecord[]): Promise<Flight> {
    const { doubtful } = this;
    if (doubtful && isSame(doubtful, records)) return doubtful;
    if (doubtful && !doubtful.landed) {
      this.identity = await this.identities.get(this.identity);
      this.sequence = 0;
    }
    this.doubtful = undefined;
    this.identity ??= await this.identities.get();
    const timestamp = this.cluster.clock.now();
    const encoded = await this.pack(encodeRecords(records, timestamp));
    return {
      records,
      encoded,
      timestamp,
      identity: this.identity,
      first: this.sequence,
      inDoubt: false,
      landed: undefined,
    };
  }

  private async pack(encoded: EncodedRecords): Promise<EncodedRecords> {
    if (this.compression === 'none') return encoded;
    const codec = codecNumber(this.compression);
    const bytes = recordsIn(encoded);
    const compressed = await this.codec(codec).compress(bytes);
    return compressed.length < bytes.length ? withCodec(encoded, codec, compressed) : encoded;
  }

  private codec(number: number): ReturnType<typeof codecOf> {
    try {
      return codecOf(number);
    } catch (error) {
      throw new TransportError('TRAMLINE_REFUSED', (error as Error).message, { cause: error });
    }
  }

  private async renew(flight: Flight): Promise<void> {
    this.identity = await this.identities.get(flight.identity);
    this.sequence = 0;
    flight.identity = this.identity;
    flight.first = 0;
  }

  private async attempt(flight: Flight): Promise<Appended> {
    const { topic, partition } = this.target;
    const leader = await this.cluster.leader(this.target);
    const bytes = encodeBatch(flight.encoded, { ...flight.identity, first: flight.first });
    const wasInDoubt = flight.inDoubt;
    // From here on it may be written, whatever becomes of the answer.
    flight.inDoubt = true;
    this.doubtful = flight;
    const settled = () => {
      flight.inDoubt = wasInDoubt;
      if (!wasInDoubt && this.doubtful === flight) this.doubtful = undefined;
    };
    let result;
    try {
      result = await this.departures.send(leader, { topic, partition, bytes });
    } catch (thrown) {
      if ((thrown as { outcome?: unknown }).outcome === 'not-written') settled();
      throw thrown;
    }
    const error = errorName(result.errorCode);
    if (NOT_WRITTEN.has(error) || LOST_SEQUENCE.has(error)) settled();
    check(result.errorCode, `Writing to ${topic}/${partition}`);
    // Also when it comes too late for its caller: its sequence is used up all the same.
    flight.landed = {
      baseOffset: result.baseOffset,
      timestamp: result.logAppendTime >= 0 ? result.logAppendTime : flight.timestamp,
    };
    if (this.doubtful === flight) this.sequence = nextSequence(flight);
    return flight.landed;
  }

  private tooLate(timeoutMs: number): TransportError {
    const { topic, partition } = this.target;
    const why = this.lastError ? ` The last error was: ${this.lastError.message}` : '';
    return new TransportError(
      'TRAMLINE_AWAY',
      `${topic}/${partition} did not take the records within ${timeoutMs} ms.${why}`,
    );
  }

  private giveUp(error: Error, flight: Flight | undefined): Error {
    if (!flight?.inDoubt) return error;
    const code = error instanceof TransportError ? error.code : 'TRAMLINE_AWAY';
    // The records may be there all the same; the caller may well try them again.
    return new TransportError(code, error.message, {
      cause: error,
      outcome: 'unknown',
      retriable: error instanceof TransportError && error.retriable,
    });
  }
}
