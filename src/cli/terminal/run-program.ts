/** Runs the command line of a program: one of its commands, or the hidden request of a shell for completions. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { buildProgram, completedBy, type ProgramTable } from './build-program.js';
import { EXIT_USAGE } from './exit-codes.js';
import type { CompletionSources } from './completion/complete-line.js';
import { COMPLETION_REQUEST } from './completion/completion-row.js';

/** An option of all commands of a program, which is needed before the command line is parsed. */
const JSON_FLAG = '--json';

/**
 * Runs the command line. Never rejects for wrong usage: the exit code reports the result.
 * @param entryUrl URL of the program's entry module, two folders below package.json
 * @param args the arguments after the program's name
 */
export async function runProgram(
  table: ProgramTable & CompletionSources,
  entryUrl: string,
  args: readonly string[],
): Promise<void> {
  const hasJson = table.options?.some(({ flags }) => flags === JSON_FLAG) === true;
  const end = args.indexOf('--');
  const isJson = hasJson && args.slice(0, end < 0 ? undefined : end).includes(JSON_FLAG);
  const program = buildProgram(table, packageVersion(entryUrl), isJson);
  if (args[0] === COMPLETION_REQUEST) {
    const { answerCompletion } = await import('./completion/answer-completion.js');
    return answerCompletion(program, { ...table, completedBy }, args.slice(1));
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  }
}

function packageVersion(entryUrl: string): string {
  // package.json of this package has a version.
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', entryUrl), 'utf8')) as { readonly version: string };
  return version;
}
