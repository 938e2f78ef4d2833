/**
 * Replicas in doubt: each is verified again until it is good or gone, one at a time, and after a longer pause each time.
 *
 *   soon ──▶ due ──check──┬ settled     forgotten
 *              ▲          ├ unreadable  pause of retryMaxMs .. blockReportIntervalMs
 *              └──────────┴ damaged     pause of blockReportIntervalMs .. 20 times that: a disk may heal, or a person may repair the file
 */
import type { Timings } from '../../shared/profile.js';
import { retryDelayMs, type RetryPolicy } from '../../shared/retry.js';
import type { Runtime, Timer } from '../../shared/runtime.js';

/** What a check found. `unreadable`: the disk failed, which says nothing about the content. */
export type CheckResult = 'settled' | 'unreadable' | 'damaged';

/** Replicas in doubt at a time; those beyond are taken on by a later scan of the folder. */
const DOUBTS_MAX = 10_000;
/** The longest pause of a damaged replica, in intervals of block reports. */
const DAMAGED_PAUSE_MAX = 20;

interface Doubt {
  /** Checks that did not settle it. */
  failures: number;
  /** Until the next check; null while it is due. */
  timer: Timer | null;
}

export class Rechecks {
  readonly #runtime: Pick<Runtime, 'clock' | 'random'>;
  readonly #check: (chunkId: number, failures: number) => Promise<CheckResult>;
  readonly #policies: Readonly<Record<Exclude<CheckResult, 'settled'>, RetryPolicy>>;
  readonly #doubts = new Map<number, Doubt>();
  /** The last check that is due; never rejects. */
  #last: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param check never rejects; called with the number of checks of this replica that did not settle it */
  constructor(
    runtime: Pick<Runtime, 'clock' | 'random'>,
    timings: Pick<Timings, 'retryMaxMs' | 'blockReportIntervalMs'>,
    check: (chunkId: number, failures: number) => Promise<CheckResult>,
  ) {
    const { retryMaxMs, blockReportIntervalMs } = timings;
    this.#runtime = runtime;
    this.#check = check;
    this.#policies = {
      unreadable: { initialMs: retryMaxMs, maxMs: Math.max(retryMaxMs, blockReportIntervalMs) },
      damaged: { initialMs: blockReportIntervalMs, maxMs: DAMAGED_PAUSE_MAX * blockReportIntervalMs },
    };
  }

  /** Checks a replica now, behind those that are due; one that waits already is checked when its time comes. */
  soon(chunkId: number): void {
    const doubt = this.#add(chunkId);
    if (doubt !== null) this.#enqueue(chunkId, doubt);
  }

  /** Checks a replica, found in this state just now, after a pause. */
  later(chunkId: number, found: Exclude<CheckResult, 'settled'>): void {
    const doubt = this.#add(chunkId);
    if (doubt !== null) this.#wait(chunkId, doubt, found);
  }

  /** A replica is known to be good: what waits is not needed, and the next doubt is looked at soon. */
  forget(chunkId: number): void {
    const timer = this.#doubts.get(chunkId)?.timer;
    if (timer === undefined || timer === null) return;
    timer.cancel();
    this.#doubts.delete(chunkId);
  }

  /** Resolves when no check is due or under way. */
  async idle(): Promise<void> {
    let last: Promise<void> | null = null;
    while (last !== this.#last) {
      last = this.#last;
      await last;
    }
  }

  /** Begins no more checks, and resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { timer } of this.#doubts.values()) timer?.cancel();
    await this.#last;
  }

  /** @returns null when there is nothing to do: it is known, or there are too many */
  #add(chunkId: number): Doubt | null {
    if (this.#isStopped || this.#doubts.has(chunkId) || this.#doubts.size >= DOUBTS_MAX) return null;
    const doubt: Doubt = { failures: 0, timer: null };
    this.#doubts.set(chunkId, doubt);
    return doubt;
  }

  #enqueue(chunkId: number, doubt: Doubt): void {
    doubt.timer = null;
    this.#last = this.#last.then(async () => {
      if (this.#isStopped) return;
      const result = await this.#check(chunkId, doubt.failures);
      if (result === 'settled') this.#doubts.delete(chunkId);
      else this.#wait(chunkId, doubt, result);
    });
  }

  #wait(chunkId: number, doubt: Doubt, found: Exclude<CheckResult, 'settled'>): void {
    if (this.#isStopped) return;
    doubt.failures += 1;
    const { clock, random } = this.#runtime;
    const delayMs = retryDelayMs(doubt.failures, this.#policies[found], random);
    doubt.timer = clock.setTimer(delayMs, () => this.#enqueue(chunkId, doubt));
  }
}
