/** One scan of the data folder for the full reports of all links: they begin together, and each master wants its own. */
import type { Clock, Logger } from '../../shared/runtime.js';
import type { FolderScan } from '../store/folder-scan.js';

export class SharedScan {
  readonly #scan: Pick<FolderScan, 'beforeReport'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #validMs: number;
  #startedMs = -Infinity;
  #running: Promise<void> | null = null;

  /** @param validMs a scan that began no longer ago need not be repeated */
  constructor(scan: Pick<FolderScan, 'beforeReport'>, clock: Clock, log: Logger, validMs: number) {
    this.#scan = scan;
    this.#clock = clock;
    this.#log = log;
    this.#validMs = validMs;
  }

  /** Resolves (never rejects) when the folder has been looked through lately; a failure is logged: what is known is still worth reporting. */
  async run(): Promise<void> {
    if (this.#running === null) {
      if (this.#clock.nowMs() - this.#startedMs < this.#validMs) return;
      this.#startedMs = this.#clock.nowMs();
      this.#running = this.#runOnce();
    }
    await this.#running;
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #runOnce(): Promise<void> {
    try {
      await this.#scan.beforeReport();
    } catch (error) {
      this.#log.error('Cannot scan the data folder', { error });
    } finally {
      this.#running = null;
    }
  }
}
