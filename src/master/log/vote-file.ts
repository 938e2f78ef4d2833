/**
 * `master.vote`: the hard state once more, in a file of its own, because a log that is damaged must not lose the vote with it.
 * Replaced as a whole (temporary name, fsync, rename, fsync of the folder), so that no crash leaves half of one: bytes that are not
 * valid are corruption.
 *
 *   vote := "DVT1" length:u32 RaftHardState crc:u32         big-endian; crc of everything before it
 */
import { crc32Portable } from '../../shared/crc32.js';
import { isDfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { NO_ROOM, type Room } from '../base/disk-room.js';
import type { HardState } from '../../raft/types.js';
import { decodeHardState, encodeHardState } from './hard-state.js';
import { VOTE_FILE, withFile, writeWhole } from './log-files.js';

const MAGIC = 0x44565431;
const HEADER_BYTES = 8;
const CRC_BYTES = 4;
const FILE_BYTES_MAX = 1_024;
/** One process has the folder, and it writes one at a time: what is there is of a crash. */
export const TEMPORARY_VOTE_FILE = `${VOTE_FILE}.tmp`;

export type StoredVote =
  { readonly kind: 'sound'; readonly hardState: HardState } | { readonly kind: 'missing' | 'damaged'; readonly reason: string };

/** @param room what happens when the disk is full @throws DfsError of the disk */
export async function writeVote(disk: Disk, hardState: HardState, room: Room = NO_ROOM): Promise<void> {
  await writeWhole(disk, TEMPORARY_VOTE_FILE, encodeVote(hardState), room);
  await room.retry(() => disk.rename(TEMPORARY_VOTE_FILE, VOTE_FILE));
  await disk.syncDirectory('.');
}

/** @throws DfsError of the disk */
export async function readVote(disk: Disk): Promise<StoredVote> {
  try {
    return await withFile(disk, VOTE_FILE, 'read', async (file) => {
      const bytes = new Uint8Array(FILE_BYTES_MAX);
      return decodeVote(bytes.subarray(0, await file.read(bytes, 0)));
    });
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return { kind: 'missing', reason: 'it is missing' };
    throw error;
  }
}

function encodeVote(hardState: HardState): Uint8Array {
  const body = encodeHardState(hardState);
  const bytes = new Uint8Array(HEADER_BYTES + body.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, body.length);
  bytes.set(body, HEADER_BYTES);
  const crcOffset = bytes.length - CRC_BYTES;
  view.setUint32(crcOffset, crc32Portable(bytes.subarray(0, crcOffset)));
  return bytes;
}

function decodeVote(bytes: Uint8Array): StoredVote {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const crcOffset = bytes.length - CRC_BYTES;
  if (crcOffset < HEADER_BYTES || view.getUint32(0) !== MAGIC || view.getUint32(4) !== crcOffset - HEADER_BYTES) {
    return { kind: 'damaged', reason: `its ${bytes.length} bytes are not laid out as a vote` };
  }
  if (view.getUint32(crcOffset) !== crc32Portable(bytes.subarray(0, crcOffset))) {
    return { kind: 'damaged', reason: 'its checksum does not match' };
  }
  try {
    return { kind: 'sound', hardState: decodeHardState(bytes.subarray(HEADER_BYTES, crcOffset)) };
  } catch (error) {
    if (!isDfsError(error, 'PROTOCOL_ERROR')) throw error;
    return { kind: 'damaged', reason: 'what it says cannot be understood' };
  }
}
