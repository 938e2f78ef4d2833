/** Names of the files that a master's log consists of, and how a small file is put in place as a whole. */
import type { Disk, DiskFile } from '../../shared/runtime.js';
import { NO_ROOM, type Room } from '../base/disk-room.js';

/** The active segment. */
export const LOG_FILE = 'master.log';
/** The second durable copy of the hard state. */
export const VOTE_FILE = 'master.vote';

const CLOSED = /^master-\d{16}\.log$/;
const TEMPORARY_SEGMENT = /^master\.log\.\d+\.tmp$/;
const SET_ASIDE = /^master(-\d{16})?\.log\.damaged-\d+$/;

/** @param firstIndex of the entry after the one that the segment begins after */
export function closedSegmentName(firstIndex: number): string {
  return `master-${String(firstIndex).padStart(16, '0')}.log`;
}

/** @param generation of the segment that is being made: no other one has it */
export function temporarySegmentName(generation: number): string {
  return `${LOG_FILE}.${generation}.tmp`;
}

/** What a file is to the log, by its name; null: nothing. */
export type LogFileKind = 'active' | 'closed' | 'temporary' | 'set-aside';

export function logFileKind(name: string): LogFileKind | null {
  if (name === LOG_FILE) return 'active';
  if (CLOSED.test(name)) return 'closed';
  if (TEMPORARY_SEGMENT.test(name)) return 'temporary';
  return SET_ASIDE.test(name) ? 'set-aside' : null;
}

/** A name for a damaged file that none of these files has. */
export function setAsideName(name: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${name}.damaged-${number}`)) number += 1;
  return `${name}.damaged-${number}`;
}

/**
 * Writes a new file, or one that an earlier crash left, and fsyncs it.
 * @param room what happens when the disk is full
 * @throws DfsError of the disk
 */
export async function writeWhole(disk: Disk, name: string, bytes: Uint8Array, room: Room = NO_ROOM): Promise<void> {
  const file = await room.retry(() => disk.open(name, 'create'));
  try {
    await file.truncate(0);
    await room.retry(
      () => file.write(bytes, 0),
      () => file.truncate(0),
    );
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Opens a file, uses it and closes it in any case. @throws DfsError of the disk; whatever `use` throws */
export async function withFile<T>(
  disk: Disk,
  name: string,
  mode: 'read' | 'update' | 'create',
  use: (file: DiskFile) => Promise<T>,
): Promise<T> {
  const file = await disk.open(name, mode);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
