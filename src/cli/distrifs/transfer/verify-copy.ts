/** Compares the CRC32 of a copy with that of the file in the cluster, for --verify. */
import type { FileChecksum } from '../../../client/read/file-checksum.js';
import type { DistriFS } from '../../../distri-fs.js';
import { crc32Digits } from './file-crc32.js';

/** A copy that is not the same as its source. */
class DifferentCopyError extends Error {
  override readonly name = 'DifferentCopyError';
  readonly code = 'EIO';
}

/** Two replicas of a chunk that differ, with their nodes. */
export function differenceText({ path, differences }: FileChecksum): string {
  const chunks = differences.map(({ index, replicas }) => {
    const found = replicas.map((replica) => `${crc32Digits(replica.crc32)} on ${replica.node}`);
    return `chunk ${index} is ${found.join(', ')}`;
  });
  return `"${path}": replicas differ: ${chunks.join('; ')}`;
}

/**
 * @param found CRC32 and length of the other side
 * @returns the CRC32, in digits
 * @throws DifferentCopyError; DistriFSError
 */
export async function verifyCopy(
  client: Pick<DistriFS, 'checksum'>,
  path: string,
  found: { readonly crc32: number; readonly length: number },
  signal: AbortSignal,
): Promise<string> {
  const stored = await client.checksum(path, { signal });
  if (stored.crc32 === null) throw new DifferentCopyError(differenceText(stored));
  if (stored.crc32 === found.crc32 && stored.length === found.length) return crc32Digits(found.crc32);
  throw new DifferentCopyError(
    `"${path}" does not match its copy: ${stored.length} bytes with CRC32 ${crc32Digits(stored.crc32)} are in the cluster, ` +
      `${found.length} bytes with CRC32 ${crc32Digits(found.crc32)} were copied; it is damaged, or was replaced meanwhile`,
  );
}
