/** The sum of several runs, real or simulated: a row for each scenario, and failed runs with the command to repeat them. Pure. */
import stringWidth from 'string-width';
import { textTable } from '../../shared/text-table.js';
import type { RunVerdict } from '../record/run-results.js';
import { EXIT } from '../run/verdict-event.js';

/** interrupted: ended by the user, and not judged. */
export type OutcomeVerdict = RunVerdict | 'interrupted';

/** The outcome of one run. */
export interface Outcome {
  /** Path of the scenario file, as given. */
  readonly file: string;
  readonly seed: number;
  readonly verdict: OutcomeVerdict;
  /** The first reason for a verdict other than pass. */
  readonly reason: string | null;
  /** Folder of the record. */
  readonly record: string | null;
  /** The command that repeats the run. */
  readonly repeat: string;
  readonly durationMs: number;
}

type Counts = Readonly<Record<OutcomeVerdict, number>>;

export interface ScenarioSum extends Counts {
  readonly scenario: string;
  readonly file: string;
  readonly planned: number;
  /** Number of runs that ended. */
  readonly runs: number;
  /** Median real time of the judged runs; null when there are none. */
  readonly medianMs: number | null;
  readonly notPassed: readonly Outcome[];
}

export interface BatchSum extends Counts {
  readonly planned: number;
  readonly runs: number;
  readonly scenarios: readonly ScenarioSum[];
}

/** A file of the batch, and the number of its planned runs. */
export interface SummedFile {
  readonly file: string;
  readonly label: string;
  readonly planned: number;
}

/** Limit of the runs listed for one scenario; the others are counted. With --json all are listed. */
const SHOWN_MAX = 20;

/** The exit codes of a run, worst first. */
const BY_WEIGHT: readonly number[] = [EXIT.interrupted, EXIT.fail, EXIT.labFailed, EXIT.unknown, EXIT.pass];

/** The exit code of several runs: 130 before 1 before 255 before 2 before 0. Of none: 255, because nothing was proved. */
export const worstExitCode = (codes: readonly number[]): number =>
  BY_WEIGHT.find((code) => codes.includes(code)) ?? EXIT.labFailed;

const EXIT_OF: Readonly<Record<OutcomeVerdict, number>> = {
  pass: EXIT.pass,
  fail: EXIT.fail,
  unknown: EXIT.unknown,
  error: EXIT.labFailed,
  interrupted: EXIT.interrupted,
};

/** The exit code of a single run with this verdict. */
export const exitCodeOf = (verdict: OutcomeVerdict): number => EXIT_OF[verdict];

function countsOf(outcomes: readonly Outcome[]): Counts {
  const count = (verdict: OutcomeVerdict): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    error: count('error'),
    interrupted: count('interrupted'),
  };
}

/** The median; the mean of the two middle values when their number is even. */
function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}

/** Sums the outcomes. @param files in the order of the rows */
export function sumOutcomes(files: readonly SummedFile[], outcomes: readonly Outcome[]): BatchSum {
  const scenarios = files.map(({ file, label, planned }): ScenarioSum => {
    const own = outcomes.filter((outcome) => outcome.file === file);
    const judged = own.filter(({ verdict }) => verdict !== 'error' && verdict !== 'interrupted');
    return {
      scenario: label,
      file,
      planned,
      runs: own.length,
      ...countsOf(own),
      medianMs: medianOf(judged.map(({ durationMs }) => durationMs)),
      notPassed: own.filter(({ verdict }) => verdict !== 'pass'),
    };
  });
  const planned = files.reduce((sum, file) => sum + file.planned, 0);
  return { planned, runs: outcomes.length, ...countsOf(outcomes), scenarios };
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)}s`;

/** `2 pass, 1 fail, 0 unknown`, followed by rarer outcomes. */
export function countsText({ pass, fail, unknown, error, interrupted }: Counts): string {
  const rare = [
    ...(error > 0 ? [`${error} error${error === 1 ? '' : 's'}`] : []),
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
  ];
  return [`${pass} pass`, `${fail} fail`, `${unknown} unknown`, ...rare].join(', ');
}

/** The table, and below it every run that did not pass. */
export function summaryLines({ scenarios }: Pick<BatchSum, 'scenarios'>): string[] {
  const head = ['scenario', 'runs', 'pass', 'fail', 'unknown', 'error', 'median'];
  const rows = scenarios.map(({ scenario, runs, pass, fail, unknown, error, medianMs }) => [
    scenario,
    ...[runs, pass, fail, unknown, error].map(String),
    medianMs === null ? '-' : seconds(medianMs),
  ]);
  return ['', ...textTable([head, ...rows], 1, stringWidth), ...scenarios.flatMap(notPassedLines), ''];
}

function notPassedLines({ scenario, notPassed }: ScenarioSum): string[] {
  const hidden = notPassed.length - SHOWN_MAX;
  return [
    ...notPassed
      .slice(0, SHOWN_MAX)
      .flatMap(({ seed, verdict, reason, record, repeat }) => [
        `${scenario} seed ${seed}: ${verdict}${reason === null ? '' : `: ${firstLine(reason)}`}`,
        `  repeat: ${repeat}`,
        ...(record === null ? [] : [`  record: ${record}`]),
      ]),
    ...(hidden > 0 ? [`${scenario}: ${hidden} more did not pass`] : []),
  ];
}

export const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
