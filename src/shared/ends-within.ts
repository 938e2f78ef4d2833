/** Waits for work, within a bound. */
import type { Clock } from './runtime.js';

/**
 * Tells whether work settles within a time; a failure of the work is thrown.
 * @param signal ends the waiting: then this throws
 */
export async function endsWithin(
  clock: Pick<Clock, 'sleep'>,
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
