import { join } from 'node:path';
import { runForJson } from './command.ts';
import { goProgram } from './go.ts';
import { pythonWithKafka } from './python.ts';

const PEER_PY = join(import.meta.dirname, '..', 'peers', 'peer.py');

/** A record as a peer takes and gives it. */
export interface PeerRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

interface Written {
  readonly partition: number;
  readonly offset: number;
}

/** As it goes over standard input and output: bytes in base64. */
interface EncodedRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

/** A foreign client in a process of its own. */
export class Peer {
  private readonly command: readonly string[];
  private readonly brokers: string;

  private constructor(command: readonly string[], brokers: string) {
    this.command = command;
    this.brokers = brokers;
  }

  /** Installs or compiles it, the first time. */
  static async prepare(language: 'python' | 'go', brokers: string): Promise<Peer> {
    const command = language === 'go' ? [await goProgram('peer')] : [await pythonWithKafka(), PEER_PY];
    return new Peer(command, brokers);
  }

  /** @returns where they lie, in the same order */
  publish(topic: string, records: readonly PeerRecord[]): Promise<Written[]> {
    const input = records.map((record) => ({ topic, ...encoded(record) }));
    return runForJson([...this.command, 'publish', this.brokers], JSON.stringify(input));
  }

  /** The first `count` records of a topic; in order within each partition. */
  async read(topic: string, count: number): Promise<(PeerRecord & Written)[]> {
    const found = await runForJson<EncodedRecord & Written>([
      ...this.command,
      'read',
      this.brokers,
      topic,
      `${count}`,
    ]);
    return found.map(({ key, value, headers, ...where }) => ({
      ...where,
      key: decode(key),
      value: decode(value),
      headers: headers.map(([name, text]) => [name, decode(text)] as const),
    }));
  }
}

function encoded({ key, value, headers }: PeerRecord): EncodedRecord {
  return {
    key: encode(key),
    value: encode(value),
    headers: headers.map(([name, bytes]) => [name, encode(bytes)] as const),
  };
}

const encode = (bytes: Buffer | null) => bytes && bytes.toString('base64');
const decode = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
