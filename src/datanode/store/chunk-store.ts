/**
 * The chunks of one datanode: the index in memory, and every change of it. Changes of one chunk run one after the other.
 * Files and their order on disk: chunk-writer.ts, chunk-folder.ts. What is found in the folder: folder-scan.ts.
 */
import { chunkUuid } from '../../shared/chunk-id.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Runtime } from '../../shared/runtime.js';
import { ChunkFolder } from './chunk-folder.js';
import type { ChunkMeta } from './chunk-meta.js';
import { ChunkWriter, type WriteTarget } from './chunk-writer.js';
import { KeyedLock } from './keyed-lock.js';
import { MetaCache } from './meta-cache.js';
import { ReplicaReader } from './replica-reader.js';
import { SpaceAccount } from './space-account.js';

export type StoreRuntime = Pick<Runtime, 'disk' | 'compute' | 'random' | 'log'>;

/** A committed replica. */
export interface ReplicaEntry {
  readonly chunkId: number;
  readonly uuid: string;
  readonly version: number;
  readonly lengthBytes: number;
  /** Number of the change that made this entry: a scan that began earlier knows nothing of it. */
  readonly change: number;
}

/** Something the masters have to know. `version` is the one the replica had. */
export interface ReplicaChange {
  readonly chunkId: number;
  readonly version: number;
  readonly lengthBytes: number;
  readonly state: 'COMMITTED' | 'DELETED' | 'CORRUPT';
}

export interface ChunkStoreOptions {
  /** The most to store; undefined: what the disk holds. */
  readonly capacityBytes: number | undefined;
  /** Called in the order of the changes; COMMITTED and DELETED when they are durable, CORRUPT as soon as it is known. */
  readonly onChange: (change: ReplicaChange) => void;
  /** Called when the disk is in a state that only a new start can settle. */
  readonly onFatal: (error: DfsError) => void;
}

/** Whole-chunk verifications that may wait. */
const SUSPECTS_MAX = 1_000;

export class ChunkStore {
  readonly space: SpaceAccount;
  /** For the scan of the folder. */
  readonly folder: ChunkFolder;
  readonly #options: ChunkStoreOptions;
  readonly #log: StoreRuntime['log'];
  readonly #entries = new Map<number, ReplicaEntry>();
  readonly #writers = new Map<number, ChunkWriter>();
  readonly #locks = new KeyedLock<number>();
  readonly #metas = new MetaCache();
  /** Chunks waiting for verification; one is verified at a time. */
  readonly #suspects = new Set<number>();
  #verifying: Promise<void> = Promise.resolve();
  #changes = 0;
  #clusterId = '';

  private constructor(space: SpaceAccount, folder: ChunkFolder, log: StoreRuntime['log'], options: ChunkStoreOptions) {
    this.space = space;
    this.folder = folder;
    this.#log = log;
    this.#options = options;
  }

  /** An empty index over the folder; scanAtStart fills it. */
  static async open(runtime: StoreRuntime, options: ChunkStoreOptions): Promise<ChunkStore> {
    const space = await SpaceAccount.open(runtime.disk, options.capacityBytes);
    return new ChunkStore(space, new ChunkFolder(runtime, options.onFatal), runtime.log, options);
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
   * Rejects with STALE_VERSION when this version or a higher one is there or being written; NO_SPACE; IO_ERROR.
   * @param progressed called whenever a disk call of this write has ended
   */
  async begin(chunkId: number, version: number, reserveBytes: number, progressed: () => void): Promise<ChunkWriter> {
    const target = { chunkId, uuid: this.#uuidOf(chunkId), version, reserveBytes };
    for (;;) {
      // Never under the lock: a write that is being committed needs it to end.
      await this.#supersede(target);
      const writer = await this.#locks.run(chunkId, () => this.#beginAlone(target, progressed));
      if (writer !== null) return writer;
    }
  }

  /** Opens a replica to read. Rejects with CHUNK_NOT_FOUND, STALE_VERSION, DATA_CORRUPT (the meta is damaged). */
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
      if (isDfsError(error, 'DATA_CORRUPT')) this.suspect(chunkId);
      throw error;
    }
  }

