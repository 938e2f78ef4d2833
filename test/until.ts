/** Waiting for a condition of real processes, threads and sockets: the only way in which tests wait for them. */
import { setTimeout as delay } from 'node:timers/promises';

/** Far beyond what any condition takes on a loaded machine: a limit ends a test that would hang, and judges no speed. */
const LIMIT_MS = 45_000;
/** A condition that starts a command, asked without a pause, would take the processor from what is waited for. */
const PAUSE_MS = { first: 10, growth: 1.5, max: 100 };

/**
 * Resolves once the condition holds; it is asked again and again.
 * @param what stands in the error: `dn-1 is dead`. Default: the text of the condition
 * @throws Error when the condition does not hold within 45 s
 */
export async function until(condition: () => boolean | Promise<boolean>, what = String(condition)): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (let pauseMs = PAUSE_MS.first; !(await condition()); pauseMs = Math.min(pauseMs * PAUSE_MS.growth, PAUSE_MS.max)) {
    if (performance.now() > deadlineMs) throw new Error(`Not within ${LIMIT_MS / 1000} s: ${what}`);
    await delay(pauseMs);
  }
}
