/**
 * What a master does by itself, in slices. Whatever its role: ageing of nodes, and looking again at what they hold. As leader, beside
 * that: repair, garbage, expired sessions, forgetting what was deleted.
 */
import { isDfsError } from '../../shared/errors.js';
import type { Clock, Logger, Timer } from '../../shared/runtime.js';
import type { LeaderState } from './leader-state.js';
import type { Proposer } from './proposer.js';
import type { SoftState } from '../datanodes/soft-state.js';
import type { LogOperation } from '../state/operations/log-operation.js';
import type { LeaderOperationName } from '../state/operations/operations.js';
import type { StateMachine } from '../state/operations/state-machine.js';

/** Inodes and chunks that one Purge entry forgets. */
const PURGE_SLICE = 1_000;
/** Between passes that have more to do: others get their turn. */
const SOON_MS = 1;

/** What a leader does more. */
interface Leading {
  readonly leaderState: LeaderState;
  readonly proposer: Proposer;
}

export class Maintenance {
  readonly #machine: StateMachine;
  readonly #soft: SoftState;
  readonly #leading: Leading | null;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #intervalMs: number;
  #timer: Timer | null = null;
  /** When #timer fires. */
  #dueMs = 0;
  /** A proposal of our own is under way: one at a time. */
  #proposing = false;
  #stopped = false;

  /** @param leading null: of a follower */
  constructor(
    machine: StateMachine,
    soft: SoftState,
    leading: Leading | null,
    runtime: { readonly clock: Clock; readonly log: Logger },
    intervalMs: number,
  ) {
    this.#machine = machine;
    this.#soft = soft;
    this.#leading = leading;
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
      if (this.#leading !== null) {
        this.#leading.leaderState.safeMode.check();
        this.#leading.leaderState.mend();
        this.#proposeNext(this.#leading.proposer);
      }
    } catch (error) {
      this.#log.error('A maintenance pass failed; the next one tries again', { cause: String(error) });
    }
    this.#schedule(hasMore ? SOON_MS : this.#intervalMs);
  }

  #proposeNext(proposer: Proposer): void {
    const operation = this.#proposing ? null : this.#nextOperation(proposer);
    if (operation === null) return;
    this.#proposing = true;
    proposer.propose(operation).then(
      () => {
        this.#proposing = false;
        if (this.#nextOperation(proposer) !== null) this.soon();
      },
      (error: unknown) => {
        this.#proposing = false;
        // A failed log and a lost leadership end this by another way; a full queue means: later.
        if (!isDfsError(error)) this.#log.error('Cannot log maintenance', { cause: String(error) });
      },
    );
  }

  #nextOperation(proposer: Proposer): LogOperation<LeaderOperationName> | null {
    const { state, settings } = this.#machine;
    const oldest = state.sessions.oldest();
    if (oldest !== undefined && proposer.logTimeMs() - oldest.lastUsedMs > settings.sessionTimeoutMs) {
      return { operation: 'expireSessions', expireSessions: {} };
    }
    const { highestUnknownId } = this.#soft.health;
    if (highestUnknownId >= state.chunks.nextId)
      return { operation: 'skipChunkIds', skipChunkIds: { upToChunkId: highestUnknownId } };
    if (state.tree.purgeBacklog > 0) return { operation: 'purge', purge: { limit: PURGE_SLICE } };
    return null;
  }
}
