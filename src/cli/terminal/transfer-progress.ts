/** Shows how far a transfer is, where a terminal shows standard error. */
import type { ProgressBar } from './progress-bar.js';

/** null where there is no terminal: nothing is loaded for it then. @param totalBytes null when unknown */
export async function transferProgress(label: string, totalBytes: number | null): Promise<ProgressBar | null> {
  if (!process.stderr.isTTY) return null;
  const { ProgressBar } = await import('./progress-bar.js');
  return new ProgressBar(label, totalBytes);
}
