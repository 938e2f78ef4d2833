/** Copies one file within the cluster: this command reads it and writes it. */
import type { WriteFileOptions } from '../../../client/client-options.js';
import type { Stats } from '../../../client/stats.js';
import type { DistriFS } from '../../../distri-fs.js';
import { MODE_MAX } from '../../../shared/limits.js';
import type { Transfer } from '../batch/batch.js';
import { copyBytes } from './copy-bytes.js';
import { crc32Digits } from './file-crc32.js';
import { memoryOf } from './put-file.js';
import { verifyCopy } from './verify-copy.js';

export interface CopyOptions {
  /** Default of replication and chunk size: the source's. */
  readonly write: WriteFileOptions;
  /** Store the permission bits of the source. */
  readonly preserve: boolean;
  /** Compare the CRC32 afterwards. */
  readonly verify: boolean;
}

export type CopiedFiles = Pick<DistriFS, 'createReadStream' | 'createWriteStream' | 'checksum'>;

/** @param target path in the cluster */
export function copyTransfer(
  { client, signal }: { readonly client: CopiedFiles; readonly signal: AbortSignal },
  source: Stats,
  target: string,
  { write, preserve, verify }: CopyOptions,
): Transfer {
  const { path, size, replication, chunkSize } = source;
  return {
    label: target,
    bytes: size,
    memoryBytes: memoryOf(size, write.chunkSize ?? chunkSize),
    async run(onBytes) {
      const mode = preserve ? { mode: source.mode & MODE_MAX } : {};
      const output = client.createWriteStream(target, { replication, chunkSize, ...write, ...mode });
      const copied = await copyBytes(client.createReadStream(path), output, { signal, withCrc32: verify, onBytes });
      if (!verify) return { from: path, path: target, length: copied.length };
      await verifyCopy(client, path, copied, signal);
      await verifyCopy(client, target, copied, signal);
      return { from: path, path: target, length: copied.length, crc32: crc32Digits(copied.crc32) };
    },
  };
}
