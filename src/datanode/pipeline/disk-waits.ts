/**
 * Waits for the own disk, each with a limit. A call that has no end cannot be cancelled: it is left behind, and while it is, this node
 * refuses at once what would wait for the same disk. When it ends after all, the node takes writes again.
 */
import { DfsError } from '../../shared/errors.js';
import type { Timings } from '../../shared/profile.js';
import type { Clock } from '../../shared/runtime.js';
import { diskLimitMs } from '../../shared/wait-limits.js';

export class DiskWaits {
  readonly #clock: Clock;
  readonly #timings: Timings;
  readonly #nodeId: string;
  #hanging = 0;

  constructor(clock: Clock, timings: Timings, nodeId: string) {
    this.#clock = clock;
    this.#timings = timings;
    this.#nodeId = nodeId;
  }

  /**
   * @param tolerated tasks left behind that are no reason yet
   * @throws DfsError IO_ERROR, retriable, which blames this node, while tasks that were left behind have not ended
   */
  assertResponsive(tolerated = 0): void {
    if (this.#hanging > tolerated) throw this.#error(`does not answer: ${this.#hanging} tasks wait for it`);
  }

  /** The error for a disk that made no progress. */
  hung(limitMs: number): DfsError {
    return this.#error(`has made no progress for ${Math.round(limitMs)} ms`);
  }

  /** Waits no longer for a task. */
  leave(task: Promise<unknown>): void {
    this.#hanging++;
    const end = (): void => {
      this.#hanging--;
    };
    task.then(end, end);
  }

  /**
   * The outcome of a task of the disk.
   * @param discard gets the result of a task that was left behind
   * @throws DfsError IO_ERROR, retriable, which blames this node, after diskLimitMs
   */
  async within<T>(task: Promise<T>, discard?: (late: T) => Promise<unknown>): Promise<T> {
    const limitMs = diskLimitMs(this.#timings);
    let expire = (): void => undefined;
    const expired = new Promise<never>((_, reject) => {
      expire = () => {
        this.leave(discard === undefined ? task : task.then(discard));
        reject(this.hung(limitMs));
      };
    });
    const timer = this.#clock.setTimer(limitMs, expire);
    try {
      return await Promise.race([task, expired]);
    } finally {
      timer.cancel();
    }
  }

  /** Waits for a task that cleans up; not at all when the disk hangs already, for it would wait in vain. */
  async cleanedUp(task: Promise<unknown>): Promise<void> {
    if (this.#hanging > 0) this.leave(task);
    else await this.within(task);
  }

  #error(what: string): DfsError {
    return new DfsError('IO_ERROR', `The disk of node "${this.#nodeId}" ${what}`, { nodeId: this.#nodeId, retriable: true });
  }
}
