/**
 * The quarantine. What lies there is verified, slowly and for ever: a replica that proves good comes back into the index by itself, when nothing
 * of its version or a newer one is there. The masters hear of it as of any replica, and have it deleted if it is not needed. Everything else
 * stays where it is, until an operator has it deleted.
 */
import { chunkIdOfUuid } from '../../shared/chunk-id.js';
import { DfsError } from '../../shared/errors.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { Runtime } from '../../shared/runtime.js';
import { QUARANTINE } from './chunk-files.js';
import type { ChunkStore } from './chunk-store.js';
import { KeyedLock } from './keyed-lock.js';
import { listQuarantine, type QuarantinedChunk, type QuarantineVerification, verifyQuarantined } from './quarantine-files.js';

/** Between two passes: the pause doubles. */
const PASS_PAUSE = { initialMs: 60_000, maxMs: 3_600_000 };
/** Between two chunks of a pass. */
const CHUNK_PAUSE_MS = 100;

/** What became of an attempt to restore. foreign: of another cluster. not-needed: this version or a newer one is there or being written. */
type Restoration = 'restored' | 'differs' | 'foreign' | 'not-needed';

export class Quarantine {
  readonly #store: ChunkStore;
  readonly #runtime: Pick<Runtime, 'disk' | 'compute' | 'clock' | 'random' | 'log'>;
  /** By name: the background and operators do not work on one item at a time. */
  readonly #locks = new KeyedLock<string>();
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
    for (const chunk of await this.list()) {
      if (!chunk.hasData || chunk.metaVersions.length === 0) continue;
      try {
        await this.#restoreIfGood(chunk);
      } catch (error) {
        this.#runtime.log.warn('Cannot verify a chunk in quarantine now; it is tried again later', { uuid: chunk.uuid, error });
      }
      if (!(await this.#pause(CHUNK_PAUSE_MS))) return;
    }
  }

  /** What is there, by name, ascending. */
  list(): Promise<QuarantinedChunk[]> {
    return listQuarantine(this.#runtime.disk);
  }

  /** The chunk whose files these are; 0: of another cluster, or this node has joined none. */
  chunkIdOf({ uuid }: QuarantinedChunk): number {
    const { clusterId } = this.#store;
    return (clusterId === '' ? null : chunkIdOfUuid(clusterId, uuid)) ?? 0;
  }

  /** Compares an item with its checksums. @throws DfsError NOT_FOUND, IO_ERROR */
  async verify(name: string): Promise<{ readonly chunk: QuarantinedChunk; readonly found: QuarantineVerification }> {
    const chunk = await this.#find(name);
    return this.#locks.run(name, async () => ({ chunk, found: await verifyQuarantined(this.#runtime, chunk) }));
  }

  /**
   * Puts an item back into the folder and the index, if it matches its checksums.
   * @throws DfsError NOT_FOUND; DATA_CORRUPT when it does not match; FOREIGN_CLUSTER; ALREADY_EXISTS when this version or a newer one is
   *   there or being written; IO_ERROR
   */
  async restore(name: string): Promise<QuarantinedChunk> {
    const chunk = await this.#find(name);
    const restoration = await this.#restoreIfGood(chunk);
    const refused = `Cannot restore "${name}"`;
    if (restoration === 'foreign') throw new DfsError('FOREIGN_CLUSTER', `${refused}: it is of another cluster`);
    if (restoration === 'not-needed') {
      throw new DfsError('ALREADY_EXISTS', `${refused}: this node has the version or a newer one, or it is being written`);
    }
    if (restoration === 'differs') {
      throw new DfsError('DATA_CORRUPT', `${refused}: it does not match its checksums`, { retriable: false });
    }
    return chunk;
  }

  /** Deletes the files of an item, durably. @throws DfsError NOT_FOUND, READ_ONLY, IO_ERROR */
  async purge(name: string): Promise<QuarantinedChunk> {
    const chunk = await this.#find(name);
    const { disk, log } = this.#runtime;
    await this.#locks.run(name, async () => {
      for (const path of chunk.paths) await disk.remove(path);
      await disk.syncDirectory(QUARANTINE);
    });
    log.warn('Files in quarantine are deleted, as an operator asked', { uuid: chunk.uuid, item: name, paths: chunk.paths });
    return chunk;
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

  async #find(name: string): Promise<QuarantinedChunk> {
    const chunk = (await this.list()).find((each) => each.name === name);
    if (chunk === undefined) throw new DfsError('NOT_FOUND', `There is no "${name}" in the quarantine`);
    return chunk;
  }

  #restoreIfGood(chunk: QuarantinedChunk): Promise<Restoration> {
    return this.#locks.run(chunk.name, async () => {
      const chunkId = this.chunkIdOf(chunk);
      if (chunkId === 0) return 'foreign';
      // What would not be taken back need not be read.
      const above = this.#store.get(chunkId)?.version ?? 0;
      const { meta } = await verifyQuarantined(this.#runtime, chunk, above);
      if (meta === null) return chunk.metaVersions.some((version) => version > above) ? 'differs' : 'not-needed';
      let restoration: Restoration = 'not-needed';
      await this.#store.takeBack(chunkId, meta, async () => {
        const { uuid, removal } = chunk;
        await this.#store.folder.restore(uuid, meta, removal);
        restoration = 'restored';
        const fields = { chunkId, uuid, version: meta.version };
        this.#runtime.log.info('A replica in quarantine matches its checksums: it is taken back', fields);
      });
      return restoration;
    });
  }
}
