/** The first files of a master's folder: vote and log of a new member, durable before the folder says that it holds a cluster. */
import { DfsError } from '../../shared/errors.js';
import { knownSize } from '../../shared/known-size.js';
import type { DirectoryEntry, Disk } from '../../shared/runtime.js';
import type { StoredState } from '../../raft/member-state.js';
import { itemOfEntry } from './entry-record.js';
import { LOG_FILE, logFileKind, temporarySegmentName, VOTE_FILE, withFile, writeWhole } from './log-files.js';
import { decodeRecord, encodeRecord, recordSizeBytes } from './record.js';
import { decodeHead, encodeHead } from './segment-head.js';
import { HINT_FILE } from './segment-hint.js';
import { readVote, TEMPORARY_VOTE_FILE, writeVote } from './vote-file.js';

const GENERATION = 1;
/** A member that has run for any time has logged more than this, or a later term. */
const BOOTSTRAP_BYTES_MAX = 64 * 1_024;

/**
 * Writes vote and log of a new member, over what an interrupted attempt has left. To be called before the identity of the folder is
 * written: until then nothing was guaranteed.
 * @param bootstrap of `bootstrapState`: no snapshot
 * @throws DfsError ALREADY_EXISTS when the folder holds the log of a member that has been in use; or of the disk
 */
export async function bootstrapStorage(disk: Disk, bootstrap: StoredState): Promise<void> {
  await clearLeftovers(disk, bootstrap);
  await writeVote(disk, bootstrap.hardState);
  const temporary = temporarySegmentName(GENERATION);
  await writeWhole(disk, temporary, encodeBootstrap(bootstrap));
  await disk.rename(temporary, LOG_FILE);
  await disk.syncDirectory('.');
}

function encodeBootstrap({ hardState, entries }: StoredState): Uint8Array {
  const base = { index: 0, term: 0 };
  const head = encodeHead({ generation: GENERATION, previousGeneration: 0, previousSizeBytes: 0, base }, hardState);
  const items = entries.map((entry) => ({ entry, item: itemOfEntry(entry) }));
  const bytes = new Uint8Array(items.reduce((sum, { item }) => sum + recordSizeBytes(item.body.length), head.length));
  bytes.set(head);
  let at = head.length;
  for (const { entry, item } of items) {
    at = encodeRecord(
      { opCode: item.opCode, term: entry.term, index: entry.index, durableOffset: 0, body: item.body },
      bytes,
      at,
    );
  }
  return bytes;
}

/** Removes what an interrupted attempt left; leaves alone what may be more than that. */
async function clearLeftovers(disk: Disk, bootstrap: StoredState): Promise<void> {
  const entries = await disk.list('.');
  const names = entries.map(({ name }) => name);
  const used = await whyUsed(disk, entries, bootstrap);
  if (used !== null) {
    throw new DfsError(
      'ALREADY_EXISTS',
      `${disk.root} holds the log of a master without its identity.json: ${used}. Put that file back to start the old master, or choose ` +
        'an empty folder; nothing was changed',
    );
  }
  const leftovers = names.filter(
    (name) => logFileKind(name) !== null || [VOTE_FILE, TEMPORARY_VOTE_FILE, HINT_FILE].includes(name),
  );
  for (const name of leftovers) await disk.remove(name);
  if (leftovers.length > 0) await disk.syncDirectory('.');
}

/** What shows that a member has lived here; null: nothing. */
async function whyUsed(disk: Disk, entries: readonly DirectoryEntry[], { hardState }: StoredState): Promise<string | null> {
  const extra = entries.find(({ name }) => ['closed', 'set-aside'].includes(logFileKind(name) ?? '') || name.endsWith('.ckpt'));
  if (extra !== undefined) return `there is ${extra.name}`;
  const vote = await readVote(disk);
  if (vote.kind === 'damaged') return `${VOTE_FILE} is damaged`;
  if (vote.kind === 'sound' && (vote.hardState.term > hardState.term || vote.hardState.votedFor !== null)) {
    return `it has been in term ${vote.hardState.term}`;
  }
  const log = entries.find(({ name }) => name === LOG_FILE);
  if (log === undefined) return null;
  const sizeBytes = knownSize(log);
  if (sizeBytes > BOOTSTRAP_BYTES_MAX) return `${LOG_FILE} has ${sizeBytes} bytes`;
  const bytes = await withFile(disk, LOG_FILE, 'read', async (file) => {
    const content = new Uint8Array(sizeBytes);
    return content.subarray(0, await file.read(content, 0));
  });
  return holdsMore(bytes) ? `${LOG_FILE} holds entries` : null;
}

/** Whether a log holds more than `bootstrapStorage` writes, or something else. */
function holdsMore(bytes: Uint8Array): boolean {
  const head = decodeHead(bytes);
  if (head.kind !== 'valid' || head.head.generation !== GENERATION) return true;
  for (let at = head.sizeBytes; at < bytes.length;) {
    const decoded = decodeRecord(bytes.subarray(at));
    if (decoded.kind !== 'valid' || decoded.record.index > 1) return true;
    at += decoded.sizeBytes;
  }
  return false;
}
