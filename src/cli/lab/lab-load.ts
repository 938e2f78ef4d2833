/** `lab load`: switches the steady load of a running lab on and off, and shows how it does. */
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { LoadAnswer } from '../../lab/live/control-messages.js';
import type { SteadyLoadStatus, SteadyLoadWords } from '../../supervisor/api/steady-load.js';
import { WORKLOAD_TYPES } from '../../lab/workloads/workload-types.js';
import { loadLines, writeLine } from './lab-output.js';
import { onRunningLab, withTarget } from './lab-target.js';
import type { TargetFlags } from './lab-target.js';

interface StartFlags extends TargetFlags {
  readonly clients?: number;
  readonly rate?: string;
  readonly size?: string;
  readonly names?: number;
}

/** Adds `load` with start, stop and status. Exit codes: 0 done, 1 it failed, 2 wrong usage. */
export function registerLoad(program: Command): void {
  const load = program
    .command('load')
    .description('a steady load of clients on a running lab: start, stop, status')
    .helpCommand(false)
    .addHelpText('after', '\nExamples:\n  lab load start\n  lab load start many-small --clients 8 --rate 200/s\n  lab load stop');
  withTarget(
    load
      .command('start')
      .description('let clients work until lab load stop; each is a node of the network, and feels its faults')
      .argument('[type]', `${WORKLOAD_TYPES.join(', ')} (default: write-verify)`)
      .option('--clients <n>', 'how many (default: 4)', count)
      .option('--rate <rate>', 'files or operations a second, of all clients together (default: 20/s)')
      .option('--size <size>', 'of a file: 64KiB, 64KiB-1MiB')
      .option('--names <n>', 'how many names clients share, where they share some', count),
  ).action((type: string | undefined, flags: StartFlags) =>
    onRunningLab(flags, async (lab) => {
      const { clients, rate, size, names } = flags;
      const given = Object.entries({ type, clients, rate, size, names }).filter(([, value]) => value !== undefined);
      const words: SteadyLoadWords = Object.fromEntries(given);
      const answer = await lab.load({ run: true, ...words });
      tell(flags, answer, (load) => [`load: on (${load.type}, ${load.clients} clients); lab load stop ends it`]);
    }),
  );
  withTarget(load.command('stop').description('switch it off, and show how it did')).action((flags: TargetFlags) =>
    onRunningLab(flags, async (lab) => tell(flags, await lab.load({ run: false }), loadLines)),
  );
  withTarget(load.command('status').description('whether it is on, and how it does')).action((flags: TargetFlags) =>
    onRunningLab(flags, async (lab) => tell(flags, await lab.load(), loadLines)),
  );
}

function tell(flags: TargetFlags, { load }: LoadAnswer, lines: (load: SteadyLoadStatus) => readonly string[]): void {
  if (flags.json === true) writeLine(JSON.stringify(load));
  else for (const line of lines(load)) writeLine(line);
}

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('it must be a whole number above 0.');
}
