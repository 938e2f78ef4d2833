/**
 * `lab check RUN`: checks the recorded run in a folder again, from its history, its facts and the results of its probes. The
 * recorded verdict does not count.
 */
import type { Call } from '../terminal/command-row.js';
import { EXIT_BAD_ARGUMENTS } from '../terminal/exit-codes.js';
import { complain, writeLine } from './lab-output.js';
import { endQuietlyOnBrokenPipe } from '../terminal/standard-output.js';
import { messageOf } from '../../shared/error-text.js';

const EXIT = { pass: 0, fail: 1, unknown: 2 } as const;
const MARKS = { pass: 'ok  ', fail: 'FAIL', unknown: '?   ' } as const;

/** Exit codes: 0 pass, 1 a guarantee violated, 2 unknown, 254 bad folder or arguments. */
export async function check({ args: [folder], flags }: Call<readonly [string], { readonly json?: boolean }>): Promise<void> {
  endQuietlyOnBrokenPipe();
  const { readRun } = await import('../../lab/record/run-folder.js');
  const { judgeHistory } = await import('../../lab/checkers/judge-history.js');
  const { worst } = await import('../../lab/checkers/check-result.js');
  const { rowResult } = await import('../../lab/record/run-results.js');
  let run: ReturnType<typeof readRun>;
  try {
    run = readRun(folder);
  } catch (error) {
    complain(messageOf(error));
    process.exitCode = EXIT_BAD_ARGUMENTS;
    return;
  }
  const { inputs, history } = run;
  const checks = [...judgeHistory(history, inputs.facts).checks, ...inputs.probes.map(rowResult)];
  const verdict = worst(checks.map((row) => row.verdict));
  process.exitCode = EXIT[verdict];
  const { scenario, seed, recorded } = inputs;
  if (flags.json === true) {
    writeLine(JSON.stringify({ event: 'verdict', verdict, exitCode: EXIT[verdict], scenario, seed, recorded, checks }));
    return;
  }
  const width = Math.max(...checks.map(({ checker }) => checker.length));
  for (const row of checks) {
    writeLine(`  ${MARKS[row.verdict]}  ${row.checker.padEnd(width)}  ${row.detail}`);
    for (const { message } of row.violations) for (const line of message.split('\n')) writeLine(`        ${line}`);
  }
  if (recorded !== verdict) writeLine(`note: the recorded verdict was ${recorded}`);
  writeLine(`verdict: ${verdict} (${scenario}, seed ${seed}, ${history.length} operations)`);
}
