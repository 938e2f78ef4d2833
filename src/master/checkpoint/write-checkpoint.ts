/** Writes a copy of the state into a file, slice by slice: between them the master serves. */
import type { Snapshot } from '../../raft/types.js';
import { crc32 } from '../../shared/crc32.js';
import { KIB, MIB } from '../../shared/limits.js';
import type { DiskFile } from '../../shared/runtime.js';
import type { StateCopy } from '../state/tables/replicated-state.js';
import { encodeHeader, encodeSlice, encodeTrailer } from './checkpoint-format.js';

/** Encoding as much takes about a millisecond. */
const SLICE_BYTES = 64 * KIB;
/** As much is synced at a time, so that an fsync of the log never finds a whole checkpoint before it. */
const UNSYNCED_BYTES_MAX = 8 * MIB;

/**
 * Writes all of a copy and makes the file's content durable.
 * @param file empty
 * @param goOn asked before each slice: throws when the file is not wanted any more
 * @returns its size in bytes
 * @throws DfsError of the disk, or what `goOn` threw
 */
export async function writeCheckpoint(file: DiskFile, snapshot: Snapshot, copy: StateCopy, goOn: () => void): Promise<number> {
  let offset = 0;
  let crc = 0;
  let unsyncedBytes = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await file.write(bytes, offset);
    offset += bytes.length;
    crc = crc32(bytes, crc);
    unsyncedBytes += bytes.length;
    if (unsyncedBytes < UNSYNCED_BYTES_MAX) return;
    await file.sync();
    unsyncedBytes = 0;
  };
  await write(encodeHeader(snapshot));
  let slices = 0;
  let bytes = 0;
  for (let slice = copy.next(SLICE_BYTES); slice !== null; slice = copy.next(SLICE_BYTES)) {
    slices += 1;
    bytes += slice.length;
    await write(encodeSlice(slice));
    goOn();
  }
  await write(encodeTrailer({ slices, bytes, digest: copy.digest }, crc));
  await file.sync();
  return offset;
}
