/** Writes the two files of a chunk whose content is durable elsewhere: without an fsync, which follows later. */
import type { Disk, DiskFile } from '../../shared/runtime.js';
import { isRefusal } from '../base/durable-file.js';
import { dataFileName, metaFileName } from './chunk-files.js';

/** All of a chunk. */
export interface ChunkContent {
  readonly uuid: string;
  readonly version: number;
  /** The bytes of the meta file. */
  readonly meta: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Writes the files of a chunk that the folder has no replica of.
 * @param progressed called after each disk call
 */
export async function addUnsynced(disk: Disk, content: ChunkContent, progressed: () => void): Promise<void> {
  const { uuid, version, meta, data } = content;
  const written = await Promise.allSettled([
    writeNew(disk, metaFileName(uuid, version), meta, progressed),
    writeNew(disk, dataFileName(uuid), data, progressed),
  ]);
  for (const outcome of written) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Writes the files of a chunk over what is there. */
export async function overwriteUnsynced(disk: Disk, { uuid, version, meta, data }: ChunkContent): Promise<void> {
  await writeOver(disk, metaFileName(uuid, version), meta, () => undefined);
  await writeOver(disk, dataFileName(uuid), data, () => undefined);
}

/** What is left over under its name goes. */
async function writeNew(disk: Disk, name: string, content: Uint8Array, progressed: () => void): Promise<void> {
  let file: DiskFile;
  try {
    file = await disk.open(name, 'exclusive');
  } catch (error) {
    if (isRefusal(error)) throw error;
    return writeOver(disk, name, content, progressed);
  }
  try {
    progressed();
    await file.write(content, 0);
    progressed();
  } finally {
    await file.close();
  }
}

async function writeOver(disk: Disk, name: string, content: Uint8Array, progressed: () => void): Promise<void> {
  const file = await disk.open(name, 'create');
  try {
    progressed();
    await file.truncate(0);
    await file.write(content, 0);
    progressed();
  } finally {
    await file.close();
  }
}
