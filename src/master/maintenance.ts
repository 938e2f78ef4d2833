/** What the leader does by itself, in slices: ageing of nodes, repair, garbage, expired sessions, forgetting what was deleted. */
import { isDfsError } from '../shared/errors.js';
import type { Clock, Logger, Timer } from '../shared/runtime.js';
import type { Operation, Proposer } from './proposer.js';
import type { SoftState } from './soft-state.js';
import type { StateMachine } from './state/state-machine.js';

/** Inodes and chunks that one Purge entry forgets. */
const PURGE_SLICE = 1_000;
/** Between passes that have more to do: others get their turn. */
const SOON_MS = 1;

export class Maintenance {
  readonly #machine: StateMachine;
  readonly #soft: SoftState;
  readonly #proposer: Proposer;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #intervalMs: number;
  #timer: Timer | null = null;
  /** When #timer fires. */
  #dueMs = 0;
  /** A proposal of our own is under way: one at a time. */
  #proposing = false;
  #stopped = false;

  constructor(
    machine: StateMachine,
    soft: SoftState,
    proposer: Proposer,
    runtime: { readonly clock: Clock; readonly log: Logger },
    intervalMs: number,
  ) {
    this.#machine = machine;
    this.#soft = soft;
    this.#proposer = proposer;
    this.#clock = runtime.clock;
    this.#log = runtime.log;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    this.#pass();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Something changed that the next pass should not wait for. */
  soon(): void {
    this.#schedule(SOON_MS);
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    const dueMs = this.#clock.nowMs() + delayMs;
    if (this.#timer !== null) {
      if (this.#dueMs <= dueMs) return;
      this.#timer.cancel();
    }
    this.#dueMs = dueMs;
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = null;
      this.#pass();
    });
  }

  #pass(): void {
    let hasMore = false;
    try {
      hasMore = this.#soft.tick();
      this.#soft.safeMode.check();
      this.#soft.mend();
      hasMore = this.#proposeNext() || hasMore;
    } catch (error) {
      this.#log.error('A maintenance pass failed; the next one tries again', { cause: String(error) });
    }
    this.#schedule(hasMore ? SOON_MS : this.#intervalMs);
  }

  /** @returns true when more of the same is to be done at once */
  #proposeNext(): boolean {
    if (this.#proposing) return false;
    const operation = this.#nextOperation();
    if (operation === null) return false;
    this.#proposing = true;
    this.#proposer.propose(operation).then(
      () => {
        this.#proposing = false;
        if (this.#nextOperation() !== null) this.soon();
      },
      (error: unknown) => {
        this.#proposing = false;
        // A failed log ends the master by another way; a full queue means: later.
        if (!isDfsError(error)) this.#log.error('Cannot log maintenance', { cause: String(error) });
      },
    );
    return false;
  }

  #nextOperation(): Operation | null {
    const { state, settings } = this.#machine;
    const oldest = state.sessions.oldest();
    if (oldest !== undefined && this.#proposer.logTimeMs() - oldest.lastUsedMs > settings.sessionTimeoutMs) {
      return { operation: 'expireSessions', expireSessions: {} };
    }
    if (state.tree.purgeBacklog > 0) return { operation: 'purge', purge: { limit: PURGE_SLICE } };
    return null;
  }
}
