/**
 * One chunk being written: blocks into a tmp file, then the commit.
 *
 *   open --commit()--> committing --rename--> committed
 *     `--abort()---------`--> aborted: tmp (and meta, where placed) removed
 *
 * While it is open, the data is fsynced in the background from time to time, so that the commit has little left to wait for.
 * Commit: fsync tmp and meta → rename tmp to data, the commit point → fsync directory → remove older metas.
 * A crash before the rename is durable leaves the old version complete, after it the new one.
 */
import assert from 'node:assert/strict';
import { type DfsError, toDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { DiskFile } from '../../shared/runtime.js';
import { isRefusal } from '../base/durable-file.js';
import type { ChunkFolder } from './chunk-folder.js';
import type { ChunkMeta } from './chunk-meta.js';
import { ReceivedBlocks } from './received-blocks.js';
import type { ReplicaWrite, WriterHooks, WriteTarget } from './replica-write.js';
import type { Reservation } from './space-account.js';

/** Bytes given and not yet on the disk; beyond it `ready` waits. */
const PENDING_BYTES_MAX = 4 * MIB;
/** An fsync in the background begins after so many bytes; one at a time. */
const SYNC_AHEAD_BYTES = 8 * MIB;

export class ChunkWriter implements ReplicaWrite {
  readonly target: WriteTarget;
  readonly #folder: ChunkFolder;
  readonly #file: DiskFile;
  readonly #reservation: Reservation;
  readonly #hooks: WriterHooks;
  readonly #received: ReceivedBlocks;
  /** <= received */
  #writtenBytes = 0;
  /** The last write of blocks; never rejects. */
  #lastWrite: Promise<void> = Promise.resolve();
  /** Bytes written since the last fsync began. */
  #unsyncedBytes = 0;
  /** The fsync in the background; never rejects. Null: none is under way. */
  #syncing: Promise<void> | null = null;
  #wake: () => void = () => undefined;
  #state: 'open' | 'committing' | 'committed' | 'aborted' = 'open';
  #failure: DfsError | null = null;
  #announceFailure: (error: DfsError) => void = () => undefined;
  /** There is a meta that belongs to this write alone. */
  #isMetaPlaced = false;
  #isPlaced = false;
  #settled: Promise<void> | null = null;
  /** Resolves with the first failure, also one that comes from outside (abort), as soon as it is known. */
  readonly failed: Promise<DfsError>;

  /** For ChunkStore.begin. @param file the empty tmp file */
  constructor(target: WriteTarget, folder: ChunkFolder, file: DiskFile, reservation: Reservation, hooks: WriterHooks) {
    this.target = target;
    this.#folder = folder;
    this.#file = file;
    this.#reservation = reservation;
    this.#hooks = hooks;
    this.#received = new ReceivedBlocks(target.reserveBytes);
    this.failed = new Promise((resolve) => {
      this.#announceFailure = resolve;
    });
  }

  /** Bytes given so far. */
  get receivedBytes(): number {
    return this.#received.bytes;
  }

  /** Bytes on the disk so far (not fsynced), without a gap. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** True before the commit while the disk has nothing to do for this write. */
  get isIdle(): boolean {
    return this.#state === 'open' && this.#writtenBytes === this.#received.bytes;
  }

  /** CRC32 of each block given so far. */
  get checksums(): Uint32Array {
    return this.#received.checksums;
  }

  /**
   * Takes the next blocks; they are written in the background.
   * @param data verified by the caller; must not change until `onWritten`. Whole blocks but for the chunk's last; within reserveBytes
   * @param checksums of each block
   * @param onWritten called once, when `data` is not needed any more: it is written, or is not going to be
   */
  append(data: Uint8Array, checksums: Uint32Array, onWritten: () => void = () => undefined): void {
    const position = this.#received.add(data.length, checksums);
    this.#lastWrite = this.#lastWrite.then(() => this.#writeBlocks(data, position)).then(onWritten);
  }

  /** Resolves when more may be given. Rejects when the write has failed. */
  async ready(): Promise<void> {
    while (this.#failure === null && this.#received.bytes - this.#writtenBytes > PENDING_BYTES_MAX) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#throwIfFailed();
  }

  /**
   * Makes the chunk durable and puts it in place, in one step that a crash cannot cut in two.
   * Rejects when the write has failed, a higher version superseded it, or the disk refused; nothing is then left of it.
   */
  async commit(): Promise<void> {
    if (this.#failure !== null && this.#settled !== null) throw this.#failure;
    assert(this.#state === 'open', 'a write is committed once');
    this.#state = 'committing';
    this.#settled = this.#commit();
    // abort() waits for it too, and does not care how it ends.
    this.#settled.catch(() => undefined);
    await this.#settled;
  }

  /** Ends the write, if it is not committed; resolves when nothing is left of it. */
  async abort(reason: DfsError): Promise<void> {
    this.#fail(reason);
    this.#settled ??= this.#cleanUp();
    await this.#settled.catch(() => undefined);
  }

  async #commit(): Promise<void> {
    await this.#lastWrite;
    await this.#syncing;
    try {
      // A failed fsync is never tried again.
      this.#throwIfFailed();
      await this.#hooks.exclusively(() => this.#commitAlone());
    } catch (error) {
      this.#fail(toDfsError(error, 'Commit failed'));
      // A rename that was refused has placed nothing.
      if (!this.#isPlaced || (this.#state === 'committing' && isRefusal(error))) await this.#cleanUp();
      throw error;
    }
  }

  async #commitAlone(): Promise<void> {
    const { uuid, version } = this.target;
    this.#throwIfFailed();
    const meta = { version, lengthBytes: this.#received.bytes, checksums: this.checksums };
    const [data, placed] = await Promise.allSettled([this.#file.sync(), this.#placeMeta(meta)]);
    if (data.status === 'rejected') throw data.reason;
    if (placed.status === 'rejected') throw placed.reason;
    // fsync of a new file makes its name durable too, on the file systems of Linux; where that did not hold, the rename could
    // outlive the meta's name. Of a new chunk nothing was guaranteed yet; what an old version guaranteed is not left to chance.
    if (this.#hooks.replacedVersion() !== null) await this.#folder.sync();
    this.#hooks.progressed();
    // The last moment for a higher version to supersede this one.
    this.#throwIfFailed();
    this.#isPlaced = true;
    await this.#folder.place(uuid, version);
    this.#hooks.progressed();
    await this.#folder.sync();
    this.#hooks.progressed();
    this.#state = 'committed';
    this.#reservation.release();
    // Durable and in place: a close that fails takes nothing from it, and must not keep the chunk out of the index.
    await this.#file.close().catch(() => undefined);
    await this.#hooks.committed(this);
  }

  /** A meta that is in place already is never opened to be written: the good blocks of a damaged replica rest on it. */
  async #placeMeta(meta: ChunkMeta): Promise<void> {
    const { uuid, version } = this.target;
    const isRepair = this.#hooks.replacedVersion() === version;
    if (isRepair) return this.#folder.replaceMeta(uuid, meta, this.#hooks.progressed);
    this.#isMetaPlaced = true;
    return this.#folder.placeMeta(uuid, meta, this.#hooks.progressed);
  }

  async #writeBlocks(data: Uint8Array, position: number): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await this.#file.write(data, position);
    } catch (error) {
      this.#fail(toDfsError(error, `Cannot write chunk ${this.target.uuid}`));
      return;
    }
    this.#reservation.wrote(data.length);
    this.#unsyncedBytes += data.length;
    if (this.#unsyncedBytes >= SYNC_AHEAD_BYTES) this.#syncing ??= this.#syncAhead();
    this.#writtenBytes = position + data.length;
    if (this.#received.bytes - this.#writtenBytes <= PENDING_BYTES_MAX) this.#wake();
    this.#hooks.progressed();
  }

  async #syncAhead(): Promise<void> {
    this.#unsyncedBytes = 0;
    try {
      await this.#file.sync();
    } catch (error) {
      this.#fail(toDfsError(error, `Cannot fsync chunk ${this.target.uuid}`));
    }
    this.#syncing = null;
    this.#hooks.progressed();
  }

  /** Never rejects: what it cannot remove guarantees nothing, and goes with the next scan of the folder. */
  async #cleanUp(): Promise<void> {
    this.#state = 'aborted';
    const { uuid, version } = this.target;
    let leftover: unknown;
    /** One step that fails does not keep the others from being taken. */
    const attempt = async (step: () => Promise<void>): Promise<void> => {
      try {
        await step();
      } catch (error) {
        leftover ??= error;
      }
    };
    await this.#lastWrite;
    await this.#syncing;
    await attempt(() => this.#file.close());
    await attempt(() => this.#folder.removeTmp(uuid, version));
    if (this.#isMetaPlaced) await attempt(() => this.#folder.removeMeta(uuid, version));
    this.#reservation.release();
    this.#hooks.aborted(this, leftover);
  }

  #fail(error: DfsError): void {
    if (this.#state === 'committed' || this.#failure !== null) return;
    this.#failure = error;
    this.#announceFailure(error);
    this.#wake();
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
