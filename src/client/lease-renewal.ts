/** Renews the session in the background while files are being written, and only then: an idle client keeps no timer. */
import type { Runtime, Timer } from '../shared/runtime.js';

export class LeaseRenewal {
  readonly #runtime: Runtime;
  readonly #renew: () => Promise<void>;
  #holders = 0;
  #timer: Timer | null = null;
  #renewing = false;
  #intervalMs = 0;
  #stopped = false;

  /** @param renew renews once; may reject, which is logged and tried again an interval later */
  constructor(runtime: Runtime, renew: () => Promise<void>) {
    this.#runtime = runtime;
    this.#renew = renew;
  }

  /** How often, as the master said when the session was opened; 0 until then. */
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

  /** For good. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    if (this.#stopped || this.#holders === 0 || this.#timer !== null || this.#renewing || this.#intervalMs <= 0) return;
    this.#timer = this.#runtime.clock.setTimer(this.#intervalMs, () => void this.#fire());
  }

  async #fire(): Promise<void> {
    this.#timer = null;
    this.#renewing = true;
    try {
      await this.#renew();
    } catch (error) {
      this.#runtime.log.warn('The session could not be renewed', { reason: String(error) });
    } finally {
      this.#renewing = false;
    }
    this.#arm();
  }
}
