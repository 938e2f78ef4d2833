/** The pace of a client: one round of work after the other, as often as its rate allows. */
import type { RunClock } from './run-clock.js';

/** A client that fails at once, again and again, must not spin. */
const PAUSE_AFTER_ERROR_MS = 100;

/**
 * Works until the signal fires and the round under way ended.
 * @param pauseMs from the beginning of one round to that of the next, at least
 * @param round tells whether all went well; never rejects
 */
export async function runRounds(
  clock: RunClock,
  signal: AbortSignal,
  pauseMs: number,
  round: () => Promise<boolean>,
): Promise<void> {
  while (!signal.aborted) {
    const startedMs = clock.nowMs();
    const isWell = await round();
    const restMs = Math.max(pauseMs - (clock.nowMs() - startedMs), isWell ? 0 : PAUSE_AFTER_ERROR_MS);
    // Without the pause of a rate a turn of the event loop is enough to let the rest of the lab work.
    await clock.sleep(restMs, signal).catch(() => undefined);
  }
}
