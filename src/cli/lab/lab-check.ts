/**
 * `lab check RUN`: judges the folder of a run again, from its history and facts and from what its probes saw; what was judged then
 * does not count.
 */
import type { Command } from 'commander';
import { complain, writeLine } from './lab-output.js';
import { endQuietlyOnBrokenPipe } from '../terminal/standard-output.js';

const EXIT = { pass: 0, fail: 1, unknown: 2 } as const;
const EXIT_BAD_FOLDER = 254;
const MARKS = { pass: 'ok  ', fail: 'FAIL', unknown: '?   ' } as const;

async function check(folder: string, flags: { readonly json?: boolean }): Promise<void> {
  endQuietlyOnBrokenPipe();
  const { readRun } = await import('../../lab/record/run-folder.js');
  const { judgeHistory } = await import('../../lab/checkers/judge-history.js');
  const { worst } = await import('../../lab/checkers/check-result.js');
  const { rowResult } = await import('../../lab/record/run-results.js');
  let run: ReturnType<typeof readRun>;
  try {
    run = readRun(folder);
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = EXIT_BAD_FOLDER;
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
  if (recorded !== verdict) writeLine(`note: when it ran, the verdict was ${recorded}`);
  writeLine(`verdict: ${verdict} (${scenario}, seed ${seed}, ${history.length} operations)`);
}

/** Adds `check` to the `lab` command. Exit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad folder or arguments. */
export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('judge the folder of a run again; the exit code is the verdict')
    .argument('<run>', 'the folder: runs/<time>-<seed>')
    .option('--json', 'the verdict as one JSON object')
    .addHelpText('after', '\nExit codes: 0 pass, 1 a promise broken, 2 unknown, 254 bad folder or arguments.')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_FOLDER);
    })
    .action(check);
}
