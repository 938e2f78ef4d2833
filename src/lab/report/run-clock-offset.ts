/** Where the workload began on the run's clock: events tell time since then, the history and samples tell time of the clock. Pure. */
import type { RunData } from './run-data.js';

export interface ClockOffset {
  readonly offsetMs: number;
  /** Says that it is a guess; null when it is known. */
  readonly note: string | null;
}

/** Makes directories before the workload begins. */
const isSetup = (kind: string): boolean => kind === 'mkdir';

export function runClockOffset({ events, history }: Pick<RunData, 'events' | 'history'>): ClockOffset {
  let offsetMs = Infinity;
  for (const event of events) {
    const runMs = event.virtualMs ?? event.runMs;
    if (runMs === undefined || !('elapsedMs' in event)) continue;
    // The verdict is written down a while after the moment that it tells. A leader may come before the workload begins, and earlier
    // labs then told its time since something else.
    if (event.event === 'verdict' || event.event === 'leader') continue;
    offsetMs = Math.min(offsetMs, runMs - event.elapsedMs);
  }
  if (Number.isFinite(offsetMs)) return { offsetMs, note: null };
  const first = history.find(({ kind }) => !isSetup(kind)) ?? history[0];
  if (first === undefined) return { offsetMs: 0, note: null };
  return {
    offsetMs: first.invokedMs,
    note: 'Events tell no time of the clock that operations were timed by: both are aligned by the first operation, and may be apart by some milliseconds.',
  };
}
