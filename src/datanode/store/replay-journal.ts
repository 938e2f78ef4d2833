/**
 * Opens the commit journal of a data folder, and puts its chunks in place before the folder is scanned: what an earlier process had
 * committed may be missing, torn, or in the page cache only.
 */
import { isDfsError } from '../../shared/errors.js';
import type { Logger } from '../../shared/runtime.js';
import { CommitJournal } from '../journal/commit-journal.js';
import { JOURNAL_LIMITS } from '../journal/journal-limits.js';
import type { JournalRecord } from '../journal/journal-record.js';
import type { FoundJournal } from '../journal/read-journal.js';
import type { ChunkFiles, ChunkFolder } from './chunk-folder.js';
import { isWhole } from './inspect-data.js';
import type { ChunkStoreOptions, StoreRuntime } from './store-options.js';

/** Chunks written side by side. */
const CONCURRENCY = 8;

export interface StoreJournal {
  readonly journal: CommitJournal;
  /** False: a part of it was lost, and small replicas may be torn under the right length. */
  readonly isWhole: boolean;
}

/** Rejects with a DfsError of the disk. */
export async function openJournal(runtime: StoreRuntime, folder: ChunkFolder, options: ChunkStoreOptions): Promise<StoreJournal> {
  const { journal, found } = await CommitJournal.open({
    ...runtime,
    limits: options.journalLimits ?? JOURNAL_LIMITS,
    flushAfterMs: options.timings.staleAfterMs,
    syncFolder: () => folder.sync(),
    syncChunk: (uuid, version) => folder.syncFiles(uuid, version),
    onFatal: options.onFatal,
  });
  return { journal, isWhole: await replay(journal, found, folder, runtime.log) };
}

/** Tells whether all that the journal ever held is in place: otherwise small replicas may be torn under the right length. */
async function replay(journal: CommitJournal, found: FoundJournal, folder: ChunkFolder, log: Logger): Promise<boolean> {
  const { damages, cutBytes, refusal } = found;
  if (cutBytes > 0) log.warn('Cut a torn tail off the commit journal: it was never acknowledged', { cutBytes });
  for (const damage of damages) log.error('The commit journal is damaged: what was there is lost', { ...damage });
  const chunks = chunksOf(found);
  if (chunks.size === 0) {
    journal.resume([], refusal === null);
    return damages.length === 0;
  }
  const listing = await folder.list();
  const written: JournalRecord[] = [];
  let isComplete = refusal === null;
  const queue = chunks.values();
  const worker = async (): Promise<void> => {
    for (const record of queue) {
      const { uuid, version } = record;
      try {
        if (await replayChunk(folder, record, listing.get(uuid))) written.push(record);
      } catch (error) {
        isComplete = false;
        log.error('Cannot put a chunk of the commit journal in place: the next start tries again', { uuid, version, error });
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  log.info('The commit journal is replayed', { chunks: chunks.size, written: written.length });
  journal.resume(written, isComplete);
  return isComplete && damages.length === 0;
}

/** The last record of each chunk that is not void. */
function chunksOf({ segments }: FoundJournal): Map<string, JournalRecord> {
  const chunks = new Map<string, JournalRecord>();
  for (const record of segments.flatMap(({ records }) => records)) {
    const known = chunks.get(record.uuid);
    if (known !== undefined && known.version > record.version) continue;
    if (record.kind === 'put') chunks.set(record.uuid, record);
    else chunks.delete(record.uuid);
  }
  return chunks;
}

/** Always writes: a page that looks right may be clean after a failed fsync, and not on the disk. False: a newer version is in place. */
async function replayChunk(folder: ChunkFolder, record: JournalRecord, files: ChunkFiles | undefined): Promise<boolean> {
  const newer = files?.metaVersions.filter((version) => version > record.version) ?? [];
  for (const version of newer) if (await isInPlace(folder, record.uuid, version)) return false;
  await folder.overwrite(record);
  return true;
}

async function isInPlace(folder: ChunkFolder, uuid: string, version: number): Promise<boolean> {
  try {
    const meta = await folder.readMeta(uuid, version);
    return isWhole(await folder.inspect(uuid, meta), meta);
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND', 'DATA_CORRUPT')) return false;
    throw error;
  }
}
