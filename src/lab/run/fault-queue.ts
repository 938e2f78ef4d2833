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
  /** A fault that takes longer gives way to the next, and goes on beside it. Milliseconds. Default: it never does. */
  readonly turnWithinMs?: number;
  /** The same while an earlier fault that gave way still goes on, so that many of them add up to little. Default: `turnWithinMs`. */
  readonly besideHungWithinMs?: number;
  /** When it fires, no turn is waited for any more. Default: never. */
  readonly signal?: AbortSignal;
}

export class FaultQueue {
  readonly #options: FaultQueueOptions;
  #tail: Promise<unknown> = Promise.resolve();
  /** Faults that gave way and go on. */
  #hung = 0;

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
    const { clock, turnWithinMs, besideHungWithinMs = turnWithinMs, signal } = this.#options;
    const over = turn.catch(() => undefined);
    if (turnWithinMs === undefined || besideHungWithinMs === undefined) return over;
    return begin
      .then(() => endsWithin(clock, over, this.#hung > 0 ? besideHungWithinMs : turnWithinMs, signal))
      .then((isOver) => {
        if (isOver) return;
        this.#hung += 1;
        void over.then(() => (this.#hung -= 1));
      })
      .catch(() => undefined);
  }
}
