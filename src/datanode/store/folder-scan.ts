/** Looks through the data folder: at start to build the index, before each full report to notice changes made by hand. */
import { chunkIdOfUuid } from '../../shared/chunk-id.js';
import { isDfsError } from '../../shared/errors.js';
import type { Logger } from '../../shared/runtime.js';
import { JOURNALED_CHUNK_BYTES_MAX } from '../journal/journal-limits.js';
import type { ChunkFiles, ChunkFolder } from './chunk-folder.js';
import { blockCount, type ChunkMeta } from './chunk-meta.js';
import type { ChunkStore } from './chunk-store.js';
import { isWhole } from './inspect-data.js';
import { type FoundReplica, foundGood, type ReplicaEntry } from './replica.js';

/** Chunks looked at side by side at start. */
const CONCURRENCY = 16;
/** File names remembered as warned about. */
const WARNED_MAX = 1_000;

export class FolderScan {
  readonly #store: ChunkStore;
  readonly #folder: ChunkFolder;
  readonly #log: Logger;
  /** Uuids of files that are not ours to touch, warned about once. */
  readonly #warned = new Set<string>();
  /** Uuids that the last scan found more of than belongs to a replica. */
  #untidy: ReadonlySet<string> = new Set();

  constructor(store: ChunkStore, log: Logger) {
    this.#store = store;
    this.#folder = store.folder;
    this.#log = log;
  }

  /**
   * Builds the index, and settles what a crash left: unfinished writes go; of two metas the one that matches the data stays; a meta
   * without data goes. Data that matches no meta is a damaged replica, which stays in place; data without any meta goes to quarantine.
   * A replica whose meta cannot be read now is an unreadable one. What else the disk refuses is left to the scans before reports.
   */
  async atStart(): Promise<void> {
    const listing = await this.#folder.list();
    await forEachOf(listing, CONCURRENCY, async ([uuid, files]) => {
      const chunkId = this.#chunkIdOf(uuid);
      try {
        await this.#settleAtStart(uuid, chunkId, files);
      } catch (error) {
        if (chunkId !== null && files.dataBytes !== null) this.#store.unsettled.add(chunkId);
        this.#log.error('The files of a chunk cannot be read: it is not served now, and tried again later', { uuid, error });
      }
    });
    await this.#folder.sync();
  }

