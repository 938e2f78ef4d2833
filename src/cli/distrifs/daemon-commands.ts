/** `distrifs master` and `distrifs datanode`: one node as a process of its own. */
import type { Command } from 'commander';
import { DEFAULT_CHUNK_BYTES, DEFAULT_MIN_REPLICAS, DEFAULT_REPLICATION } from '../../shared/limits.js';
import { timingsOf } from '../../shared/profile.js';
import { type GlobalFlags, mastersOf } from './client-command.js';
import { complain, EXIT_USAGE, reasonOf, UsageError } from '../terminal/cli-error.js';
import { type BeginningFlags, beginningOf } from './master-members.js';
import {
  addressOption,
  checkpointBytesOption,
  chunkSizeOption,
  masterIdOption,
  membersOption,
  replicationOption,
  sizeOption,
} from './option-parsers.js';

interface MasterFlags extends GlobalFlags, BeginningFlags {
  readonly dataDir: string;
  readonly leaseReads?: boolean;
  readonly checkpointLogBytes?: number;
  readonly replication: number;
  readonly chunkSize: number;
  readonly minReplicas: number;
  readonly logFile?: string;
}

interface DataNodeFlags extends GlobalFlags {
  readonly dataDir: string;
  readonly listen: string;
  readonly advertise?: string;
  readonly rack: string;
  readonly capacity?: number;
  readonly id?: string;
  readonly logFile?: string;
}

async function runMaster(flags: MasterFlags): Promise<number> {
  const beginning = beginningOf(flags);
  const { main } = await import('../../master/main.js');
  const config = {
    masterId: flags.id,
    listen: flags.listen,
    ...beginning,
    leaseReads: flags.leaseReads === true,
    defaultReplication: flags.replication,
    defaultChunkSizeBytes: flags.chunkSize,
    minReplicas: flags.minReplicas,
    timings: timingsOf(flags.profile ?? 'realistic'),
    ...(flags.checkpointLogBytes === undefined ? {} : { checkpointLogBytes: flags.checkpointLogBytes }),
  };
  return main(config, flags.dataDir, flags.logFile);
}

async function runDataNode(flags: DataNodeFlags): Promise<number> {
  const masters = mastersOf(flags);
  const { main } = await import('../../datanode/main.js');
  const config = {
    listen: flags.listen,
    masters,
    rack: flags.rack,
    timings: timingsOf(flags.profile ?? 'realistic'),
    ...(flags.id === undefined ? {} : { nodeId: flags.id }),
    ...(flags.advertise === undefined ? {} : { advertise: flags.advertise }),
    ...(flags.capacity === undefined ? {} : { capacityBytes: flags.capacity }),
  };
  return main(config, flags.dataDir, flags.logFile);
}

/** Ends the process with the node's exit code: whatever a library still holds open must not keep a dead node alive. */
async function exitWith(command: Command, run: () => Promise<number>): Promise<void> {
  try {
    process.exit(await run());
  } catch (error) {
    complain(command.name(), reasonOf(error));
    process.exit(error instanceof UsageError ? EXIT_USAGE : 1);
  }
}

export function registerDaemons(program: Command): void {
  program
    .command('master')
    .description('run a master')
    .option('--init', 'make a new cluster in an empty data folder')
    .option(
      '--members <list>',
      'id=host:port,… of all masters of the new cluster, the same on each; only with --init',
      membersOption,
    )
    .option('--cluster-key <text>', 'any text, the same on each member, another for each cluster; only with --members')
    .option('--join', 'wait in an empty data folder for distrifs admin add-master')
    .option('--data-dir <dir>', 'where the log is', '/tmp/distrifs/master')
    .option('--listen <address>', 'host:port', addressOption, '127.0.0.1:7000')
    .option(
      '--advertise <address>',
      'host:port as others reach it; left out: as in --members, or where it listens',
      addressOption,
    )
    .option('--id <name>', 'its name among the masters', masterIdOption, 'm-1')
    .option('--replication <n>', 'copies of each chunk, by default; only with --init', replicationOption, DEFAULT_REPLICATION)
    .option('--chunk-size <size>', 'bytes of a chunk, by default; only with --init', chunkSizeOption, DEFAULT_CHUNK_BYTES)
    .option(
      '--min-replicas <n>',
      'fewer copies are never acknowledged; only with --init',
      replicationOption,
      DEFAULT_MIN_REPLICAS,
    )
    .option('--lease-reads', 'answer reads without asking a majority; needs clocks whose rates differ by less than 10 %')
    .option('--checkpoint-log-bytes <size>', 'of log, before another checkpoint is made; left out: 64MiB', checkpointBytesOption)
    .option('--log-file <file>', 'left out: standard error')
    .action(async (_flags: unknown, command: Command) => exitWith(command, () => runMaster(command.optsWithGlobals())));
  program
    .command('datanode')
    .description('run a datanode of the cluster whose masters --master names, all of them')
    .option('--data-dir <dir>', 'where the chunks are', '/tmp/distrifs/data')
    .option('--listen <address>', 'host:port; port 0: the system chooses', addressOption, '127.0.0.1:0')
    .option('--advertise <address>', 'host:port as others reach it; left out: where it listens', addressOption)
    .option('--rack <name>', 'copies go to different racks where there are several', 'default')
    .option('--capacity <size>', 'stores no more than this; left out: what the disk holds', sizeOption)
    .option('--id <name>', 'left out: as in the data folder, or made up')
    .option('--log-file <file>', 'left out: standard error')
    .action(async (_flags: unknown, command: Command) => exitWith(command, () => runDataNode(command.optsWithGlobals())));
}
