/** Runs a simulation's turns: each after everything that can settle by itself since the turn before has, with all that follows. */
import { setImmediate } from 'node:timers';

/**
 * Callbacks of one phase of Node's event loop. Between two of them Node runs all ticks and microtasks, until none is left: that is
 * what a turn needs. A phase for each turn would cost a look at the operating system's events every time.
 */
const TURNS_A_PHASE = 64;

/**
 * Calls `turn` until it returns false or throws; rejects with what it throws.
 * @param turn returns true to be called again
 */
export function driveTurns(turn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let left = 0;
    const next = (): void => {
      // The rest of a phase in which it ended does nothing.
      if (isOver) return;
      left--;
      try {
        isOver = !turn();
      } catch (error) {
        isOver = true;
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (isOver) resolve();
      else if (left === 0) plan();
    };
    const plan = (): void => {
      for (left = 0; left < TURNS_A_PHASE; left++) setImmediate(next);
    };
    plan();
  });
}
