/** Output of a batch of runs during the runs. Pure. */
import type { EndedRun, RunWatch } from './run-watch.js';
import { firstLine, seconds } from './summary.js';

export interface BatchCounts {
  readonly elapsedMs: number;
  readonly running: number;
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  /** Runs that ended with an error of the lab, and interrupted runs. */
  readonly others: number;
  readonly toGo: number;
}

/** `12.0s  3 running, 5 passed, 0 failed, 1 unknown, 11 to go` */
export function countsLine({ elapsedMs, running, passed, failed, unknown, others, toGo }: BatchCounts): string {
  const rare = others > 0 ? `, ${others} did not end` : '';
  return `${seconds(elapsedMs)}  ${running} running, ${passed} passed, ${failed} failed, ${unknown} unknown${rare}, ${toGo} to go`;
}

/** The line of a running run. @param labelWidth width of the longest label */
export function runningLine(watch: RunWatch, nowMs: number, labelWidth: number): string {
  const { run, phase, filesAcked, faultsSeen, faultsPlanned, startedMs } = watch;
  const name = `${run.entry.label.padEnd(labelWidth)}  seed ${String(run.seed).padEnd(10)}`;
  return `${name}  ${seconds(nowMs - startedMs).padStart(7)}  ${phase.padEnd(8)}  ${filesAcked} files acked, ${faultsSeen}/${faultsPlanned} faults seen`;
}

/** The lines of a run that ended, with its notes. @param planned number of runs of the batch */
export function endedLines(ended: EndedRun, label: string, planned: number, labelWidth: number): string[] {
  const { number, seed, verdict, durationMs, filesAcked, faults, reason, record, notes } = ended;
  const place = `[${String(number).padStart(String(planned).length)}/${planned}]`;
  const parts = [
    `${place} ${verdict.padEnd(7)}  ${label.padEnd(labelWidth)}  seed ${String(seed).padEnd(10)}  ${seconds(durationMs).padStart(7)}`,
    reason === null ? `${filesAcked} files acked, ${faults.seen}/${faults.struck} faults seen` : firstLine(reason),
    ...(record === null ? [] : [record]),
  ];
  return [parts.join(' | '), ...notes.map((note) => `  note: ${note}`)];
}
