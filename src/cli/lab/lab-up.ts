/** `lab up`: keeps a cluster running until it is told to end, with the terminal UI, with lines, or with JSON. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { isDfsError } from '../../shared/errors.js';
import { parseProfile } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import { parseSize } from '../../shared/units.js';
import type { Lab } from '../../lab/live/lab.js';
import { resolveShape, RUNTIMES } from '../../supervisor/api/cluster-options.js';
import { readLabRecord } from '../../supervisor/folder/lab-record.js';
import type { ClusterOptions } from '../../supervisor/api/cluster-options.js';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import { LabLifetime } from './lab-lifetime.js';
import { complain, eventLine, nodeLines, writeLine } from './lab-output.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

interface UpFlags {
  readonly masters?: number;
  readonly datanodes?: number;
  readonly racks?: number;
  readonly replication?: number;
  readonly chunkSize?: number;
  readonly capacity?: number;
  readonly runtime?: RuntimeKind;
  readonly profile?: ProfileName;
  readonly dir?: string;
  readonly tui: boolean;
  readonly json?: boolean;
}

/** Adds `up` to the `lab` command. Exit codes: 0 ended as told, 1 it failed, 2 wrong usage. */
export function registerUp(program: Command, isDefault: boolean): void {
  program
    .command('up', { isDefault })
    .description('start a cluster and keep it running, with the terminal UI')
    .option('--masters <n>', 'masters: 1, 3 or 5 (default: 3)', whole)
    .option('--datanodes <n>', 'datanodes (default: 5)', whole)
    .option('--racks <n>', 'racks that the datanodes are dealt to in turn (default: 1)', whole)
    .option('--replication <n>', 'copies of each chunk (default: 3, of fewer datanodes one on each)', whole)
    .option(
      '--chunk-size <size>',
      'size of a chunk; small, so that there is something to watch (default: 4MiB)',
      reading(parseSize),
    )
    .option('--capacity <size>', 'the most that each datanode stores (default: what its disk has)', reading(parseSize))
    .addOption(
      new Option(
        '--runtime <kind>',
        'how nodes are hosted: a thread each of one process, or a process each (default: thread, or as the cluster in --dir ran); see "lab help faults"',
      ).choices(RUNTIMES),
    )
    .option('--profile <name>', 'timings: fast or realistic (default: fast)', reading(parseProfile))
    .option(
      '--dir <dir>',
      'keep the cluster here, and start it again when it is there; left out: a fresh folder, removed at the end',
    )
    .option('--no-tui', 'without the terminal UI')
    .option('--json', 'one JSON object a line, without the terminal UI')
    .action(up);
}

/** Runs our parser for commander. */
function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
    }
  };
}

const whole = reading((text) => {
  if (!/^\d{1,9}$/.test(text)) throw new Error('It must be a whole number.');
  return Number(text);
});

async function up(flags: UpFlags): Promise<void> {
  const wantsTui = flags.tui && flags.json !== true;
  const problem = usageProblem(flags, wantsTui);
  if (problem !== null) {
    complain(problem);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const startedAtMs = performance.now();
  const lifetime = new LabLifetime();
  if (wantsTui) process.stderr.write('Starting the cluster …\n');
  let lab: Lab;
  try {
    // Loaded now and not before: other commands do without it.
    const { Lab } = await import('../../lab/live/lab.js');
    lab = await Lab.start({ ...clusterOptions(flags), runtime: runtimeOf(flags) });
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    // The lab's process does not wait for what a failed start left in it.
    process.exit(isDfsError(error, 'INVALID_ARGUMENT') ? EXIT_USAGE : EXIT_FAILED);
  }
  lifetime.started();
  let exitCode = 0;
  try {
    void lab.closed.then(() => lifetime.end());
    void lab.failed.then((error) => {
      complain(error.message);
      exitCode = EXIT_FAILED;
      lifetime.end();
    });
    if (wantsTui) {
      const { runLabTui } = await import('./lab-tui.js');
      await runLabTui(lab, lifetime.over);
    } else {
      if (flags.json === true) printJson(lab);
      else printLines(lab, performance.now() - startedAtMs);
      await lifetime.over;
    }
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    exitCode = EXIT_FAILED;
  } finally {
    lifetime.end();
    // The UI gave the screen back, which shows what was said before it.
    if (wantsTui) process.stderr.write('Ending the cluster …\n');
    await lab.close();
  }
  process.exit(exitCode);
}

/** What is wrong with what was asked for, the arguments before the terminal; null when nothing is. */
function usageProblem(flags: UpFlags, wantsTui: boolean): string | null {
  try {
    const kept = flags.dir === undefined ? null : readLabRecord(flags.dir);
    resolveShape(clusterOptions(flags), kept?.shape ?? null);
  } catch (error) {
    // A folder that cannot be read is for the start to tell.
    if (isDfsError(error, 'INVALID_ARGUMENT')) return error.message;
  }
  if (!wantsTui || (process.stdin.isTTY && process.stdout.isTTY)) return null;
  return 'there is no terminal for the terminal UI here: add --no-tui (and --json for programs) to run without it';
}

/** A lab that is started again runs as it did, unless told otherwise. */
function runtimeOf({ runtime, dir }: UpFlags): RuntimeKind {
  return runtime ?? (dir === undefined ? undefined : readLabRecord(dir)?.runtime) ?? 'thread';
}

function clusterOptions(flags: UpFlags): ClusterOptions {
  const { masters, datanodes, racks, replication, profile, dir } = flags;
  const given = {
    masters,
    datanodes,
    racks,
    replication,
    profile,
    dir,
    chunkSizeBytes: flags.chunkSize,
    capacityBytes: flags.capacity,
  };
  // What was not given is left out: the cluster has its own defaults, or remembers.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function printJson(lab: Lab): void {
  writeLine(
    JSON.stringify({
      event: 'ready',
      dir: lab.dir,
      control: lab.control,
      proxy: lab.clientProxy(),
      runtime: lab.runtime,
      hostPid: lab.hostPid,
      masters: lab.masters().map(({ id, address, pid, log }) => ({ id, address, pid, log })),
      datanodes: lab.datanodes().map(({ id, address, pid, dataDir, log }) => ({ id, address, pid, dataDir, log })),
    }),
  );
  lab.onEvent((event) => writeLine(JSON.stringify(event)));
}

function printLines(lab: Lab, tookMs: number): void {
  const nodes = [...lab.masters(), ...lab.datanodes()];
  const hosted = lab.hostPid === null ? '' : `, its nodes threads of process ${lab.hostPid}`;
  writeLine(`The cluster is live after ${Math.round(tookMs)} ms, in ${lab.dir}${hosted}`);
  for (const line of nodeLines(nodes)) writeLine(line);
  writeLine('In another terminal: lab status, lab kill dn-1, …; eval "$(lab env)" sets up distrifs there. Ctrl-C ends the lab.');
  lab.onEvent((event) => writeLine(eventLine(event)));
}
