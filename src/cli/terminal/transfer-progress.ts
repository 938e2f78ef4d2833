/** Shows the progress of a transfer when standard error is a terminal. */
import type { Changing, ProgressBar } from './progress-bar.js';

/** Returns null without a terminal, and loads no module then. @param totalBytes null when unknown */
export async function transferProgress(
  label: Changing<string>,
  totalBytes: Changing<number | null>,
): Promise<ProgressBar | null> {
  if (!process.stderr.isTTY) return null;
  const { ProgressBar } = await import('./progress-bar.js');
  return new ProgressBar(label, totalBytes);
}
