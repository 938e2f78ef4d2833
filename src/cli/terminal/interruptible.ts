/** Runs a long command that can be interrupted: the first signal ends the command gracefully, a second one immediately. */
import { ENDING_SIGNALS } from './ending-signals.js';

const EXIT_INTERRUPTED = 130;

/**
 * @param work must end soon after its signal fires; otherwise exit handlers clean up
 * @returns what the work returns
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const onSignal = (): void => {
    if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interrupt.abort();
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  // The reader of the results has closed the pipe (EPIPE): the same as an interruption.
  const onOutputError = (): void => interrupt.abort();
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', onOutputError);
  try {
    return await work(interrupt.signal);
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
  }
}
