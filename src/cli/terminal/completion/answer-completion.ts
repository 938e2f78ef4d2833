/**
 * Answers a shell that completes a command line. Whatever it asks, the answer comes in bounded time, exits with 0 and says nothing on
 * standard error: a shell would print that between the words of the person who types.
 *
 *   lab complete -- kill dn  ─►  dn-1<TAB>datanode
 *                                dn-2<TAB>datanode
 *                                :none
 */
import type { Command } from 'commander';
import { completeLine, type Completions, type CompletionSettings } from './complete-line.js';

/** A person waits for it with the finger on the key. */
const ANSWER_WITHIN_MS = 1_500;
const CANDIDATES_MAX = 1_000;
/** Would tear a line, or the terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** The answer as lines: a candidate each, with what it is about behind a tab, and the ending last. */
export function answerLines({ candidates, ending }: Completions): string[] {
  const clean = candidates.filter(({ value }) => value !== '' && !UNPRINTABLE.test(value)).slice(0, CANDIDATES_MAX);
  return [...clean.map(({ value, about = '' }) => `${value}\t${about.replaceAll(/[\s\p{Cc}]+/gu, ' ')}`), `:${ending}`];
}

/**
 * Writes the completions and ends the process.
 * @param args what follows the request: `--` and the words after the program's name, up to the one at the cursor
 */
export async function answerCompletion(program: Command, settings: CompletionSettings, args: readonly string[]): Promise<void> {
  const nothing: Completions = { candidates: [], ending: 'none' };
  const late = new Promise<Completions>((resolve) => setTimeout(() => resolve(nothing), ANSWER_WITHIN_MS));
  const words = args[0] === '--' ? args.slice(1) : args;
  // Nothing to complete is the only answer that a shell can use when something failed.
  const found = await Promise.race([completeLine(program, words, settings).catch(() => nothing), late]);
  process.stdout.on('error', () => process.exit(0));
  // A connection that a look-up opened must not keep the process.
  process.stdout.write(`${answerLines(found).join('\n')}\n`, () => process.exit(0));
}
