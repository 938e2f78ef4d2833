/** The actions of `distrifs master` and `distrifs datanode`: one node as a process of its own. */
import { timingsOf } from '../../shared/profile.js';
import { type GlobalFlags, mastersOf } from './client-command.js';
import { CommandVoice } from '../terminal/cli-error.js';
import { UsageError } from '../terminal/usage-error.js';
import { EXIT_FAILED, EXIT_USAGE } from '../terminal/exit-codes.js';
import type { Call } from '../terminal/command-row.js';
import { type BeginningFlags, beginningOf } from './master-members.js';

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

/**
 * Ends the process with the node's exit code: resources that a library holds open must not keep the process of an ended node
 * running.
 */
const exitingWith =
  <Flags extends GlobalFlags>(run: (flags: Flags) => Promise<number>) =>
  async ({ flags, command }: Call<readonly [], Flags>): Promise<void> => {
    try {
      if (flags.timeout !== undefined)
        throw new UsageError('--timeout has no meaning for a node, which runs until it is stopped');
      process.exit(await run(flags));
    } catch (error) {
      new CommandVoice(command.name(), flags.json === true).fail(error);
      process.exit(error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED);
    }
  };

/** Runs a master. */
export const master = exitingWith(runMaster);

/** Runs a datanode. */
export const datanode = exitingWith(runDataNode);
