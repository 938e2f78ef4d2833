/** Keeps the end of each log file of a cluster whose folder is about to be removed. */
import { open, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MIB } from '../../shared/limits.js';

/** Limit for each log. */
export const LOG_BYTES_MAX = 16 * MIB;

/** The last whole lines of a file. @throws Error of node:fs */
async function endOf(file: string, bytesMax: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - bytesMax);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const bytes = buffer.subarray(0, bytesRead);
    return start === 0 ? bytes : bytes.subarray(bytes.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}

/**
 * Copies logs into a folder, under their own names. Missing files, of nodes that never started, are skipped.
 * @param bytesMax limit for each file; of a longer file the end is kept, from the beginning of a line
 * @throws Error of node:fs when an existing file cannot be copied
 */
export async function copyLogs(files: readonly string[], folder: string, bytesMax: number = LOG_BYTES_MAX): Promise<void> {
  for (const file of files) {
    try {
      await writeFile(join(folder, basename(file)), await endOf(file, bytesMax));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
      throw error;
    }
  }
}
