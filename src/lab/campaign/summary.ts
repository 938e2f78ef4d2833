/** The sum of several runs, real or simulated: a row a scenario, and what did not pass with the command that repeats it. Pure. */
import stringWidth from 'string-width';
import { textTable } from '../../shared/text-table.js';
import type { RunVerdict } from '../record/run-results.js';
import { EXIT } from '../run/verdict-event.js';

/** interrupted: a person ended it, and nothing was judged. */
export type OutcomeVerdict = RunVerdict | 'interrupted';

/** How one run ended. */
export interface Outcome {
  /** The scenario's file, as it was given. */
  readonly file: string;
  readonly seed: number;
  readonly verdict: OutcomeVerdict;
  /** The first reason why it did not pass. */
  readonly reason: string | null;
  /** Folder of its record. */
  readonly record: string | null;
  /** The command that runs it again. */
  readonly repeat: string;
  readonly durationMs: number;
}

type Counts = Readonly<Record<OutcomeVerdict, number>>;

export interface ScenarioSum extends Counts {
  readonly scenario: string;
  readonly file: string;
  readonly planned: number;
  /** That came to an end. */
  readonly runs: number;
  /** Real time of those that were judged; null when none was. */
  readonly medianMs: number | null;
  readonly notPassed: readonly Outcome[];
}

export interface BatchSum extends Counts {
  readonly planned: number;
  readonly runs: number;
  readonly scenarios: readonly ScenarioSum[];
}

/** A file of the batch, and how many runs it was to have. */
export interface SummedFile {
  readonly file: string;
  readonly label: string;
  readonly planned: number;
}

/** Of one scenario; the rest is counted. With --json all are told. */
const SHOWN_MAX = 20;

/** The exit codes that a run may have, the worst first. */
const BY_WEIGHT: readonly number[] = [EXIT.interrupted, EXIT.fail, EXIT.labFailed, EXIT.unknown, EXIT.pass];

/** The exit code of several: 130 before 1 before 255 before 2 before 0. Of none: 255, for nothing was proved. */
export const worstExitCode = (codes: readonly number[]): number =>
  BY_WEIGHT.find((code) => codes.includes(code)) ?? EXIT.labFailed;

const EXIT_OF: Readonly<Record<OutcomeVerdict, number>> = {
  pass: EXIT.pass,
  fail: EXIT.fail,
  unknown: EXIT.unknown,
  error: EXIT.labFailed,
  interrupted: EXIT.interrupted,
};

/** As a run that ends so has it. */
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

/** The middle; between two of them, of an even number. */
function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2);
}

/** Sums up. @param files in the order of the rows */
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

/** `2 pass, 1 fail, 0 unknown`, and what else there is. */
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
