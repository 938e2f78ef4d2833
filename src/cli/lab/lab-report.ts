/** `lab report RUN`: makes the report of a recorded run again, from its folder. */
import type { Command } from 'commander';
import { exitOnUsage } from './lab-options.js';
import { complain, writeLine } from './lab-output.js';

const EXIT_BAD_FOLDER = 254;

async function report(folder: string, flags: { readonly out?: string }): Promise<void> {
  const { writeReport } = await import('../../lab/report/write-report.js');
  try {
    writeLine(writeReport(folder, flags.out));
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = EXIT_BAD_FOLDER;
  }
}

/** Adds `report` to the `lab` command. Exit codes: 0 written, 254 bad folder or arguments, or it cannot be written. */
export function registerReport(program: Command): void {
  program
    .command('report')
    .description('make the report of a recorded run: one HTML file that opens from disk, without any network')
    .argument('<run>', 'the folder: runs/<time>-<seed>')
    .option('--out <file>', 'where it goes; left out: report.html in the folder')
    .addHelpText('after', '\nExit codes: 0 written, 254 bad folder or arguments, or it cannot be written.')
    .exitOverride(exitOnUsage)
    .action(report);
}
