/** Stores one local file, or standard input. */
import { createReadStream, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32 } from '../../../shared/crc32.js';
import type { WriteFileOptions } from '../../../client/client-options.js';
import type { DistriFS } from '../../../distri-fs.js';
import { DEFAULT_CHUNK_BYTES, MIB, MODE_MAX } from '../../../shared/limits.js';
import type { Transfer } from '../batch/batch.js';
import { readSpecialFile } from '../special-file.js';
import { type CopiedBytes, copyBytes } from './copy-bytes.js';
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

/** A file of at most this many bytes is read as a whole: the masters are asked less often about one whose length is known. */
const WHOLE_BYTES_MAX = MIB;

/** The content of a small file; null: it is larger by now. @throws the failure of the local file system */
async function readWhole(path: string): Promise<Uint8Array | null> {
  const file = await open(path);
  try {
    const content = Buffer.allocUnsafe(WHOLE_BYTES_MAX + 1);
    let length = 0;
    while (length < content.length) {
      const { bytesRead } = await file.read(content, length);
      if (bytesRead === 0) return content.subarray(0, length);
      length += bytesRead;
    }
    return null;
  } finally {
    await file.close();
  }
}

/** The memory of a file that is written: its chunk under way. */
export const memoryOf = (bytes: number, chunkSize: number | undefined): number =>
  Math.min(bytes, chunkSize ?? DEFAULT_CHUNK_BYTES);

/** @param target path in the cluster */
export function putTransfer(
  {
    client,
    signal,
  }: { readonly client: Pick<DistriFS, 'createWriteStream' | 'writeFile' | 'checksum'>; readonly signal: AbortSignal },
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
      const options = { ...write, ...mode };
      const whole = bytes !== null && bytes <= WHOLE_BYTES_MAX ? await readWhole(source.path) : null;
      let copied: CopiedBytes;
      if (whole === null) {
        const output = client.createWriteStream(target, options);
        copied = await copyBytes(inputOf(source), output, { signal, withCrc32: verify, onBytes });
      } else {
        await client.writeFile(target, whole, { ...options, signal });
        onBytes(whole.length);
        copied = { length: whole.length, crc32: verify ? crc32(whole) : 0 };
      }
      const checked = verify ? { crc32: await verifyCopy(client, target, copied, signal) } : {};
      return { path: target, length: copied.length, ...checked };
    },
  };
}
