/** Chooses how a chunk is written. */
import type { CommitJournal } from '../journal/commit-journal.js';
import { JOURNALED_CHUNK_BYTES_MAX } from '../journal/journal-limits.js';
import type { ChunkFolder } from './chunk-folder.js';
import { ChunkWriter } from './chunk-writer.js';
import { JournaledWriter } from './journaled-writer.js';
import type { ReplicaWrite, WriterHooks, WriteTarget } from './replica-write.js';
import type { SpaceAccount } from './space-account.js';

/** What writes need of the store. */
export interface WriterParts {
  readonly folder: ChunkFolder;
  readonly space: SpaceAccount;
  readonly journal: CommitJournal;
}

/**
 * Sets space aside and opens a write. A small chunk of which nothing is here goes through the journal, when that and the disk have space.
 * Rejects with NO_SPACE, IO_ERROR.
 */
export async function openWriter(target: WriteTarget, parts: WriterParts, hooks: WriterHooks): Promise<ReplicaWrite> {
  const { uuid, version, reserveBytes } = target;
  const { folder, space, journal } = parts;
  const reservation = await space.reserve(reserveBytes);
  hooks.progressed();
  const isSmall = reserveBytes <= JOURNALED_CHUNK_BYTES_MAX && space.isDiskAmple;
  const place = isSmall && hooks.replacedVersion() === null ? journal.reserve(reserveBytes) : null;
  if (place !== null) return new JournaledWriter(target, { folder, journal, place, reservation }, hooks);
  try {
    return new ChunkWriter(target, folder, await folder.createTmp(uuid, version, hooks.progressed), reservation, hooks);
  } catch (error) {
    reservation.release();
    throw error;
  }
}
