/** The `lab` commands that break a running lab: one for each word of the fault table, and those that show and end active faults. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { shortfallText } from '../../lab/run/fault-record.js';
import { REFUSED_ACTIONS } from '../../lab/scenario/schema/step-schema.js';
import { FAULTS } from '../../supervisor/api/fault-table.js';
import { DfsError } from '../../shared/errors.js';
import { CommandRefused } from '../../lab/live/command-refused.js';
import { COMMAND_WORDS } from '../../lab/scenario/grammar/command-words.js';
import type { ControlClient } from '../../lab/live/control-client.js';
import type { CommandWord, FaultAnswer } from '../../supervisor/api/lab-faults.js';
import { faultStep, flagOf, hasSides, keysOf, SIDES } from './fault-command.js';
import type { AskedStep, Flags } from './fault-command.js';
import { complain, faultLines, writeLine } from './lab-output.js';
import { namesOf, onRunningLab, withTarget } from './lab-target.js';
import type { TargetFlags } from './lab-target.js';

const EXIT_FAILED = 1;
const GROUP = 'Breaking a running lab:';

type WordFlags = TargetFlags & Flags;

/** Adds a command for every word, and faults and lift. Exit codes: 0 done or active, 1 failed, no effect or done in part, 2 wrong usage. */
export function registerFaultCommands(program: Command): void {
  for (const word of COMMAND_WORDS) registerWord(program, word);
  for (const [word, reason] of Object.entries(REFUSED_ACTIONS)) {
    program
      .command(word, { hidden: true })
      .argument('[words...]')
      .allowUnknownOption()
      .action(() => program.error(`error: ${word}: ${reason}`));
  }
  withTarget(program.command('faults').helpGroup(GROUP).description('show the active faults, with their effects so far'))
    .addHelpText('after', '\nWhat each fault does: lab help faults')
    .action((flags: TargetFlags) =>
      onRunningLab(flags, async (lab) => {
        const { faults } = await lab.faults();
        if (flags.json === true) writeLine(JSON.stringify(faults));
        else for (const line of faultLines(faults)) writeLine(line);
      }),
    );
  withTarget(
    program
      .command('lift')
      .helpGroup(GROUP)
      .description('end an active fault')
      .argument('<id>', 'its number, as lab faults shows it', numberOf),
  ).action((id: number, flags: TargetFlags) => onRunningLab(flags, async (lab) => tell(flags, 'lift', await lab.lift({ id }))));
}

function registerWord(program: Command, word: CommandWord): void {
  const command = program.command(word.word).description(word.help).helpGroup(GROUP);
  if (word.nodes !== 'never')
    command.argument('[node...]', 'names, as lab status shows them; or select nodes with --role, --is, …');
  for (const { key, value, help, isNeeded, alone } of keysOf(word)) {
    const shown = alone === undefined ? `--${flagOf(key)} <${value}>` : `--${flagOf(key)}`;
    command.option(shown, isNeeded ? `${help} (required)` : help);
  }
  if (hasSides(word)) for (const [side, help] of Object.entries(SIDES)) command.option(`--${side} <names>`, `only ${help}`);
  const { examples = [] } = FAULTS[word.word];
  if (examples.length > 0) command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  lab ${line}`).join('\n')}`);
  withTarget(command).action((first: string[] | WordFlags, second?: WordFlags) => {
    const names = Array.isArray(first) ? namesOf(first) : [];
    const flags = Array.isArray(first) ? (second ?? {}) : first;
    const asked = faultStep(word, names, flags);
    if ('problem' in asked) return command.error(asked.problem);
    return onRunningLab(flags, async (lab) => tell(flags, word.word, await order(lab, asked)));
  });
}

/** Requests it, and reports what the lab finds wrong in the words of the options. */
async function order(lab: ControlClient, { step, refusalText }: AskedStep): Promise<FaultAnswer> {
  try {
    return await lab.fault({ step });
  } catch (error) {
    if (!(error instanceof CommandRefused)) throw error;
    // Of a step each has its path.
    const problems = error.problems.map(({ path = [], part = 'value', message, reason = message }) => ({
      path,
      part,
      reason,
      message,
    }));
    throw new DfsError('INVALID_ARGUMENT', refusalText(problems), { cause: error });
  }
}

/** Says what was done, or that it was not, or in part. */
function tell(flags: TargetFlags, done: string, answer: FaultAnswer): void {
  const { effect, id, nodes, text, effects, evidence } = answer;
  if (flags.json === true) writeLine(JSON.stringify({ done, ...answer }));
  if (effect === 'none') {
    complain(`"${text}" ${shortfallText(answer)}: ${evidence}`);
    process.exitCode = EXIT_FAILED;
  } else if (flags.json !== true) {
    const whom = nodes.length === 0 ? '' : ` (${nodes.join(', ')})`;
    if (done === 'lift') writeLine(`#${id} is over: ${text}; ${effects} effects: ${evidence}`);
    else if (effect === 'watching') writeLine(`${done}: active as #${id}${whom}; lab lift ${id} ends it`);
    else writeLine(`${done}: done${whom}: ${evidence}`);
  }
}

function numberOf(text: string): number {
  const match = /^#?(\d{1,9})$/.exec(text);
  if (match === null) throw new InvalidArgumentError('it must be the number of a fault.');
  return Number(match[1]);
}
