/**
 * Whether the data folder takes changes. The masters place nothing on a node whose folder does not; what it holds is read as before.
 *
 *   WRITABLE ──a change fails──▶ READ_ONLY (the system refuses it) or FAILING ──a probe succeeds──▶ WRITABLE
 *
 * A full disk, and a lack of descriptors, are no failure: the figures of free space and the refusals say so.
 */
import type { DiskState__Output } from '../../protocol/generated/distrifs/v1/DiskState.js';
import { isDfsError } from '../../shared/errors.js';
import { DISK_PROBLEM_BYTES_MAX } from '../../shared/limits.js';
import type { Timings } from '../../shared/profile.js';
import { retryDelayMs, type RetryPolicy } from '../../shared/retry.js';
import type { Runtime, Timer } from '../../shared/runtime.js';
import { writeSynced } from '../../shared/whole-file.js';

/** Written, fsynced and removed. */
const PROBE_FILE = 'write-probe';
const PROBE_BYTES = 4_096;

export class DiskHealth {
  readonly #runtime: Pick<Runtime, 'disk' | 'clock' | 'random' | 'log'>;
  readonly #pauses: RetryPolicy;
  #state: DiskState__Output = 'WRITABLE';
  #problem = '';
  #timer: Timer | null = null;
  #probes = 0;
  #probing: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param runtime with the disk itself: what its probes meet is noted here */
  constructor(
    runtime: Pick<Runtime, 'disk' | 'clock' | 'random' | 'log'>,
    timings: Pick<Timings, 'retryMaxMs' | 'blockReportIntervalMs'>,
  ) {
    this.#runtime = runtime;
    this.#pauses = { initialMs: timings.retryMaxMs, maxMs: Math.max(timings.retryMaxMs, timings.blockReportIntervalMs) };
  }

  get state(): DiskState__Output {
    return this.#state;
  }

  /** The error of the last change that failed, cut to DISK_PROBLEM_BYTES_MAX; empty while the folder takes changes. */
  get problem(): string {
    return this.#problem;
  }

  /** A change of the folder has failed. */
  note(error: unknown): void {
    const state = isDfsError(error, 'READ_ONLY') ? 'READ_ONLY' : isDfsError(error, 'IO_ERROR') ? 'FAILING' : null;
    if (state === null || this.#isStopped) return;
    if (state !== this.#state) {
      const what = state === 'READ_ONLY' ? 'takes no changes' : 'fails to take changes';
      this.#runtime.log.error(`The data folder ${what}: nothing is written to it until a probe succeeds, reads go on`, { error });
    }
    this.#state = state;
    this.#problem = cut(isDfsError(error) ? error.message : '');
    if (this.#timer === null) this.#probeLater();
  }

  /** Resolves when no probe is under way, and none will be. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#probing;
  }

  #probeLater(): void {
    this.#probes += 1;
    const { clock, random } = this.#runtime;
    this.#timer = clock.setTimer(retryDelayMs(this.#probes, this.#pauses, random), () => {
      this.#probing = this.#probe();
    });
  }

  async #probe(): Promise<void> {
    const { disk, log } = this.#runtime;
    try {
      await writeSynced(disk, PROBE_FILE, new Uint8Array(PROBE_BYTES));
      await disk.remove(PROBE_FILE);
    } catch (error) {
      // It takes changes, as far as there is space: deletions must not wait for space that only they can make.
      if (!isDfsError(error, 'NO_SPACE')) {
        this.note(error);
        if (!this.#isStopped) this.#probeLater();
        return;
      }
    }
    this.#timer = null;
    this.#probes = 0;
    this.#state = 'WRITABLE';
    this.#problem = '';
    log.info('The data folder takes changes again');
  }
}

/** At most as many bytes as a master takes. */
function cut(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= DISK_PROBLEM_BYTES_MAX) return text;
  // A character that is cut in two is left out.
  return new TextDecoder().decode(bytes.subarray(0, DISK_PROBLEM_BYTES_MAX - 3)).replace(/\uFFFD$/u, '');
}
