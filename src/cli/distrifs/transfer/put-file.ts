/** Stores one local file, or standard input. */
import { createReadStream, type Stats } from 'node:fs';
import type { Readable } from 'node:stream';
import type { DistriFS, WriteFileOptions } from '../../../index.js';
import { DEFAULT_CHUNK_BYTES, MIB, MODE_MAX } from '../../../shared/limits.js';
import type { Transfer } from '../batch/batch.js';
import { readSpecialFile } from '../special-file.js';
import { copyBytes } from './copy-bytes.js';
import { verifyCopy } from './verify-copy.js';

export interface PutOptions {
  readonly write: WriteFileOptions;
  /** Store the permission bits of the local file. */
  readonly preserve: boolean;
  /** Compare the CRC32 afterwards. */
  readonly verify: boolean;
}

/** A local file; null stats: standard input. */
export interface PutSource {
  readonly path: string;
  readonly stats: Stats | null;
}

function inputOf({ path, stats }: PutSource): Readable {
  if (stats === null) return process.stdin;
  return stats.isFile() ? createReadStream(path, { highWaterMark: MIB }) : readSpecialFile(path, stats);
}

/** The memory of a file that is written: its chunk under way. */
export const memoryOf = (bytes: number, chunkSize: number | undefined): number =>
  Math.min(bytes, chunkSize ?? DEFAULT_CHUNK_BYTES);

/** @param target path in the cluster */
export function putTransfer(
  { client, signal }: { readonly client: Pick<DistriFS, 'createWriteStream' | 'checksum'>; readonly signal: AbortSignal },
  source: PutSource,
  target: string,
  { write, preserve, verify }: PutOptions,
): Transfer {
  const { stats } = source;
  const bytes = stats?.isFile() === true ? stats.size : null;
  return {
    label: target,
    bytes,
    memoryBytes: memoryOf(bytes ?? Infinity, write.chunkSize),
    async run(onBytes) {
      const mode = preserve && stats !== null ? { mode: stats.mode & MODE_MAX } : {};
      const output = client.createWriteStream(target, { ...write, ...mode });
      const copied = await copyBytes(inputOf(source), output, { signal, withCrc32: verify, onBytes });
      const checked = verify ? { crc32: await verifyCopy(client, target, copied, signal) } : {};
      return { path: target, length: copied.length, ...checked };
    },
  };
}
