/** Waits for work that goes on when the caller no longer waits for it. */
import { DfsError } from '../../shared/errors.js';

/**
 * The result of `work`, or CANCELLED as soon as `signal` fires.
 * @param action for the message: `Cannot list "/a"`
 * @throws DfsError CANCELLED, and the errors of the work
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, action: string): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new DfsError('CANCELLED', `${action}: cancelled by the caller`));
  });
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
