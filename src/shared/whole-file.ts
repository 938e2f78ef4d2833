/** Small files that are written and read as a whole. */
import type { Disk } from './runtime.js';

/**
 * Writes a file from its start and fsyncs it. Its name becomes durable only with a directory fsync.
 * @param progressed called after each disk call
 */
export async function writeSynced(
  disk: Disk,
  name: string,
  content: Uint8Array,
  progressed: () => void = () => undefined,
): Promise<void> {
  const file = await disk.open(name, 'create');
  try {
    progressed();
    await file.truncate(0);
    progressed();
    await file.write(content, 0);
    progressed();
    await file.sync();
    progressed();
  } finally {
    await file.close();
  }
}

/**
 * The whole content of a file.
 * @param bytesMax one byte more is read of a longer file, and nothing beyond
 */
export async function readWhole(disk: Disk, name: string, bytesMax: number): Promise<Uint8Array> {
  const file = await disk.open(name, 'read');
  try {
    const content = new Uint8Array(Math.min(await file.sizeBytes(), bytesMax + 1));
    const bytesRead = await file.read(content, 0);
    return content.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
