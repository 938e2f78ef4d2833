/** `lab help`: of a command, or of a topic that is no command. */
import type { Command } from 'commander';
import { faultGuideLines } from '../../lab/live/fault-guide.js';
import { writeLine } from './lab-output.js';
import { endQuietlyOnBrokenPipe } from '../terminal/standard-output.js';

const TOPICS: Readonly<Record<string, () => readonly string[]>> = { faults: faultGuideLines };

/** Adds `help` in place of commander's own, once all commands are there. */
export function registerHelp(program: Command): void {
  program.helpCommand(false);
  program
    .command('help')
    .description(`explain a command, or a topic: ${Object.keys(TOPICS).join(', ')}`)
    .argument('[name...]', 'left out: all commands')
    .action((names: readonly string[]) => {
      endQuietlyOnBrokenPipe();
      const topic = names.length === 1 ? TOPICS[names[0] ?? ''] : undefined;
      if (topic !== undefined) {
        for (const line of topic()) writeLine(line);
        return;
      }
      const command = names.reduce<Command | undefined>(
        (at, name) => at?.commands.find((candidate) => candidate.name() === name),
        program,
      );
      if (command === undefined) program.error(`error: there is no command and no topic '${names.join(' ')}'`);
      command.outputHelp();
    });
}
