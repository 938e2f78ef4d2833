/** Looks through the data folder: at start to build the index, before each full report to notice changes made by hand. */
import { chunkIdOfUuid } from '../../shared/chunk-id.js';
import { isDfsError } from '../../shared/errors.js';
import type { Logger } from '../../shared/runtime.js';
import type { ChunkFiles, ChunkFolder } from './chunk-folder.js';
import type { ChunkMeta } from './chunk-meta.js';
import type { ChunkStore } from './chunk-store.js';

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
   * Builds the index, and settles what a crash left: unfinished writes go; of two metas the one that matches the data stays;
   * data that matches none is damage and goes to quarantine; a meta without data goes.
   */
  async atStart(): Promise<void> {
    const listing = await this.#folder.list();
    await forEachOf(listing, CONCURRENCY, async ([uuid, files]) => {
      for (const version of files.tmpVersions) await this.#folder.removeTmp(uuid, version);
      const chunkId = this.#chunkIdOf(uuid);
      if (chunkId === null) return;
      if (files.dataBytes === null) {
        for (const version of files.metaVersions) await this.#folder.removeMeta(uuid, version);
        return;
      }
      await this.#store.adopt(chunkId, async () => {
        const meta = await this.#findMeta(uuid, files, files.metaVersions.length > 1);
        if (meta === null) {
          this.#log.error('A chunk file without a meta that fits it is set aside in quarantine', {
            uuid,
            metas: files.metaVersions,
          });
          await this.#folder.quarantine(uuid, files.metaVersions);
        }
        return meta;
      });
    });
    await this.#folder.sync();
  }

  /**
   * Compares the folder with the index: a file removed by hand is reported DELETED, one of another size is quarantined and
   * reported CORRUPT, a new one with a meta that it matches is taken in; what a failed removal left is removed. What changes
   * during the scan is left alone.
   */
  async beforeReport(): Promise<void> {
    const lastChange = this.#store.lastChange;
    const listing = await this.#folder.list();
    await this.#sweep(listing);
    for (const entry of [...this.#store.entries()]) {
      const files = listing.get(entry.uuid);
      listing.delete(entry.uuid);
      if (entry.change > lastChange || this.#store.get(entry.chunkId) !== entry) continue;
      if (files === undefined || files.dataBytes === null) await this.#store.settleMissing(entry);
      else if (files.dataBytes !== entry.lengthBytes) {
        const found = await this.#folder.dataBytes(entry.uuid);
        if (found === entry.lengthBytes) continue;
        await this.#store.setAside(entry, `its file has ${String(found)} bytes, not ${entry.lengthBytes}`);
      } else if (!files.metaVersions.includes(entry.version)) await this.#store.verify(entry.chunkId);
    }
    for (const [uuid, files] of listing) {
      const chunkId = files.dataBytes === null ? null : this.#chunkIdOf(uuid);
      if (chunkId !== null) await this.#adoptForeign(chunkId, uuid, files);
    }
  }

  /** Removes what was there at the last scan too: what is being written, or put there by hand, is given the time between two. */
  async #sweep(listing: ReadonlyMap<string, ChunkFiles>): Promise<void> {
    const before = this.#untidy;
    const found = new Set<string>();
    this.#untidy = found;
    for (const [uuid, files] of listing) {
      const metasWanted = files.dataBytes === null ? 0 : 1;
      if (files.tmpVersions.length === 0 && files.metaVersions.length <= metasWanted) continue;
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

  async #adoptForeign(chunkId: number, uuid: string, files: ChunkFiles): Promise<void> {
    await this.#store.adopt(chunkId, async () => {
      // The chunk may have been deleted since the folder was listed.
      if ((await this.#folder.dataBytes(uuid)) === null) return null;
      const meta = await this.#findMeta(uuid, files, true);
      if (meta === null) this.#warnOnce(uuid, 'A chunk file that appeared has no meta that fits it: it is ignored');
      else this.#log.info('A chunk file that appeared matches its meta: it is taken in', { uuid, version: meta.version });
      return meta;
    });
  }

  /**
   * The meta that fits a chunk's data; of several, the newest. The others are removed then.
   * @param verify false: the length is proof enough
   */
  async #findMeta(uuid: string, files: ChunkFiles, verify: boolean): Promise<ChunkMeta | null> {
    for (const version of files.metaVersions.toReversed()) {
      const meta = await this.#readMeta(uuid, version);
      if (meta?.lengthBytes !== files.dataBytes) continue;
      if (verify && !(await this.#folder.matches(uuid, meta))) continue;
      for (const other of files.metaVersions) if (other !== version) await this.#folder.removeMeta(uuid, other);
      return meta;
    }
    return null;
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
