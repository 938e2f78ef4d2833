/** Runs a simulation's turns, each after all promises that the previous turn could settle have settled. */
import { setImmediate } from 'node:timers';

/**
 * Callbacks of one phase of Node's event loop. Between two callbacks Node runs all ticks and microtasks, which a turn
 * requires. A separate phase for each turn would poll the operating system's events every time.
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
      // The remaining callbacks of the phase have no effect after the end.
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
