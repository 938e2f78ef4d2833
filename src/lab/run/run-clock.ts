/** The time that a run lives in: real with `lab run`, virtual with `lab sim`. Nothing of a run looks at another clock. */
import type { Clock } from '../../shared/runtime.js';

export type RunClock = Pick<Clock, 'nowMs' | 'sleep'>;

/**
 * Tells whether work settles within a time; a failure of the work is thrown.
 * @param signal ends the waiting: then this throws
 */
export async function endsWithin(
  clock: RunClock,
  work: Promise<unknown>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  // Not AbortSignal.any: when its signals fire depends on what was collected as garbage.
  const timer = new AbortController();
  const stop = (): void => timer.abort();
  signal?.addEventListener('abort', stop, { once: true });
  const timeout = clock.sleep(timeoutMs, timer.signal).then(() => false);
  try {
    signal?.throwIfAborted();
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    signal?.removeEventListener('abort', stop);
    timer.abort();
    timeout.catch(() => undefined);
  }
}
