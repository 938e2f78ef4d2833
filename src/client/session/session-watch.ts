/**
 * A call that stays open at the leader while files are being written: when the process of this client ends, its connection does too, and
 * the master gives the paths to others soon.
 *
 *   hold ─▶ call ──answered──▶ call …           until released for LINGER_TICKS: small files written one after the other share a call
 *            └─ fails ─▶ pause ─▶ renew, which finds the leader ─▶ call
 */
import { isDfsError } from '../../shared/errors.js';
import { ELECTION_TICKS, type Timings } from '../../shared/profile.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { Runtime, Timer } from '../../shared/runtime.js';

const LINGER_TICKS = ELECTION_TICKS;

export interface WatchCalls {
  /** Makes the call; resolves when the master has answered it in time. */
  readonly hold: (signal: AbortSignal) => Promise<void>;
  /** Renews the session at the leader. */
  readonly renew: () => Promise<void>;
  readonly hasSession: () => boolean;
}

export class SessionWatch {
  readonly #runtime: Pick<Runtime, 'clock' | 'random' | 'log'>;
  readonly #timings: Timings;
  readonly #calls: WatchCalls;
  #holders = 0;
  #lingering: Timer | null = null;
  /** Ends the calls under way; null: none is. */
  #running: AbortController | null = null;
  /** false: the masters are of a release without this call, or the client is closed. */
  #isPossible = true;

  constructor(runtime: Pick<Runtime, 'clock' | 'random' | 'log'>, timings: Timings, calls: WatchCalls) {
    this.#runtime = runtime;
    this.#timings = timings;
    this.#calls = calls;
  }

  /** Watches until the returned function is called, and a little longer. */
  hold(): () => void {
    this.#holders += 1;
    this.#lingering?.cancel();
    this.#lingering = null;
    this.begin();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      if (this.#holders > 0) return;
      const lingerMs = LINGER_TICKS * this.#timings.raftTickMs;
      this.#lingering = this.#runtime.clock.setTimer(lingerMs, () => this.#running?.abort());
    };
  }

  /** There is a session, perhaps a new one. */
  begin(): void {
    if (this.#holders === 0 || !this.#isPossible || this.#running !== null || !this.#calls.hasSession()) return;
    const running = new AbortController();
    this.#running = running;
    void this.#run(running.signal).finally(() => {
      this.#running = null;
      // A file may have been opened while the last call ended.
      this.begin();
    });
  }

  /** For good. */
  stop(): void {
    this.#isPossible = false;
    this.#lingering?.cancel();
    this.#running?.abort();
  }

  /** Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#runtime;
    const { retryInitialMs: initialMs, retryMaxMs: maxMs } = this.#timings;
    const isOver = (): boolean => signal.aborted || !this.#isPossible;
    for (let failures = 0; !isOver() && this.#calls.hasSession();) {
      try {
        if (failures > 0) await this.#calls.renew();
        await this.#calls.hold(signal);
        failures = 0;
      } catch (error) {
        if (isDfsError(error, 'UNIMPLEMENTED')) this.#isPossible = false;
        if (isOver()) return;
        failures += 1;
        log.debug('The connection that keeps the paths of open files has ended', { reason: String(error) });
        await clock.sleep(retryDelayMs(failures, { initialMs, maxMs }, random), signal).catch(() => undefined);
      }
    }
  }
}
