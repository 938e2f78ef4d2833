/** Names of checkpoint files: `checkpoint-<index, 16 digits>-<id>.ckpt`, and temporaries that no two writers share. */
import type { EntryId, Snapshot } from '../../raft/types.js';
import type { Random } from '../../shared/runtime.js';

const INDEX_DIGITS = 16;
const ID_BYTES = 8;
const ID = /^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/;
const FILE = /^checkpoint-(\d{16})-([0-9A-Za-z-]+)\.ckpt$/;
const TEMPORARY = /^checkpoint-.*\.tmp$/;

/** An id for a snapshot that is made here: names its bytes for ever, on whichever master they are. */
export function newSnapshotId(random: Random): string {
  return Buffer.from(random.bytes(ID_BYTES)).toString('hex');
}

/** Tells whether an id that came from elsewhere can be part of a file's name. */
export function isSnapshotId(id: string): boolean {
  return ID.test(id);
}

/** @param snapshot with an id that `isSnapshotId` */
export function checkpointName({ index, id }: Pick<Snapshot, 'index' | 'id'>): string {
  return `checkpoint-${String(index).padStart(INDEX_DIGITS, '0')}-${id}.ckpt`;
}

/** What a file's name says, or null when it is no checkpoint's. */
export function parseCheckpointName(name: string): Pick<EntryId, 'index'> | null {
  const digits = FILE.exec(name)?.[1];
  return digits === undefined ? null : { index: Number(digits) };
}

/** Another one with each call, even for the same snapshot. */
export function temporaryName(snapshot: Pick<Snapshot, 'index' | 'id'>, random: Random): string {
  return checkpointName(snapshot).replace(/ckpt$/, `${newSnapshotId(random)}.tmp`);
}

/** Tells whether a file is what an interrupted writer left. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}
