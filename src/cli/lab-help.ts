/** `lab help`: of a command, or of a topic that is no command. */
import type { Command } from 'commander';
import { faultGuideLines } from '../supervisor/fault-guide.js';
import { writeLine } from './lab-output.js';

const TOPICS: Readonly<Record<string, () => readonly string[]>> = { faults: faultGuideLines };

/** Adds `help` in place of commander's own, once all commands are there. */
export function registerHelp(program: Command): void {
  program.helpCommand(false);
  program
    .command('help')
    .description(`explain a command, or a topic: ${Object.keys(TOPICS).join(', ')}`)
    .argument('[name]', 'left out: all commands')
    .action((name: string | undefined) => {
      const topic = name === undefined ? undefined : TOPICS[name];
      if (topic !== undefined) {
        for (const line of topic()) writeLine(line);
        return;
      }
      const command = name === undefined ? program : program.commands.find((candidate) => candidate.name() === name);
      if (command === undefined) program.error(`error: there is no command and no topic '${String(name)}'`);
      command.outputHelp();
    });
}
