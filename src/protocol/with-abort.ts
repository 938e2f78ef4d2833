/** Runs an operation that can be aborted. */

/** Runs `run`; calls `onAbort` at once when `signal` has fired or fires meanwhile. */
export async function withAbort<T>(signal: AbortSignal | undefined, onAbort: () => void, run: () => Promise<T>): Promise<T> {
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort);
  try {
    return await run();
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
