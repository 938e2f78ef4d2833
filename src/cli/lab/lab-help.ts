/** `lab help`: of a command, or of a topic that is no command. */
import type { Command } from 'commander';
import { faultGuideLines } from '../../lab/live/fault-guide.js';
import type { Call } from '../terminal/command-row.js';
import { endQuietlyOnBrokenPipe, writeLine } from '../terminal/standard-output.js';

/** The summary of the command names them. */
const TOPICS: Readonly<Record<string, () => readonly string[]>> = { faults: faultGuideLines };

/** Explains a command, or a topic. */
export function help({ args: [names], command }: Call<readonly [readonly string[]], object>): void {
  endQuietlyOnBrokenPipe();
  const topic = names.length === 1 ? TOPICS[names[0] ?? ''] : undefined;
  if (topic !== undefined) {
    for (const line of topic()) writeLine(line);
    return;
  }
  const program: Command = command.parent ?? command;
  const explained = names.reduce<Command | undefined>(
    (at, name) => at?.commands.find((candidate) => candidate.name() === name),
    program,
  );
  if (explained === undefined) program.error(`error: there is no command and no topic '${names.join(' ')}'`);
  explained.outputHelp();
}
