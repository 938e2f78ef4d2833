/**
 * The chunks of one datanode: the index in memory, and every change of it. Changes of one chunk run one after the other.
 * Files and their order on disk: chunk-writer.ts, chunk-folder.ts. What is found in the folder: folder-scan.ts.
 */
import { chunkUuid } from '../../shared/chunk-id.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { COUNTER_MAX } from '../../shared/limits.js';
import type { CommitJournal } from '../journal/commit-journal.js';
import { ChunkFolder } from './chunk-folder.js';
import type { ChunkMeta } from './chunk-meta.js';
import { inspectReplica, type Verdict } from './inspect-replica.js';
import { KeyedLock } from './keyed-lock.js';
import { MetaCache } from './meta-cache.js';
import { openWriter, type WriterParts } from './open-writer.js';
import { type CheckResult, Rechecks } from './rechecks.js';
import { type Condition, type FoundReplica, foundGood, type ReplicaEntry, reportedState } from './replica.js';
import { ReplicaReader } from './replica-reader.js';
import type { ReplicaWrite, WriteTarget } from './replica-write.js';
import { openJournal, type StoreJournal } from './replay-journal.js';
import { SpaceAccount } from './space-account.js';
import type { ChunkStoreOptions, StoreRuntime } from './store-options.js';
import { type Leftovers, sweepChunk } from './sweep-chunk.js';

/** A replica that the disk could not read this many times, in as many verifications, is reported CORRUPT: others are to be made. */
const UNREADABLE_AFTER = 3;

export class ChunkStore {
  readonly space: SpaceAccount;
  /** For the scan of the folder. */
  readonly folder: ChunkFolder;
  /** Chunks with data that the disk did not let the scan at start settle. They are not in the index, and not written over. */
  readonly unsettled = new Set<number>();
  /** False: a part of the journal was lost, and small replicas may be torn under the right length. */
  readonly isJournalWhole: boolean;
  readonly #journal: CommitJournal;
  readonly #parts: WriterParts;
  readonly #options: ChunkStoreOptions;
  readonly #log: StoreRuntime['log'];
  readonly #entries = new Map<number, ReplicaEntry>();
  readonly #writers = new Map<number, ReplicaWrite>();
  readonly #locks = new KeyedLock<number>();
  readonly #metas = new MetaCache();
  readonly #rechecks: Rechecks;
  #changes = 0;
  #clusterId = '';

  private constructor(
    space: SpaceAccount,
    folder: ChunkFolder,
    { journal, isWhole }: StoreJournal,
    runtime: StoreRuntime,
    options: ChunkStoreOptions,
  ) {
    this.space = space;
    this.folder = folder;
    this.isJournalWhole = isWhole;
    this.#journal = journal;
    this.#parts = { folder, space, journal };
    this.#log = runtime.log;
    this.#options = options;
    this.#rechecks = new Rechecks(runtime, options.timings, (chunkId, failures) => this.#recheck(chunkId, failures));
  }

  /**
   * An empty index over the folder, in which the chunks of the commit journal are in place; scanAtStart fills it.
   * Rejects with a DfsError of the disk.
   */
  static async open(runtime: StoreRuntime, options: ChunkStoreOptions): Promise<ChunkStore> {
    const space = await SpaceAccount.open(runtime.disk, options.capacityBytes);
    const folder = new ChunkFolder(runtime, options.onFatal);
    return new ChunkStore(space, folder, await openJournal(runtime, folder, options), runtime, options);
  }

  /** Empty until the node has joined a cluster: then there are no chunks either. */
  get clusterId(): string {
    return this.#clusterId;
  }

