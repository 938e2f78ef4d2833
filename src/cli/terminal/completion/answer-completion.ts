/**
 * Answers a shell that completes a command line. The answer always comes in bounded time, with exit code 0 and without output on
 * standard error, which the shell would print into the command line.
 *
 *   lab complete -- kill dn  ─►  dn-1<TAB>datanode
 *                                dn-2<TAB>datanode
 *                                :none
 */
import type { Command } from 'commander';
import { completeLine, type Completions, type CompletionSettings } from './complete-line.js';

/** Time limit of an answer: the user is waiting. */
const ANSWER_WITHIN_MS = 1_500;
const CANDIDATES_MAX = 1_000;
/** Characters that would break a line, or the terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** The answer as lines: one candidate each, with its description after a tab, and the ending last. */
export function answerLines({ candidates, ending }: Completions): string[] {
  const clean = candidates.filter(({ value }) => value !== '' && !UNPRINTABLE.test(value)).slice(0, CANDIDATES_MAX);
  return [...clean.map(({ value, about = '' }) => `${value}\t${about.replaceAll(/[\s\p{Cc}]+/gu, ' ')}`), `:${ending}`];
}

/**
 * Writes the completions and ends the process.
 * @param args the arguments after the request: `--` and the words after the program's name, up to the one at the cursor
 */
export async function answerCompletion(program: Command, settings: CompletionSettings, args: readonly string[]): Promise<void> {
  const nothing: Completions = { candidates: [], ending: 'none' };
  const late = new Promise<Completions>((resolve) => setTimeout(() => resolve(nothing), ANSWER_WITHIN_MS));
  const words = args[0] === '--' ? args.slice(1) : args;
  // After a failure, an empty answer is the only one that a shell can use.
  const found = await Promise.race([completeLine(program, words, settings).catch(() => nothing), late]);
  process.stdout.on('error', () => process.exit(0));
  // A connection opened by a look-up must not keep the process running.
  process.stdout.write(`${answerLines(found).join('\n')}\n`, () => process.exit(0));
}
