/** Renews the session in the background while files are being written. An idle client has no timer. */
import type { Runtime, Timer } from '../../shared/runtime.js';

/** Factor that shortens the interval after a failed renewal, because the lease may expire soon. */
const SOONER_AFTER_FAILURE = 4;

export class LeaseRenewal {
  readonly #runtime: Runtime;
  readonly #renew: () => Promise<void>;
  #holders = 0;
  #timer: Timer | null = null;
  #renewing = false;
  #intervalMs = 0;
  #stopped = false;

  /** @param renew renews once; a rejection is logged, and the renewal is tried again soon */
  constructor(runtime: Runtime, renew: () => Promise<void>) {
    this.#runtime = runtime;
    this.#renew = renew;
  }

  /** Renewal interval, given by the master when the session was opened; 0 before. */
  set intervalMs(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#arm();
  }

  /** Renews until the returned function is called. */
  hold(): () => void {
    this.#holders++;
    this.#arm();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#holders > 0) return;
      this.#timer?.cancel();
      this.#timer = null;
    };
  }

  /** Stops all renewals permanently. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(delayMs = this.#intervalMs): void {
    if (this.#stopped || this.#holders === 0 || this.#timer !== null || this.#renewing || this.#intervalMs <= 0) return;
    this.#timer = this.#runtime.clock.setTimer(delayMs, () => void this.#fire());
  }

  async #fire(): Promise<void> {
    this.#timer = null;
    this.#renewing = true;
    let delayMs = this.#intervalMs;
    try {
      await this.#renew();
    } catch (error) {
      delayMs /= SOONER_AFTER_FAILURE;
      this.#runtime.log.warn('The session could not be renewed', { reason: String(error) });
    } finally {
      this.#renewing = false;
    }
    this.#arm(delayMs);
  }
}
