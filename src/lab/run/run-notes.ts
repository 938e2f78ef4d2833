/** What a run says beside its verdict, and what judges nothing: failed operations, and rates that were not reached. Pure. */
import type { WorkloadPace } from './workload-runner.js';
import type { RunFindings } from './verdict.js';

/** Below this share of its rate, a workload did less than it was asked for. */
const REACHED_SHARE = 0.9;
const ERROR_CHARS_MAX = 300;

function errorNote({ errors, lastError }: RunFindings['counters']): string[] {
  if (errors === 0) return [];
  const what = errors === 1 ? '1 operation failed' : `${errors} operations failed`;
  const last = `${errors === 1 ? 'with' : 'the last with'}: ${lastError.slice(0, ERROR_CHARS_MAX)}`;
  return [`${what}, which breaks no guarantee while faults are active; ${last}`];
}

function paceNote({ type, perSecond, rounds, workedMs }: WorkloadPace): string[] {
  const done = (rounds * 1_000) / Math.max(1, workedMs);
  if (perSecond === undefined || done >= perSecond * REACHED_SHARE) return [];
  return [`${type}: ${perSecond}/s asked, ${Math.round(done * 10) / 10}/s done`];
}

/** @returns one line each */
export function runNotes({ counters, paces = [] }: Pick<RunFindings, 'counters' | 'paces'>): string[] {
  return [...errorNote(counters), ...paces.flatMap(paceNote)];
}
