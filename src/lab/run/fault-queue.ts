/**
 * The one queue in front of FaultRunner, for faults whose nodes are chosen when their turn comes: each is chosen and carried out behind
 * the earlier ones, because two must not mean the same leader, whom the first has killed by then.
 *
 *   step ─► inTurn ─► choose on the cluster as it is ─► FaultRunner ─► proof
 *   heal ─► atOnce ───────────────────────────────────► FaultRunner ─► proof    (the later ones wait for it all the same)
 */
import { endsWithin } from '../../shared/ends-within.js';
import type { RunClock } from '../workloads/run-clock.js';

export interface FaultQueueOptions {
  readonly clock: RunClock;
  /** One that takes longer gives way to the next, and goes on beside it. Milliseconds. Default: it never does. */
  readonly turnWithinMs?: number;
  /** When it fires, no turn is waited for any more. Default: never. */
  readonly signal?: AbortSignal;
}

export class FaultQueue {
  readonly #options: FaultQueueOptions;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: FaultQueueOptions) {
    this.#options = options;
  }

  /** Acts when the earlier ones are done. @returns what `act` does */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(act);
    this.#tail = this.#end(this.#tail, turn);
    return turn;
  }

  /** Acts now; what comes later waits for it as for any other. @returns what `act` does */
  atOnce<T>(act: () => Promise<T>): Promise<T> {
    const turn = act();
    this.#tail = Promise.all([this.#tail, this.#end(Promise.resolve(), turn)]);
    return turn;
  }

  /** Resolves when the next one may act. Never rejects. @param begin of the turn */
  #end(begin: Promise<unknown>, turn: Promise<unknown>): Promise<unknown> {
    const { clock, turnWithinMs, signal } = this.#options;
    const over = turn.catch(() => undefined);
    if (turnWithinMs === undefined) return over;
    return begin.then(() => endsWithin(clock, over, turnWithinMs, signal)).catch(() => undefined);
  }
}
