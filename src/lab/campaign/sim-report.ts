/** Output of `lab sim`: a line for each seed, with reasons and the replay command when the seed did not pass, and the sum. Pure. */
import { shellWord } from '../record/shell-word.js';
import { seconds } from './summary.js';
import type { ScenarioSum } from './summary.js';
import type { SeedResult } from '../simulation/seed-task.js';

export interface SimSummary {
  readonly event: 'summary';
  readonly seeds: number;
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly error: number;
  readonly virtualMs: number;
  readonly realMs: number;
  readonly seedsPerSecond: number;
  readonly exitCode: number;
  /** The sum of one file. */
  readonly scenarios: readonly ScenarioSum[];
}

const DIGEST_CHARS = 16;
/** Limit of lines: a trace of pending operations may be long. The output of `--json` is complete. */
const REASON_LINES_MAX = 12;

/** The command that repeats one seed with a trace. */
export function replayCommand(file: string, seed: number): string {
  return `lab sim ${shellWord(file)} --seeds 1 --from ${seed} --trace`;
}

/** A seed that was repeated with a record. */
export interface KeptRun {
  readonly path: string;
  /** Path of its report. */
  readonly report?: string;
  /** True when the recorded run had another digest: the simulation does not depend on the seed alone. */
  readonly differs: boolean;
}

/** The lines of one seed. @param kept its record */
export function seedLines(result: SeedResult, file: string, kept?: KeptRun): string[] {
  const { seed, verdict, digest, events, virtualMs, realMs, filesAcked, readsVerified, faults } = result;
  const head =
    verdict === 'error'
      ? `seed ${seed}  error  after ${seconds(realMs)}`
      : `seed ${seed}  ${verdict.padEnd(7)}  ${digest.slice(0, DIGEST_CHARS)}  ${filesAcked} files acked, ${readsVerified} reads verified, ` +
        `${faults.seen}/${faults.planned - faults.passed} faults | ${events} events, ${seconds(virtualMs)} in ${seconds(realMs)}`;
  if (verdict === 'pass') return [head];
  const reasons = result.reasons.flatMap((reason) => {
    const [first = '', ...rest] = reason.split('\n').slice(0, REASON_LINES_MAX);
    return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
  });
  return [head, ...reasons, `  replay: ${replayCommand(file, seed)}`, ...(kept === undefined ? [] : keptLines(kept, verdict))];
}

function keptLines({ path, report, differs }: KeptRun, verdict: SeedResult['verdict']): string[] {
  const doubt = differs ? ['  NOT DETERMINISTIC: the recorded repetition of the seed had another digest'] : [];
  const reportLine = report === undefined ? [] : [`  report: ${report}`];
  return [...doubt, `  record: ${path} (lab ${verdict === 'unknown' ? 'check' : 'shrink'} ${shellWord(path)})`, ...reportLine];
}

/** The progress, one line. @param elapsedMs real time since the first seed began */
export function progressText(done: number, seeds: number, failed: number, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0;
  const left = rate > 0 ? `, ${seconds(((seeds - done) * 1_000) / rate)} left` : '';
  return `${done}/${seeds} seeds, ${failed} not passed, ${rate.toFixed(2)} seeds/s${left}`;
}

/** The last line. */
export function summaryText(summary: SimSummary): string {
  const { seeds, pass, fail, unknown, error, virtualMs, realMs, seedsPerSecond } = summary;
  const ratio = realMs > 0 ? (virtualMs / realMs).toFixed(1) : '0';
  return (
    `${seeds} seeds: ${pass} pass, ${fail} fail, ${unknown} unknown${error > 0 ? `, ${error} errors` : ''} | ` +
    `${seedsPerSecond.toFixed(2)} seeds/s, ${seconds(virtualMs)} of virtual time in ${seconds(realMs)} (${ratio} x real time)`
  );
}
