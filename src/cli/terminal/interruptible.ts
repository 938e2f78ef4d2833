/** Runs a long command that a person may interrupt: the first signal asks it to end in order, a second one ends it at once. */

const EXIT_INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * @param work is to end soon after its signal fires; exit handlers clean up when it does not
 * @returns what the work returns
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interrupt.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // Nobody reads the results any more (EPIPE): as if interrupted.
  const onOutputError = (): void => interrupt.abort();
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', onOutputError);
  try {
    return await work(interrupt.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
