/** Runs `distrifs` inside the test's own process, so that fake masters beside it can answer. */
import { vi } from 'vitest';
import { main } from '../../src/cli/distrifs.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the command writes, and the exit code that it sets. One at a time. */
export async function distrifs(...args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await main('distrifs', args);
    return { code: process.exitCode, ...written };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
    // Each run would leave a listener.
    process.stdout.removeAllListeners('error');
  }
}
