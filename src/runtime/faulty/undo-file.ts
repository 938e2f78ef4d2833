/** An open file whose unsynced changes can be undone. */
import type { DiskFile } from '../../shared/runtime.js';
import type { SeededRandom } from '../faults/seeded-random.js';
import { FileJournal } from './file-journal.js';
import type { FileChange, UndoPlan } from './file-journal.js';
import type { Gate } from './gate.js';

/** Size of a write of zeros in place of lost data. */
const ZEROS = new Uint8Array(64 * 1_024);

export class UndoFile implements DiskFile {
  readonly #file: DiskFile;
  readonly #gate: Gate;
  readonly #journal: FileJournal;
  readonly #onSettled: (isClosed: boolean) => void;

  /** @param onSettled called after a sync and after the close */
  constructor(file: DiskFile, gate: Gate, journal: FileJournal, onSettled: (isClosed: boolean) => void) {
    this.#file = file;
    this.#gate = gate;
    this.#journal = journal;
    this.#onSettled = onSettled;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#gate.run(() => this.#file.read(target, position));
  }

  write(data: Uint8Array, position: number): Promise<void> {
    return this.#gate.run(async () => {
      // An empty write does not extend a file.
      if (data.length === 0) return;
      const { change, oldBytes } = this.#journal.beginWrite(position, data.length);
      await this.#carryOut(change, oldBytes, () => this.#file.write(data, position));
    });
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#gate.run(async () => {
      const { change, oldBytes } = this.#journal.beginTruncate(sizeBytes);
      await this.#carryOut(change, oldBytes, () => this.#file.truncate(sizeBytes));
    });
  }

  sync(): Promise<void> {
    return this.#gate.run(async () => {
      const covered = this.#journal.covered();
      await this.#file.sync();
      this.#journal.settle(covered);
      this.#onSettled(false);
    });
  }

  sizeBytes(): Promise<number> {
    return this.#gate.run(() => this.#file.sizeBytes());
  }

  close(): Promise<void> {
    return this.#gate.run(async () => {
      this.#onSettled(true);
      await this.#file.close();
    });
  }

  /**
   * The effect of a failed fsync: the kernel marks the pages clean although only some reached the disk, and drops the pages from
   * its cache later (Rebello et al., "Can Applications Recover from fsync Failures?", ATC'20). Here they are dropped at once.
   */
  failSync(random: SeededRandom): Promise<void> {
    return this.#gate.run(() => applyPlan(this.#file, this.#journal.lose(random, this.#journal.covered())));
  }

  async #carryOut(change: FileChange, oldBytes: number, act: () => Promise<void>): Promise<void> {
    const isTooLarge = FileJournal.isTooLarge(oldBytes);
    if (oldBytes > 0 && !isTooLarge) {
      const before = new Uint8Array(oldBytes);
      const bytesRead = await this.#file.read(before, change.range.from);
      change.before = before.subarray(0, bytesRead);
    }
    try {
      await act();
    } finally {
      // The failed operation may have been carried out in part.
      this.#journal.done(change);
      if (isTooLarge) this.#journal.settleUpTo(change);
    }
  }
}

/** Brings a file to its state after a loss. */
export async function applyPlan(file: DiskFile, { patches, sizeBytes }: UndoPlan): Promise<void> {
  for (const { range, bytes } of patches) {
    if (bytes !== null) await file.write(bytes, range.from);
    for (let at = range.from; bytes === null && at < range.to; at += ZEROS.length) {
      await file.write(ZEROS.subarray(0, Math.min(ZEROS.length, range.to - at)), at);
    }
  }
  await file.truncate(sizeBytes);
}
