/**
 * Start of the workload on the run's clock. Events give times since that start; history and samples give times of the clock. Pure.
 */
import type { RunData } from './run-data.js';

export interface ClockOffset {
  readonly offsetMs: number;
  /** Says that the offset is an estimate; null when it is exact. */
  readonly note: string | null;
}

/** The run creates directories before the workload begins. */
const isSetup = (kind: string): boolean => kind === 'mkdir';

export function runClockOffset({ events, history }: Pick<RunData, 'events' | 'history'>): ClockOffset {
  let offsetMs = Infinity;
  for (const event of events) {
    const runMs = event.virtualMs ?? event.runMs;
    if (runMs === undefined || !('elapsedMs' in event)) continue;
    // The verdict is recorded some time after the moment that its time gives. A leader event may come before the workload begins,
    // and earlier labs then recorded its time relative to another moment.
    if (event.event === 'verdict' || event.event === 'leader') continue;
    offsetMs = Math.min(offsetMs, runMs - event.elapsedMs);
  }
  if (Number.isFinite(offsetMs)) return { offsetMs, note: null };
  const first = history.find(({ kind }) => !isSetup(kind)) ?? history[0];
  if (first === undefined) return { offsetMs: 0, note: null };
  return {
    offsetMs: first.invokedMs,
    note: 'Events and operations have times of different clocks, aligned by the first operation: they may differ by some milliseconds.',
  };
}
