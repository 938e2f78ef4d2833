/** The pace of a client: one round of work after the other, as often as its rate allows. */
import type { WorkloadWorld } from './workload.js';

/** Pause after a failed round, so that a client whose operations fail at once does not spin. */
const PAUSE_AFTER_ERROR_MS = 100;

/**
 * Runs rounds until the signal fires and the current round has ended.
 * @param pauseMs minimum time from the start of one round to the start of the next
 * @param round returns whether the round succeeded; never rejects
 */
export async function runRounds(
  { clock, signal, onRound }: Pick<WorkloadWorld, 'clock' | 'signal' | 'onRound'>,
  pauseMs: number,
  round: () => Promise<boolean>,
): Promise<void> {
  while (!signal.aborted) {
    const startedMs = clock.nowMs();
    const isWell = await round();
    onRound?.();
    const restMs = Math.max(pauseMs - (clock.nowMs() - startedMs), isWell ? 0 : PAUSE_AFTER_ERROR_MS);
    // Without a rate, one turn of the event loop lets other tasks of the lab run.
    await clock.sleep(restMs, signal).catch(() => undefined);
  }
}
