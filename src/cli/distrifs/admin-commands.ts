/** `distrifs admin`: what an operator asks of the masters, and of a stopped master's folder. */
import type { Command } from 'commander';
import { reportingFailure, runWithMasters } from './admin-command.js';
import type { AddFlags } from './admin-add.js';
import type { InspectFlags } from './admin-log-inspect.js';
import type { RemoveFlags } from './admin-remove.js';
import type { TransferFlags } from './admin-transfer.js';
import { addressOption, countOption, durationOption, masterIdOption, offsetOption } from './option-parsers.js';

const HAND_OVER_MS = 10_000;
const REMOVE_MS = 15_000;
const ADD_MS = 60_000;

const DEFAULT_ITEMS = 20;
const ITEMS_MAX = 100_000;

function registerMasters(admin: Command): void {
  admin
    .command('masters')
    .description('show who leads, who follows how far behind, and who is silent')
    .addHelpText(
      'after',
      '\nlag: entries that the leader knows to be committed and this master has not applied.' +
        '\nExit code 1 when none of the masters that answer leads.',
    )
    .action(async (_flags: unknown, command: Command) =>
      runWithMasters(command, async (context) => (await import('./admin-masters.js')).listMasters(context)),
    );
}

function registerTransfer(admin: Command): void {
  admin
    .command('transfer-leadership')
    .description('make another master the leader, without an election')
    .argument('[id]', 'who shall lead; left out: whichever has the most of the log', masterIdOption)
    .option('--timeout <duration>', 'gives up after this', durationOption, HAND_OVER_MS)
    .action(async (id: string | undefined, flags: TransferFlags, command: Command) =>
      runWithMasters(command, async (context) => (await import('./admin-transfer.js')).transferLeadership(context, id, flags)),
    );
}

function registerMembership(admin: Command): void {
  admin
    .command('add-master')
    .description('make a master that waits (distrifs master --join) a member of the group')
    .argument('<id>', 'its name, as it was started with', masterIdOption)
    .argument('<address>', 'host:port at which the others reach it', addressOption)
    .option('--no-wait', 'done when it is a learner; left out: when it has caught up and votes')
    .option('--timeout <duration>', 'gives up after this', durationOption, ADD_MS)
    .action(async (id: string, address: string, flags: AddFlags, command: Command) =>
      runWithMasters(command, async (context) => (await import('./admin-add.js')).addMaster(context, id, address, flags)),
    );
  admin
    .command('remove-master')
    .description('take a master out of the group for good')
    .argument('<id>', 'its name', masterIdOption)
    .option('--yes', 'even where it leaves an even number of voters, a single one, or no majority')
    .option('--timeout <duration>', 'gives up after this', durationOption, REMOVE_MS)
    .action(async (id: string, flags: RemoveFlags, command: Command) =>
      runWithMasters(command, async (context) => (await import('./admin-remove.js')).removeMaster(context, id, flags)),
    );
}

function registerLogInspect(admin: Command): void {
  admin
    .command('log-inspect')
    .description("show the records of a stopped master's log, and where it is damaged; changes nothing")
    .requiredOption('--data-dir <dir>', "the master's folder")
    .option('--around <offset>', 'shows what is at this offset; left out: the first damage, or else the end', offsetOption)
    .option('--file <name>', 'in which --around counts', 'master.log')
    .option('--limit <n>', 'shows so many records', countOption(ITEMS_MAX), DEFAULT_ITEMS)
    .action(async (_flags: unknown, command: Command) =>
      reportingFailure(command, async () => {
        const { inspectLogOf } = await import('./admin-log-inspect.js');
        const { inspectLog } = await import('../../master/main.js');
        await inspectLogOf(command.optsWithGlobals<InspectFlags>(), inspectLog);
      }),
    );
}

export function registerAdmin(program: Command): void {
  const admin = program.command('admin').description('look after the masters: who leads, who is in the group, what is in a log');
  registerMasters(admin);
  registerTransfer(admin);
  registerMembership(admin);
  registerLogInspect(admin);
}
