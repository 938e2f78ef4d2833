/** `lab report RUN`: makes the report of a recorded run, from its folder. */
import type { Call } from '../terminal/command-row.js';
import { EXIT_BAD_ARGUMENTS } from '../terminal/exit-codes.js';
import { complain, writeLine } from './lab-output.js';
import { messageOf } from '../../shared/error-text.js';

/** Exit codes: 0 written, 254 bad folder or arguments, or the report cannot be written. */
export async function report({ args: [folder], flags }: Call<readonly [string], { readonly out?: string }>): Promise<void> {
  const { writeReport } = await import('../../lab/report/write-report.js');
  try {
    writeLine(writeReport(folder, flags.out));
  } catch (error) {
    complain(messageOf(error));
    process.exitCode = EXIT_BAD_ARGUMENTS;
  }
}
