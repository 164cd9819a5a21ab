import compression from 'kafkajs/src/protocol/message/compression/index.js';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { Compression } from '../config/options.js';

/** How batches are packed and unpacked. */
interface Codec {
  compress(bytes: Uint8Array): Promise<Buffer>;
  decompress(bytes: Uint8Array): Promise<Buffer>;
}

/** A codec that this process lacks; the message says how to get it. */
export class MissingCodecError extends Error {
  constructor(name: string, fix: string) {
    super(`Compression with ${name} is not available here. ${fix}`);
    this.name = 'MissingCodecError';
  }
}

const NAMES: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

const gzip: Codec = { compress: promisify(zlib.gzip), decompress: promisify(zlib.gunzip) };

/** The number by which a batch names its compression. */
export function codecNumber(name: Compression): number {
  return NAMES.indexOf(name);
}

/** @param number - as a batch has it; never 0. @throws MissingCodecError */
export function codecOf(number: number): Codec {
  if (number === 1) return gzip;
  if (number === 4 && 'zstdCompress' in zlib) {
    return { compress: promisify(zlib.zstdCompress), decompress: promisify(zlib.zstdDecompress) };
  }
  return registered(number);
}

/** Codecs that were registered with kafkajs, in the way of its manual. */
function registered(number: number): Codec {
  const name = NAMES[number] ?? `codec ${number}`;
  try {
    const codec = compression.Codecs[number]!();
    return {
      // A codec of kafkajs takes its encoder, of which it looks at the bytes alone.
      compress: (bytes) => codec.compress({ buffer: bytes }),
      decompress: (bytes) => codec.decompress(bytes as Buffer),
    };
  } catch {
    const fix =
      name === 'zstd'
        ? 'Use Node 22.15 or newer.'
        : `Register a codec: import kafkajs from 'kafkajs', then kafkajs.CompressionCodecs[${number}] = () => codec; docs/kafka.md ('Compression') shows it for ${name}.`;
    throw new MissingCodecError(name, fix);
  }
}
