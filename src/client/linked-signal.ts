/** One abort signal out of two, let go of by hand (AbortSignal.any leaves that to the garbage collector). */

export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Stops listening to the two. */
  readonly release: () => void;
}

/** A signal that fires with the first of the two; `second` may be missing. */
export function linkSignals(first: AbortSignal, second: AbortSignal | undefined): LinkedSignal {
  if (second === undefined) return { signal: first, release: () => undefined };
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  for (const signal of [first, second]) {
    if (signal.aborted) controller.abort();
    signal.addEventListener('abort', onAbort);
  }
  return {
    signal: controller.signal,
    release() {
      for (const signal of [first, second]) signal.removeEventListener('abort', onAbort);
    },
  };
}
