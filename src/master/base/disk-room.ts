/**
 * Space on the disk of a master for what must go on when the disk is full: elections, deletions, the log that other masters wait for.
 *
 *   write ──NO_SPACE──▶ cut back ──▶ a reserve file is there? ─yes─▶ remove it, write again at once
 *                           ▲                  └─no─▶ wait, write again
 *                           └───────────────────────────────┘
 *
 * A write that found no space has changed nothing that counts, once it is cut back to the last durable byte: it may be repeated. An
 * fsync that failed may not be, whatever its reason, and so never is part of what is repeated here.
 */
import { messageOf } from '../../shared/error-text.js';
import { isDfsError } from '../../shared/errors.js';
import { KIB } from '../../shared/limits.js';
import type { Clock, Disk, Logger } from '../../shared/runtime.js';

export const RESERVE_FILE = 'master.reserve';
/** Enough for thousands of terms and votes. */
const RESERVE_BYTES = 256 * KIB;
/** Between attempts while the disk is full. */
const RETRY_MS = 500;

/** How a step that needs space on the disk is carried out. */
export interface Room {
  /**
   * @param step one call of the disk that may fail with NO_SPACE, and may be repeated then; no fsync
   * @param undo releases what a failed step took
   * @throws DfsError of the disk
   */
  retry<T>(step: () => Promise<T>, undo?: () => Promise<void>): Promise<T>;
}

/** Where lack of space is an error like others. */
export const NO_ROOM: Room = { retry: (step) => step() };

export class DiskRoom implements Room {
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** True: checkpoints are to come sooner, so that the log takes less. */
  isTight = false;
  #hasReserve: boolean;
  #isRefilling = false;
  #isClosed = false;
  /** Wake the steps that wait for space. */
  readonly #waits = new Set<() => void>();

  private constructor(runtime: { readonly disk: Disk; readonly clock: Clock; readonly log: Logger }, hasReserve: boolean) {
    this.#disk = runtime.disk;
    this.#clock = runtime.clock;
    this.#log = runtime.log;
    this.#hasReserve = hasReserve;
  }

  /** @throws DfsError of the disk */
  static async open(runtime: { readonly disk: Disk; readonly clock: Clock; readonly log: Logger }): Promise<DiskRoom> {
    const files = await runtime.disk.list('.');
    const reserve = files.find(({ name }) => name === RESERVE_FILE);
    return new DiskRoom(runtime, (reserve?.sizeBytes ?? 0) >= RESERVE_BYTES);
  }

  /** Whether a step waits for space now: nothing that is logged here becomes durable meanwhile. */
  get isWaiting(): boolean {
    return this.#waits.size > 0;
  }

  /** For what may be large, and would use the reserve up: it waits for space and leaves the reserve to the log. */
  readonly withoutReserve: Room = { retry: (step, undo) => this.#retry(step, undo, false) };

  retry<T>(step: () => Promise<T>, undo?: () => Promise<void>): Promise<T> {
    return this.#retry(step, undo, true);
  }

  async #retry<T>(step: () => Promise<T>, undo: (() => Promise<void>) | undefined, maySpend: boolean): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await step();
      } catch (error) {
        if (!isDfsError(error, 'NO_SPACE')) throw error;
        await undo?.();
        if (this.#isClosed) throw error;
        if (maySpend && (await this.#spend())) continue;
        if (attempt === 1)
          this.#log.error(`The disk is full, and the log waits for space on ${this.#disk.root}: ${error.message}`);
        await this.#wait();
      }
    }
  }

  /** Makes the reserve file anew, when there is space for it; never waits for space and never fails. */
  async refill(): Promise<void> {
    if (this.#hasReserve || this.#isRefilling || this.#isClosed) return;
    this.#isRefilling = true;
    try {
      const file = await this.#disk.open(RESERVE_FILE, 'create');
      try {
        // Not zeros, which some file systems do not store.
        await file.write(new Uint8Array(RESERVE_BYTES).fill(0x5a), 0);
      } finally {
        await file.close();
      }
      this.#hasReserve = true;
    } catch (error) {
      this.#log.debug('The reserve file cannot be made yet', { reason: String(error) });
      await this.#disk.remove(RESERVE_FILE).catch(() => undefined);
    } finally {
      this.#isRefilling = false;
    }
  }

  /** Ends all waiting: the steps that found no space fail with that. */
  close(): void {
    this.#isClosed = true;
    for (const wake of this.#waits) wake();
  }

  /** @returns true when the reserve file was there, and is gone now */
  async #spend(): Promise<boolean> {
    if (!this.#hasReserve) return false;
    this.#hasReserve = false;
    try {
      await this.#disk.remove(RESERVE_FILE);
    } catch (error) {
      this.#log.warn('The reserve file cannot be removed', { reason: messageOf(error) });
      return false;
    }
    this.#log.warn(`The disk of ${this.#disk.root} is full: the reserve of ${RESERVE_BYTES} bytes is released for the log`);
    return true;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        timer.cancel();
        this.#waits.delete(wake);
        resolve();
      };
      const timer = this.#clock.setTimer(RETRY_MS, wake);
      this.#waits.add(wake);
    });
  }
}