  /** Removes a replica, if it is of exactly this version. It is durably gone when this resolves. */
  async delete(chunkId: number, version: number): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      const entry = this.#entries.get(chunkId);
      if (entry?.version !== version) return;
      await this.folder.removeData(entry.uuid);
      await this.folder.sync();
      this.#drop(entry, 'DELETED');
      // After a crash here a meta without data is left, which the next start removes.
      await this.folder.removeMeta(entry.uuid, version);
    });
  }

  /** Verifies a chunk in the background, and sets it aside when it is damaged. */
  suspect(chunkId: number): void {
    if (this.#suspects.has(chunkId) || this.#suspects.size >= SUSPECTS_MAX) return;
    this.#suspects.add(chunkId);
    this.#verifying = this.#verifying.then(async () => {
      try {
        await this.verify(chunkId);
      } catch (error) {
        this.#log.error('Cannot verify a chunk', { chunkId, error });
      } finally {
        this.#suspects.delete(chunkId);
      }
    });
  }

  /** Verifies a whole chunk; a damaged one is quarantined and reported. Tells whether it is good. */
  async verify(chunkId: number): Promise<boolean> {
    const entry = this.#entries.get(chunkId);
    if (entry === undefined) return false;
    if (await this.#isGood(entry)) return true;
    await this.setAside(entry, 'its data does not match its checksums');
    return false;
  }

  /** Quarantines a replica, unless it has changed since `entry` was taken from the index. */
  async setAside(entry: ReplicaEntry, why: string): Promise<void> {
    await this.#locks.run(entry.chunkId, async () => {
      if (this.#entries.get(entry.chunkId) !== entry) return;
      const { chunkId, uuid, version } = entry;
      this.#log.error('A damaged chunk is set aside in quarantine', { chunkId, uuid, version, why });
      // Out of the index first: whatever becomes of the files, it is not served again.
      this.#drop(entry, 'CORRUPT');
      await this.folder.quarantine(uuid, [version]);
    });
  }

  /** Drops a replica whose data file is gone, if it is, and has not changed since `entry` was taken from the index. */
  async settleMissing(entry: ReplicaEntry): Promise<void> {
    await this.#locks.run(entry.chunkId, async () => {
      if (this.#entries.get(entry.chunkId) !== entry) return;
      const { chunkId, uuid, version } = entry;
      if ((await this.folder.dataBytes(uuid)) !== null) {
        this.suspect(chunkId);
        return;
      }
      this.#log.error('The file of a chunk is missing: it was removed from outside', { chunkId, uuid, version });
      this.#drop(entry, 'DELETED');
      await this.folder.removeMeta(uuid, version);
    });
  }

  /**
   * Takes a replica found in the folder into the index, if `find`, run alone among the changes of this chunk, finds one.
   * Nothing happens when the chunk is in the index already.
   */
  async adopt(chunkId: number, find: () => Promise<ChunkMeta | null>): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      if (this.#entries.has(chunkId)) return;
      const meta = await find();
      if (meta !== null) this.#take(chunkId, this.#uuidOf(chunkId), meta);
    });
  }

  /**
   * Removes what a failed removal left of a chunk: tmp files that are not being written, metas that belong to no replica in the index.
   * Alone among the changes of this chunk, and never while it is being written.
   * @param files as a scan found them a moment ago; what came since is not touched
   */
  async sweep(
    chunkId: number,
    files: { readonly metaVersions: readonly number[]; readonly tmpVersions: readonly number[] },
  ): Promise<void> {
    await this.#locks.run(chunkId, async () => {
      if (this.#writers.has(chunkId)) return;
      const uuid = this.#uuidOf(chunkId);
      for (const version of files.tmpVersions) await this.folder.removeTmp(uuid, version);
      const entry = this.#entries.get(chunkId);
      // Data that is not in the index has been judged by the scan: it keeps what metas it has.
      if (entry === undefined && (await this.folder.dataBytes(uuid)) !== null) return;
      for (const version of files.metaVersions) {
        if (entry === undefined || version < entry.version) await this.folder.removeMeta(uuid, version);
      }
    });
  }

  /** Ends every write under way. */
  async abortWrites(reason: DfsError): Promise<void> {
    await Promise.all([...this.#writers.values()].map((writer) => writer.abort(reason)));
  }

  /** Resolves when no verification is under way. */
  async idle(): Promise<void> {
    await this.#verifying;
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

  async #beginAlone(target: WriteTarget, progressed: () => void): Promise<ChunkWriter | null> {
    const { chunkId, uuid, version, reserveBytes } = target;
    const committed = this.#entries.get(chunkId);
    if (committed !== undefined && committed.version >= version) throw stale(target, `version ${committed.version} is here`);
    if (this.#writers.has(chunkId)) return null;
    const reservation = await this.space.reserve(reserveBytes);
    progressed();
    try {
      const file = await this.folder.createTmp(uuid, version, progressed);
      const writer = new ChunkWriter(target, this.folder, file, reservation, {
        exclusively: (task) => this.#locks.run(chunkId, task),
        hasOldVersion: () => this.#entries.has(chunkId),
        committed: (ended) => this.#committed(ended),
        aborted: (ended, leftover) => this.#aborted(ended, leftover),
        progressed,
      });
      this.#writers.set(chunkId, writer);
      return writer;
    } catch (error) {
      reservation.release();
      throw error;
    }
  }

  async #supersede(target: WriteTarget): Promise<void> {
    const writer = this.#writers.get(target.chunkId);
    if (writer === undefined) return;
    if (writer.target.version >= target.version) throw stale(target, `version ${writer.target.version} is being written`);
    const text = `Write of chunk ${target.chunkId} version ${writer.target.version} superseded by version ${target.version}`;
    await writer.abort(new DfsError('STALE_VERSION', text));
  }

  async #committed(writer: ChunkWriter): Promise<void> {
    const { chunkId, uuid, version } = writer.target;
    const before = this.#entries.get(chunkId);
    this.#writers.delete(chunkId);
    this.#take(chunkId, uuid, { version, lengthBytes: writer.receivedBytes, checksums: writer.checksums.slice() });
    if (before === undefined) return;
    try {
      await this.folder.removeMeta(uuid, before.version);
    } catch (error) {
      this.#log.warn('Cannot remove the meta of an old version; the next scan will', { chunkId, uuid, error });
    }
  }

  #aborted(writer: ChunkWriter, leftover: unknown): void {
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

  async #isGood(entry: ReplicaEntry): Promise<boolean> {
    try {
      return await this.folder.matches(entry.uuid, await this.folder.readMeta(entry.uuid, entry.version));
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND', 'DATA_CORRUPT')) return false;
      throw error;
    }
  }

  #take(chunkId: number, uuid: string, meta: ChunkMeta): void {
    const { version, lengthBytes } = meta;
    this.space.addCommitted(lengthBytes - (this.#entries.get(chunkId)?.lengthBytes ?? 0));
    this.#entries.set(chunkId, { chunkId, uuid, version, lengthBytes, change: ++this.#changes });
    this.#metas.set(chunkId, meta);
    this.#options.onChange({ chunkId, version, lengthBytes, state: 'COMMITTED' });
  }

  #drop(entry: ReplicaEntry, state: 'DELETED' | 'CORRUPT'): void {
    const { chunkId, version, lengthBytes } = entry;
    this.#changes++;
    this.space.addCommitted(-lengthBytes);
    this.#entries.delete(chunkId);
    this.#metas.delete(chunkId);
    this.#options.onChange({ chunkId, version, lengthBytes, state });
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
