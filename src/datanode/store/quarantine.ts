/**
 * Verifies what lies in quarantine, slowly and for ever: a replica that proves good comes back into the index by itself, when nothing of
 * its version or a newer one is there. The masters hear of it as of any replica, and have it deleted if it is not needed. Everything else
 * stays where it is.
 */
import { chunkIdOfUuid } from '../../shared/chunk-id.js';
import { isDfsError } from '../../shared/errors.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { Runtime } from '../../shared/runtime.js';
import { readWhole } from '../base/durable-file.js';
import { dataFileName, metaFileName, parseQuarantinedName, QUARANTINE, quarantinedPath } from './chunk-files.js';
import { type ChunkMeta, decodeChunkMeta, META_BYTES_MAX } from './chunk-meta.js';
import type { ChunkStore } from './chunk-store.js';
import { inspectData, isWhole } from './inspect-data.js';

/** Between two passes: the pause doubles. */
const PASS_PAUSE = { initialMs: 60_000, maxMs: 3_600_000 };
/** Between two chunks of a pass. */
const CHUNK_PAUSE_MS = 100;

/** Files of one chunk that were moved together. */
interface Removal {
  readonly uuid: string;
  readonly removal: string;
  hasData: boolean;
  readonly metaVersions: number[];
}

export class Quarantine {
  readonly #store: ChunkStore;
  readonly #runtime: Pick<Runtime, 'disk' | 'compute' | 'clock' | 'random' | 'log'>;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(store: ChunkStore, runtime: Pick<Runtime, 'disk' | 'compute' | 'clock' | 'random' | 'log'>) {
    this.#store = store;
    this.#runtime = runtime;
  }

  /** Begins to verify in the background. */
  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** Looks at everything once. What cannot be read waits for the next pass. Resolves early when stopped. */
  async pass(): Promise<void> {
    const removals = await this.#list();
    for (const removal of removals) {
      try {
        await this.#restoreIfGood(removal);
      } catch (error) {
        this.#runtime.log.warn('Cannot verify a chunk in quarantine now; it is tried again later', { uuid: removal.uuid, error });
      }
      if (!(await this.#pause(CHUNK_PAUSE_MS))) return;
    }
  }

  async #run(): Promise<void> {
    for (let passes = 1; ; passes++) {
      try {
        await this.pass();
      } catch (error) {
        this.#runtime.log.warn('Cannot list the quarantine', { error });
      }
      if (!(await this.#pause(retryDelayMs(passes, PASS_PAUSE, this.#runtime.random)))) return;
    }
  }

  /** Tells whether to go on. */
  async #pause(delayMs: number): Promise<boolean> {
    const { signal } = this.#stopped;
    await this.#runtime.clock.sleep(delayMs, signal).catch(() => undefined);
    return !signal.aborted;
  }

  async #list(): Promise<Removal[]> {
    const removals = new Map<string, Removal>();
    const entries = await this.#runtime.disk.list(QUARANTINE).catch((error: unknown) => {
      if (isDfsError(error, 'NOT_FOUND')) return [];
      throw error;
    });
    for (const { name } of entries) {
      const parsed = parseQuarantinedName(name);
      if (parsed === null) continue;
      const { file, removal } = parsed;
      const key = `${file.uuid}.${removal}`;
      const found = removals.get(key) ?? { uuid: file.uuid, removal, hasData: false, metaVersions: [] };
      removals.set(key, found);
      if (file.kind === 'data') found.hasData = true;
      else if (file.kind === 'meta') found.metaVersions.push(file.version);
    }
    return [...removals.values()].filter(({ hasData, metaVersions }) => hasData && metaVersions.length > 0);
  }

  async #restoreIfGood({ uuid, removal, metaVersions }: Removal): Promise<void> {
    const { clusterId, folder } = this.#store;
    const chunkId = clusterId === '' ? null : chunkIdOfUuid(clusterId, uuid);
    if (chunkId === null) return;
    for (const version of metaVersions.toSorted((a, b) => b - a)) {
      // What would not be taken back need not be read.
      if ((this.#store.get(chunkId)?.version ?? 0) >= version) return;
      const meta = await this.#readMeta(uuid, version, removal);
      if (meta === null) continue;
      const inspection = await inspectData(this.#runtime, quarantinedPath(dataFileName(uuid), removal), meta);
      if (!isWhole(inspection, meta)) continue;
      await this.#store.takeBack(chunkId, meta, async () => {
        await folder.restore(uuid, meta, removal);
        this.#runtime.log.info('A replica in quarantine matches its checksums: it is taken back', { chunkId, uuid, version });
      });
      return;
    }
  }

  async #readMeta(uuid: string, version: number, removal: string): Promise<ChunkMeta | null> {
    try {
      const path = quarantinedPath(metaFileName(uuid, version), removal);
      const meta = decodeChunkMeta(await readWhole(this.#runtime.disk, path, META_BYTES_MAX));
      return meta.version === version ? meta : null;
    } catch (error) {
      if (isDfsError(error, 'DATA_CORRUPT', 'NOT_FOUND')) return null;
      throw error;
    }
  }
}
