/** Follows one run of a batch by its events: progress and outcome. */
import type { RunEvent, VerdictEvent } from '../run/run-events.js';
import { EXIT } from '../run/verdict-event.js';
import type { PlannedRun } from './planned-runs.js';
import type { Outcome, OutcomeVerdict } from './summary.js';

export interface EndedRun extends Outcome {
  readonly number: number;
  readonly exitCode: number;
  /** All reasons for a verdict other than pass. */
  readonly reasons: readonly string[];
  /** Further notes, such as logs that were not kept. */
  readonly notes: readonly string[];
  readonly filesAcked: number;
  /** Faults with a target. `struck` is a key of the `--json` output: its name is kept. */
  readonly faults: { readonly seen: number; readonly struck: number };
}

const VERDICTS: ReadonlyMap<number, OutcomeVerdict> = new Map([
  [EXIT.pass, 'pass'],
  [EXIT.fail, 'fail'],
  [EXIT.unknown, 'unknown'],
  [EXIT.interrupted, 'interrupted'],
]);

export class RunWatch {
  readonly run: PlannedRun;
  readonly startedMs: number;
  /** starting, running, or the phase after the workload. */
  phase = 'starting';
  filesAcked = 0;
  faultsSeen = 0;
  faultsPlanned = 0;
  #verdict: VerdictEvent | null = null;
  #record: string | null = null;
  readonly #errors: string[] = [];

  constructor(run: PlannedRun, startedMs: number) {
    this.run = run;
    this.startedMs = startedMs;
  }

  take(event: RunEvent): void {
    switch (event.event) {
      case 'schedule':
        this.faultsPlanned = event.faults.length + event.late.length;
        return;
      case 'tick':
        this.filesAcked = event.filesAcked;
        if (this.phase === 'starting') this.phase = 'running';
        return;
      case 'fault':
        if (event.effect === 'seen') this.faultsSeen += 1;
        return;
      case 'phase':
        this.phase = event.phase;
        return;
      case 'verdict':
        this.#verdict = event;
        return;
      case 'record':
        this.#record = event.path;
        return;
      case 'error':
        this.#errors.push(event.message);
        return;
      case 'start':
      case 'ready':
      case 'leader':
      case 'probe':
        return;
    }
  }

  /** @param repeat the command that repeats the run */
  ended(exitCode: number, nowMs: number, repeat: string): EndedRun {
    const { number, entry, seed } = this.run;
    const verdict = VERDICTS.get(exitCode) ?? 'error';
    const judged = this.#verdict;
    // Errors after the verdict override it.
    const reasons = verdict === judged?.verdict ? judged.reasons : this.#errors;
    return {
      number,
      file: entry.file,
      seed,
      verdict,
      exitCode,
      reasons,
      notes: verdict === judged?.verdict ? this.#errors : [],
      reason: reasons[0] ?? null,
      record: this.#record,
      repeat,
      durationMs: Math.round(nowMs - this.startedMs),
      filesAcked: judged?.filesAcked ?? this.filesAcked,
      faults: {
        seen: judged?.faults.seen ?? this.faultsSeen,
        struck: judged === null ? this.faultsPlanned : judged.faults.planned - judged.faults.passed,
      },
    };
  }
}