  /**
   * Compares the folder with the index: a file removed by hand is reported DELETED, one of another size is verified, a new one with
   * a meta that it matches is taken in; what a failed removal left is removed. What changes during the scan is left alone, and what the
   * disk cannot read waits for the next scan.
   */
  async beforeReport(): Promise<void> {
    const lastChange = this.#store.lastChange;
    const listing = await this.#folder.list();
    await this.#sweep(listing);
    for (const entry of [...this.#store.entries()]) {
      const files = listing.get(entry.uuid);
      listing.delete(entry.uuid);
      if (entry.change > lastChange || this.#store.get(entry.chunkId) !== entry) continue;
      await this.#unlessUnreadable(entry.uuid, () => this.#compare(entry, files));
    }
    for (const [uuid, files] of listing) {
      const chunkId = files.dataBytes === null ? null : this.#chunkIdOf(uuid);
      if (chunkId !== null) await this.#unlessUnreadable(uuid, () => this.#adoptLate(chunkId, uuid, files));
    }
  }

  async #settleAtStart(uuid: string, chunkId: number | null, files: ChunkFiles): Promise<void> {
    for (const version of files.tmpVersions) await this.#folder.removeTmp(uuid, version);
    if (chunkId === null) return;
    if (files.dataBytes === null) {
      for (const version of files.metaVersions) await this.#folder.removeMeta(uuid, version);
      for (const version of files.damagedVersions) await this.#folder.unmarkDamaged(uuid, version);
      return;
    }
    await this.#store.adopt(chunkId, () => this.#findOwn(chunkId, uuid, files));
  }

  async #compare(entry: ReplicaEntry, files: ChunkFiles | undefined): Promise<void> {
    if (files === undefined || files.dataBytes === null) {
      await this.#store.settleMissing(entry, true);
    } else if (entry.condition !== 'good') {
      // The store verifies it again in its own time.
      this.#store.watch(entry);
    } else {
      const isAsLong = files.dataBytes === entry.lengthBytes || (await this.#folder.dataBytes(entry.uuid)) === entry.lengthBytes;
      if (!isAsLong || !files.metaVersions.includes(entry.version)) await this.#store.verify(entry.chunkId);
    }
  }

  async #unlessUnreadable(uuid: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#log.warn('The files of a chunk cannot be read now; the next scan tries again', { uuid, error });
    }
  }

  /** Removes what was there at the last scan too: what is being written, or put there by hand, is given the time between two. */
  async #sweep(listing: ReadonlyMap<string, ChunkFiles>): Promise<void> {
    const before = this.#untidy;
    const found = new Set<string>();
    this.#untidy = found;
    for (const [uuid, files] of listing) {
      const metasWanted = files.dataBytes === null ? 0 : 1;
      const isTidy = files.metaVersions.length <= metasWanted && files.damagedVersions.length === 0;
      if (files.tmpVersions.length === 0 && isTidy) continue;
      found.add(uuid);
      if (!before.has(uuid)) continue;
      const chunkId = this.#chunkIdOf(uuid);
      if (chunkId === null) continue;
      try {
        await this.#store.sweep(chunkId, files);
      } catch (error) {
        this.#log.warn('Cannot remove what is left of a chunk; the next scan will', { uuid, error });
      }
    }
  }

  /** Takes in what appeared in the folder, or could not be settled at start. */
  async #adoptLate(chunkId: number, uuid: string, files: ChunkFiles): Promise<void> {
    await this.#store.adopt(chunkId, async () => {
      // The chunk may have been deleted since the folder was listed.
      if ((await this.#folder.dataBytes(uuid)) === null) return null;
      if (this.#store.unsettled.has(chunkId)) return this.#findOwn(chunkId, uuid, files);
      const { good } = await this.#inspectAll(uuid, files, true);
      if (good === null) this.#warnOnce(uuid, 'A chunk file that appeared has no meta that fits it: it is ignored');
      else this.#log.info('A chunk file that appeared matches its meta: it is taken in', { uuid, version: good.version });
      return good === null ? null : foundGood(good);
    });
  }

  /**
   * The replica that files of this node's own are. Data without any meta can be told to belong to none, and goes to quarantine.
   * Rejects with IO_ERROR when the disk cannot read what decides between several metas.
   */
  async #findOwn(chunkId: number, uuid: string, files: ChunkFiles): Promise<FoundReplica | null> {
    const { metaVersions } = files;
    const newest = metaVersions.at(-1);
    let found: FoundReplica | null = null;
    if (newest === undefined) {
      this.#log.error('A chunk file without any meta is set aside in quarantine', { uuid });
      await this.#store.quarantine(uuid, []);
    } else {
      found = await this.#judgeOwn(uuid, files, newest);
      const { version, condition } = found;
      if (condition !== 'good')
        this.#log.error(`A replica is ${condition}: its files stay`, { uuid, version, metas: metaVersions });
    }
    this.#store.unsettled.delete(chunkId);
    return found;
  }

  async #judgeOwn(uuid: string, files: ChunkFiles, newest: number): Promise<FoundReplica> {
    const { metaVersions, damagedVersions } = files;
    const dataBytes = Math.max(0, files.dataBytes ?? 0);
    try {
      const isDoubtful = !this.#store.isJournalWhole && dataBytes <= JOURNALED_CHUNK_BYTES_MAX;
      const { good, best } = await this.#inspectAll(uuid, files, metaVersions.length > 1 || isDoubtful);
      if (good !== null && !damagedVersions.includes(good.version)) return foundGood(good);
      const meta = good ?? best;
      return { version: meta?.version ?? newest, lengthBytes: meta?.lengthBytes ?? dataBytes, condition: 'damaged', meta };
    } catch (error) {
      if (!isDfsError(error, 'IO_ERROR') || metaVersions.length > 1) throw error;
      return { version: newest, lengthBytes: dataBytes, condition: 'unreadable', meta: null };
    }
  }

  /**
   * The newest meta that fits a chunk's data; the others are removed then. Where none does: the one that most of the data fits.
   * @param verify false: the length is proof enough
   */
  async #inspectAll(
    uuid: string,
    files: ChunkFiles,
    verify: boolean,
  ): Promise<{ readonly good: ChunkMeta | null; readonly best: ChunkMeta | null }> {
    let best: ChunkMeta | null = null;
    let bestBlocks = -1;
    for (const version of files.metaVersions.toReversed()) {
      const meta = await this.#readMeta(uuid, version);
      if (meta === null) continue;
      const isAsLong = meta.lengthBytes === files.dataBytes;
      const inspection = verify || !isAsLong ? await this.#folder.inspect(uuid, meta) : null;
      if (inspection === null || isWhole(inspection, meta)) {
        for (const other of files.metaVersions) if (other !== version) await this.#folder.removeMeta(uuid, other);
        return { good: meta, best: meta };
      }
      const goodBlocks = blockCount(meta.lengthBytes) - inspection.badBlocks.length;
      if (goodBlocks > bestBlocks) [best, bestBlocks] = [meta, goodBlocks];
    }
    return { good: null, best };
  }

  async #readMeta(uuid: string, version: number): Promise<ChunkMeta | null> {
    try {
      return await this.#folder.readMeta(uuid, version);
    } catch (error) {
      if (isDfsError(error, 'DATA_CORRUPT', 'NOT_FOUND')) return null;
      throw error;
    }
  }

  /** Null for a file of another cluster, or of any while this node has none: those are left alone. */
  #chunkIdOf(uuid: string): number | null {
    const { clusterId } = this.#store;
    if (clusterId === '') return null;
    const chunkId = chunkIdOfUuid(clusterId, uuid);
    if (chunkId === null) this.#warnOnce(uuid, 'A chunk file of another cluster is left alone');
    return chunkId;
  }

  #warnOnce(uuid: string, message: string): void {
    if (this.#warned.has(uuid) || this.#warned.size >= WARNED_MAX) return;
    this.#warned.add(uuid);
    this.#log.warn(message, { uuid });
  }
}

/** Runs `task` on every item, `concurrency` at a time; rejects with the first failure. */
async function forEachOf<T>(items: Iterable<T>, concurrency: number, task: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await task(next.value);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