  /** The cluster whose chunks these are. */
  set clusterId(clusterId: string) {
    this.#clusterId = clusterId;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The number of the last change of the index. */
  get lastChange(): number {
    return this.#changes;
  }

  /** The committed replicas, as of now. */
  entries(): IterableIterator<ReplicaEntry> {
    return this.#entries.values();
  }

  get(chunkId: number): ReplicaEntry | undefined {
    return this.#entries.get(chunkId);
  }

  /**
   * Begins to write a version of a chunk. An unfinished write of a lower version ends at once.
   * Rejects with STALE_VERSION when a good replica of this version, or a higher one, is there or being written; NO_SPACE; IO_ERROR.
   * @param progressed called whenever a disk call of this write has ended
   */
  async begin(chunkId: number, version: number, reserveBytes: number, progressed: () => void): Promise<ReplicaWrite> {
    const target = { chunkId, uuid: this.#uuidOf(chunkId), version, reserveBytes };
    for (;;) {
      // Never under the lock: a write that is being committed needs it to end.
      await this.#supersede(target);
      const writer = await this.#locks.run(chunkId, () => this.#beginAlone(target, progressed));
      if (writer !== null) return writer;
    }
  }

  /**
   * Opens a replica to read, good or not: its reader verifies each block.
   * Rejects with CHUNK_NOT_FOUND, STALE_VERSION, DATA_CORRUPT (the meta is damaged), IO_ERROR.
   */
  async openReplica(chunkId: number, version: number): Promise<ReplicaReader> {
    const entry = this.#entries.get(chunkId);
    if (entry === undefined) throw new DfsError('CHUNK_NOT_FOUND', `Chunk ${chunkId} is not on this node`);
    try {
      // Alone, so that data and meta are of the same version.
      return await this.#locks.run(chunkId, () => this.#openAlone(chunkId, version));
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND')) {
        await this.settleMissing(entry);
        throw new DfsError('CHUNK_NOT_FOUND', `A file of chunk ${chunkId} (${entry.uuid}) is gone from this node`, {
          cause: error,
        });
      }
      if (isDfsError(error, 'DATA_CORRUPT', 'IO_ERROR')) this.suspect(chunkId);
      throw error;
    }
  }

  /** Removes a replica, if it is of exactly this version. It is durably gone when this resolves. */
  async delete(chunkId: number, version: number): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      const entry = this.#entries.get(chunkId);
      if (entry?.version !== version) return;
      await this.#journal.forget(entry.uuid, version, async () => {
        await this.folder.removeData(entry.uuid);
        await this.folder.sync();
      });
      this.#drop(entry);
      // After a crash here a meta without data is left, which the next start removes.
      await this.folder.removeMeta(entry.uuid, version);
      if (entry.condition !== 'good') await this.folder.unmarkDamaged(entry.uuid, version);
    });
  }

  /** Verifies a chunk in the background, and again later while it is not good. */
  suspect(chunkId: number): void {
    this.#rechecks.soon(chunkId);
  }

  /** Goes on verifying a replica while it is not good. */
  watch({ chunkId, condition }: ReplicaEntry): void {
    if (condition === 'good') this.#rechecks.forget(chunkId);
    else this.#rechecks.later(chunkId, condition);
  }

  /** Verifies a whole chunk. What is found stands in the index and is reported. Rejects with IO_ERROR, which changes nothing. */
  async verify(chunkId: number): Promise<Verdict> {
    const entry = this.#entries.get(chunkId);
    if (entry === undefined) return { kind: 'gone' };
    const verdict = await inspectReplica(this.folder, entry);
    if (verdict.kind === 'gone') await this.settleMissing(entry);
    else if (verdict.kind === 'good') await this.#judge(entry, 'good', 'it matches its checksums');
    else await this.#judge(entry, 'damaged', verdict.why);
    return verdict;
  }

  /**
   * Drops a replica whose data file is gone, if it is, and has not changed since `entry` was taken from the index.
   * @param isListed whether a listing of the folder has just shown that the file is gone. Default: only its opening has, which is not enough:
   *   a file that is not found for a moment is not lost, and what is removed here is all that can verify it
   */
  async settleMissing(entry: ReplicaEntry, isListed = false): Promise<void> {
    await this.#locks.run(entry.chunkId, async () => {
      if (this.#entries.get(entry.chunkId) !== entry) return;
      const { chunkId, uuid, version } = entry;
      if ((await this.folder.dataBytes(uuid)) !== null || (!isListed && (await this.folder.hasDataName(uuid)))) {
        this.suspect(chunkId);
        return;
      }
      this.#log.error('The file of a chunk is missing: it was removed from outside', { chunkId, uuid, version });
      this.#drop(entry);
      await this.#journal.forget(uuid, version, () => this.folder.removeMeta(uuid, version));
    });
  }

  /**
   * Takes a replica found in the folder into the index, if `find`, run alone among the changes of this chunk, finds one.
   * Nothing happens when the chunk is in the index already.
   */
  async adopt(chunkId: number, find: () => Promise<FoundReplica | null>): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      if (this.#entries.has(chunkId)) return;
      const found = await find();
      if (found !== null) this.#take(chunkId, found);
    });
  }

  /**
   * Takes a replica back that was verified outside the folder, unless this version or a newer one is there, or one is being written.
   * @param place puts its files in the folder, durably
   */
  async takeBack(chunkId: number, meta: ChunkMeta, place: () => Promise<void>): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      const entry = this.#entries.get(chunkId);
      if (this.#writers.has(chunkId) || (entry !== undefined && entry.version >= meta.version)) return;
      // Data that is not in the index belongs to no known replica, or waits to be read and may be newer.
      if (entry === undefined && (await this.folder.dataBytes(this.#uuidOf(chunkId))) !== null) return;
      await place();
      this.#take(chunkId, foundGood(meta));
      await this.#journal.replaced(this.#uuidOf(chunkId), meta.version);
    });
  }

  /**
   * Removes what a failed removal left of a chunk: see sweepChunk. Alone among the changes of this chunk, and never while it is being written.
   * @param files as a scan found them a moment ago; what came since is not touched
   */
  async sweep(chunkId: number, files: Leftovers): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      if (this.#writers.has(chunkId)) return;
      await sweepChunk(this.folder, this.#uuidOf(chunkId), this.#entries.get(chunkId), files);
    });
  }

  /** Moves the files of a chunk aside, out of the reach of the journal. */
  async quarantine(uuid: string, metaVersions: readonly number[]): Promise<void> {
    await this.#journal.forget(uuid, COUNTER_MAX, () => this.folder.quarantine(uuid, metaVersions));
  }

  /** Resolves when no verification is due or under way. */
  idle(): Promise<void> {
    return this.#rechecks.idle();
  }

  /** Ends every write under way, and all verifications. */
  async stop(reason: DfsError): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.abort(reason)));
    await this.#rechecks.stop();
    await this.#journal.stop();
  }

  async #openAlone(chunkId: number, version: number): Promise<ReplicaReader> {
    const entry = this.#entries.get(chunkId);
    if (entry === undefined) throw new DfsError('CHUNK_NOT_FOUND', `Chunk ${chunkId} is not on this node`);
    if (entry.version !== version) {
      const text = `Cannot read chunk ${chunkId} at version ${version}: this node has version ${entry.version}`;
      throw new DfsError('STALE_VERSION', text);
    }
    const meta = await this.#metaOf(entry);
    return new ReplicaReader(entry.uuid, await this.folder.openData(entry.uuid), meta);
  }

  async #beginAlone(target: WriteTarget, progressed: () => void): Promise<ReplicaWrite | null> {
    const { chunkId, version } = target;
    const committed = this.#entries.get(chunkId);
    const isRepaired = committed?.version === version && committed.condition !== 'good';
    if (committed !== undefined && committed.version >= version && !isRepaired) {
      throw stale(target, `version ${committed.version} is here`);
    }
    if (this.#writers.has(chunkId)) return null;
    if (this.unsettled.has(chunkId)) {
      throw new DfsError('IO_ERROR', `Cannot write chunk ${chunkId}: what is on the disk of it could not be read yet`);
    }
    const writer = await openWriter(target, this.#parts, {
      exclusively: (task) => this.#locks.run(chunkId, task),
      replacedVersion: () => this.#entries.get(chunkId)?.version ?? null,
      committed: (ended) => this.#committed(ended),
      aborted: (ended, leftover) => this.#aborted(ended, leftover),
      progressed,
    });
    this.#writers.set(chunkId, writer);
    return writer;
  }

  async #supersede(target: WriteTarget): Promise<void> {
    const writer = this.#writers.get(target.chunkId);
    if (writer === undefined) return;
    if (writer.target.version >= target.version) throw stale(target, `version ${writer.target.version} is being written`);
    const text = `Write of chunk ${target.chunkId} version ${writer.target.version} superseded by version ${target.version}`;
    await writer.abort(new DfsError('STALE_VERSION', text));
  }

  async #committed(writer: ReplicaWrite): Promise<void> {
    const { chunkId, uuid, version } = writer.target;
    const before = this.#entries.get(chunkId);
    this.#writers.delete(chunkId);
    this.#take(chunkId, foundGood({ version, lengthBytes: writer.receivedBytes, checksums: writer.checksums.slice() }));
    if (before === undefined) return;
    await this.#journal.replaced(uuid, before.version);
    try {
      if (before.version !== version) await this.folder.removeMeta(uuid, before.version);
      if (before.condition !== 'good') await this.folder.unmarkDamaged(uuid, before.version);
    } catch (error) {
      this.#log.warn('Cannot remove what belonged to an old replica; the next scan will', { chunkId, uuid, error });
    }
  }

  #aborted(writer: ReplicaWrite, leftover: unknown): void {
    const { chunkId, uuid, version } = writer.target;
    if (this.#writers.get(chunkId) === writer) this.#writers.delete(chunkId);
    if (leftover !== undefined) {
      this.#log.warn('Cannot remove the files of an unfinished write; the next scan will', {
        chunkId,
        uuid,
        version,
        error: leftover,
      });
    }
  }

  async #metaOf(entry: ReplicaEntry): Promise<ChunkMeta> {
    const cached = this.#metas.get(entry.chunkId, entry.version);
    if (cached !== undefined) return cached;
    const meta = await this.folder.readMeta(entry.uuid, entry.version);
    this.#metas.set(entry.chunkId, meta);
    return meta;
  }

  async #recheck(chunkId: number, failures: number): Promise<CheckResult> {
    const entry = this.#entries.get(chunkId);
    try {
      const { kind } = await this.verify(chunkId);
      return kind === 'damaged' ? 'damaged' : 'settled';
    } catch (error) {
      this.#log.warn('A chunk cannot be verified now; it is tried again later', { chunkId, failures, error });
      const isUnreadable = isDfsError(error, 'IO_ERROR') && failures + 1 >= UNREADABLE_AFTER;
      if (isUnreadable && entry?.condition === 'good') await this.#judge(entry, 'unreadable', 'the disk cannot read it');
      return 'unreadable';
    }
  }

  /** Notes what a verification found, unless the replica has changed since `entry` was taken from the index. */
  async #judge(entry: ReplicaEntry, condition: Condition, why: string): Promise<void> {
    const { chunkId, uuid, version, lengthBytes } = entry;
    if (entry.condition === condition) return;
    await this.#locks.run(chunkId, async () => {
      if (this.#entries.get(chunkId) !== entry) return;
      const isGood = condition === 'good';
      this.#log[isGood ? 'info' : 'error'](`A replica is ${condition}`, { chunkId, uuid, version, why });
      const judged = { ...entry, condition, change: ++this.#changes };
      this.#entries.set(chunkId, judged);
      this.#options.onChange({ chunkId, version, lengthBytes, state: reportedState(judged) });
      this.watch(judged);
      try {
        if (condition === 'damaged') await this.folder.markDamaged(uuid, version);
        else if (isGood) await this.folder.unmarkDamaged(uuid, version);
      } catch (error) {
        this.#log.warn('Cannot note on the disk how a replica is', { chunkId, uuid, condition, error });
      }
    });
  }

  #take(chunkId: number, { version, lengthBytes, condition, meta }: FoundReplica): void {
    this.space.addCommitted(lengthBytes - (this.#entries.get(chunkId)?.lengthBytes ?? 0));
    const entry = { chunkId, uuid: this.#uuidOf(chunkId), version, lengthBytes, condition, change: ++this.#changes };
    this.#entries.set(chunkId, entry);
    if (meta === null) this.#metas.delete(chunkId);
    else this.#metas.set(chunkId, meta);
    this.#options.onChange({ chunkId, version, lengthBytes, state: reportedState(entry) });
    this.watch(entry);
  }

  #drop({ chunkId, version, lengthBytes }: ReplicaEntry): void {
    this.#changes++;
    this.space.addCommitted(-lengthBytes);
    this.#entries.delete(chunkId);
    this.#metas.delete(chunkId);
    this.#options.onChange({ chunkId, version, lengthBytes, state: 'DELETED' });
  }

  #uuidOf(chunkId: number): string {
    if (this.#clusterId === '') {
      throw new DfsError('NOT_INITIALIZED', 'This node has not joined a cluster yet: it holds no chunks', { retriable: true });
    }
    return chunkUuid(this.#clusterId, chunkId);
  }
}

function stale(target: WriteTarget, why: string): DfsError {
  return new DfsError('STALE_VERSION', `Cannot write chunk ${target.chunkId} at version ${target.version}: ${why}`);
}
