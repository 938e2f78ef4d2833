/**
 * A small chunk being written: it stays in memory until its commit, which is one record of the journal.
 *
 *   open --commit()--> committing --record durable, files in place--> committed
 *     `--abort()---------`--> aborted
 */
import assert from 'node:assert/strict';
import { DfsError, toDfsError } from '../../shared/errors.js';
import type { CommitJournal, JournalPlace } from '../journal/commit-journal.js';
import type { ChunkFolder } from './chunk-folder.js';
import { encodeChunkMeta } from './chunk-meta.js';
import { ReceivedBlocks } from './received-blocks.js';
import type { ReplicaWrite, WriterHooks, WriteTarget } from './replica-write.js';
import type { Reservation } from './space-account.js';

/** What a commit needs. */
export interface JournaledWriterContext {
  readonly folder: ChunkFolder;
  readonly journal: CommitJournal;
  readonly place: JournalPlace;
  readonly reservation: Reservation;
}

export class JournaledWriter implements ReplicaWrite {
  readonly target: WriteTarget;
  readonly failed: Promise<DfsError>;
  readonly #context: JournaledWriterContext;
  readonly #hooks: WriterHooks;
  readonly #data: Uint8Array;
  readonly #received: ReceivedBlocks;
  #state: 'open' | 'committing' | 'committed' | 'aborted' = 'open';
  #failure: DfsError | null = null;
  #announceFailure: (error: DfsError) => void = () => undefined;
  #settled: Promise<void> | null = null;

  /** For ChunkStore.begin. @param target of a chunk that the folder has no replica of */
  constructor(target: WriteTarget, context: JournaledWriterContext, hooks: WriterHooks) {
    this.target = target;
    this.#context = context;
    this.#hooks = hooks;
    this.#data = new Uint8Array(target.reserveBytes);
    this.#received = new ReceivedBlocks(target.reserveBytes);
    this.failed = new Promise((resolve) => {
      this.#announceFailure = resolve;
    });
  }

  get receivedBytes(): number {
    return this.#received.bytes;
  }

  get writtenBytes(): number {
    return this.#received.bytes;
  }

  get isIdle(): boolean {
    return this.#state === 'open';
  }

  get checksums(): Uint32Array {
    return this.#received.checksums;
  }

  append(data: Uint8Array, checksums: Uint32Array, onWritten: () => void = () => undefined): void {
    this.#data.set(data, this.#received.add(data.length, checksums));
    onWritten();
  }

  ready(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    this.#hooks.progressed();
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    if (this.#failure !== null && this.#settled !== null) throw this.#failure;
    assert(this.#state === 'open', 'a write is committed once');
    this.#state = 'committing';
    this.#settled = this.#commit();
    // abort() waits for it too, and does not care how it ends.
    this.#settled.catch(() => undefined);
    await this.#settled;
  }

  async abort(reason: DfsError): Promise<void> {
    this.#fail(reason);
    if (this.#settled === null) {
      this.#settled = Promise.resolve();
      this.#end();
    }
    await this.#settled.catch(() => undefined);
  }

  async #commit(): Promise<void> {
    try {
      await this.#hooks.exclusively(() => this.#commitAlone());
    } catch (error) {
      this.#fail(toDfsError(error, 'Commit failed'));
      this.#end();
      throw error;
    }
  }

  async #commitAlone(): Promise<void> {
    // The last moment for a higher version to supersede this one.
    if (this.#failure !== null) throw this.#failure;
    const { uuid, version } = this.target;
    if (this.#hooks.replacedVersion() !== null) {
      throw new DfsError(
        'STALE_VERSION',
        `A replica of chunk ${uuid} appeared in the folder while version ${version} was written`,
      );
    }
    const { folder, journal, place, reservation } = this.#context;
    const { progressed } = this.#hooks;
    const meta = encodeChunkMeta({ version, lengthBytes: this.#received.bytes, checksums: this.checksums });
    const content = { uuid, version, meta, data: this.#data.subarray(0, this.#received.bytes) };
    await journal.put(place, content, () => folder.add(content, progressed), progressed);
    this.#state = 'committed';
    reservation.release();
    await this.#hooks.committed(this);
  }

  #end(): void {
    this.#state = 'aborted';
    this.#context.place.release();
    this.#context.reservation.release();
    this.#hooks.aborted(this);
  }

  #fail(error: DfsError): void {
    if (this.#state === 'committed' || this.#failure !== null) return;
    this.#failure = error;
    this.#announceFailure(error);
  }
}
