/** `lab up`: keeps a cluster running until a signal or a command ends it, with the terminal UI, with lines, or with JSON. */
import { isDfsError } from '../../shared/errors.js';
import type { ProfileName } from '../../shared/profile.js';
import type { Lab } from '../../lab/live/lab.js';
import { resolveShape } from '../../supervisor/api/cluster-options.js';
import { readLabRecord } from '../../supervisor/folder/lab-record.js';
import type { ClusterOptions } from '../../supervisor/api/cluster-options.js';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import { EXIT_FAILED, EXIT_USAGE } from '../terminal/exit-codes.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';
import { LabLifetime } from './lab-lifetime.js';
import { complain, eventLine } from './lab-output.js';
import { messageOf } from '../../shared/error-text.js';

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

/** Exit codes: 0 ended on request, 1 it failed, 2 wrong usage. */
export async function up({ flags }: Call<readonly [], UpFlags>): Promise<void> {
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
    complain(messageOf(error));
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
      else await printLines(lab, performance.now() - startedAtMs);
      await lifetime.over;
    }
  } catch (error) {
    complain(messageOf(error));
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
    // The start reports a folder that cannot be read.
    if (isDfsError(error, 'INVALID_ARGUMENT')) return error.message;
  }
  if (!wantsTui || (process.stdin.isTTY && process.stdout.isTTY)) return null;
  return 'there is no terminal for the terminal UI here: add --no-tui (and --json for programs) to run without it';
}

/** A lab that is started again runs as it did, unless an option says otherwise. */
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
  // What was not given is omitted: the cluster has its own defaults, or remembers.
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

async function printLines(lab: Lab, tookMs: number): Promise<void> {
  const { nodeLines } = await import('./node-tables.js');
  const nodes = [...lab.masters(), ...lab.datanodes()];
  const hosted = lab.hostPid === null ? '' : `, its nodes threads of process ${lab.hostPid}`;
  writeLine(`The cluster is live after ${Math.round(tookMs)} ms, in ${lab.dir}${hosted}`);
  for (const line of nodeLines(nodes)) writeLine(line);
  writeLine('In another terminal: lab status, lab kill dn-1, …; eval "$(lab env)" sets up distrifs there. Ctrl-C ends the lab.');
  lab.onEvent((event) => writeLine(eventLine(event)));
}
