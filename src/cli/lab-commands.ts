/** The `lab` commands that act on a running lab from another terminal. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { isDfsError } from '../shared/errors.js';
import type { ControlClient } from '../supervisor/control/control-client.js';
import type { ControlAction, PartitionKind } from '../supervisor/types.js';
import { complain, statusLines, writeLine } from './lab-output.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface Flags {
  readonly dir?: string;
  readonly json?: boolean;
  readonly kind?: PartitionKind;
}

/** Everything that could lead a client around the fabric. */
const OTHER_PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'no_grpc_proxy'];

const ACTIONS: readonly (readonly [ControlAction, string])[] = [
  ['kill', 'kill nodes with SIGKILL'],
  ['stop', 'stop nodes gracefully'],
  ['restart', 'start nodes again, on their data and addresses'],
  ['pause', 'freeze nodes: they are there and say nothing'],
  ['resume', 'let paused nodes go on'],
];

/** Adds status, kill, stop, restart, pause, resume, isolate, partition, heal, transfer-leadership, env and down. Exit codes: 0, 1 it failed, 2 wrong usage. */
export function registerLabCommands(program: Command): void {
  withTarget(program.command('status').description('how the nodes and chunks are')).action((flags: Flags) =>
    run(flags, async (lab) => {
      const status = await lab.status();
      if (flags.json === true) writeLine(JSON.stringify(status));
      else for (const line of statusLines(status)) writeLine(line);
    }),
  );
  for (const [action, description] of ACTIONS) {
    withTarget(program.command(action).description(description).argument('<node...>', 'names, as lab status shows them')).action(
      (nodes: string[], flags: Flags) => act(flags, action, nodes),
    );
  }
  withTarget(
    withKind(program.command('isolate').description('cut each node off from everyone').argument('<node...>', 'names')),
  ).action((nodes: string[], flags: Flags) => act(flags, 'isolate', nodes));
  withTarget(
    withKind(
      program.command('partition').description('cut a group off from the rest').argument('<group...>', 'names: dn-1,dn-2'),
    ),
  ).action((nodes: string[], flags: Flags) => act(flags, 'partition', nodes));
  withTarget(
    program.command('heal').description('end partitions: all, or those of the nodes').argument('[node...]', 'names'),
  ).action((nodes: string[], flags: Flags) => act(flags, 'heal', nodes));
  withTarget(
    program
      .command('transfer-leadership')
      .description('hand the lead over to a master; left out: to whichever has the most of the log')
      .argument('[master]', 'its name: m-2'),
  ).action((master: string | undefined, flags: Flags) => act(flags, 'transfer-leadership', master === undefined ? [] : [master]));
  withTarget(program.command('env').description('shell variables for clients that feel partitions: eval "$(lab env)"')).action(
    (flags: Flags) => run(flags, (lab) => printEnvironment(lab, flags.json === true)),
  );
  withTarget(program.command('down').description('end the running lab')).action((flags: Flags) =>
    run(flags, async (lab) => {
      await lab.down();
      writeDone(flags, 'down', []);
    }),
  );
}

function withTarget(command: Command): Command {
  return command.option('--dir <dir>', "the lab's folder (default: the newest that runs)").option('--json', 'print JSON');
}

function withKind(command: Command): Command {
  const kind = new Option('--kind <kind>', 'stall holds bytes in silence until heal; reset breaks connections');
  return command.addOption(kind.choices(['stall', 'reset']).default('stall'));
}

/** Names may be separated by blanks or commas. */
function act(flags: Flags, action: ControlAction, names: readonly string[]): Promise<void> {
  const nodes = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  return run(flags, async (lab) => {
    await lab.act({ action, nodes, ...(flags.kind === undefined ? {} : { kind: flags.kind }) });
    writeDone(flags, action, nodes);
  });
}

function writeDone(flags: Flags, action: string, nodes: readonly string[]): void {
  if (flags.json === true) writeLine(JSON.stringify({ done: action, nodes }));
  else writeLine(`${action}: done${nodes.length === 0 ? '' : ` (${nodes.join(', ')})`}`);
}

async function printEnvironment(lab: ControlClient, json: boolean): Promise<void> {
  const { masters, profile, proxy } = await lab.environment();
  if (json) {
    writeLine(JSON.stringify({ DISTRIFS_MASTER: masters, DISTRIFS_PROFILE: profile, grpc_proxy: proxy }));
    return;
  }
  writeLine(`export DISTRIFS_MASTER=${masters}`);
  writeLine(`export DISTRIFS_PROFILE=${profile}`);
  writeLine(`export grpc_proxy=${proxy}`);
  writeLine(`unset ${OTHER_PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]).join(' ')} GRPC_PROXY`);
}

/** Finds the lab and runs `action` on it. Never rejects. */
async function run(flags: Flags, action: (lab: ControlClient) => Promise<void>): Promise<void> {
  // Nobody reads the results any more: nothing is left to do.
  process.stdout.on('error', () => process.exit(0));
  try {
    const { ControlClient } = await import('../supervisor/control/control-client.js');
    await action(ControlClient.find(flags.dir));
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = isDfsError(error, 'INVALID_ARGUMENT') ? EXIT_USAGE : EXIT_FAILED;
  }
}
