/** The master role: `start` recovers the log of its folder, begins a term and serves. */
import { toDfsError } from '../shared/errors.js';
import type { DiskLock, RunningNode, Runtime } from '../shared/runtime.js';
import { openFolder } from './cluster-folder.js';
import type { OpenedFolder } from './cluster-folder.js';
import { validateMasterConfig } from './config.js';
import type { MasterConfig } from './config.js';
import { HintWriter } from './log/durable-hint.js';
import { Wal } from './log/wal.js';
import { Office } from './office.js';
import { Proposer } from './proposer.js';
import { SingleConsensus } from './single-consensus.js';

/** Calls under way get this long when the master stops. */
const STOP_GRACE_MS = 1_000;

/**
 * Starts a master. Resolves once it serves: the log is recovered and its term's first record is durable.
 * @throws DfsError INVALID_ARGUMENT, DATA_DIR_LOCKED, NOT_INITIALIZED, ALREADY_EXISTS, LOG_DAMAGED, FOREIGN_CLUSTER, ADDRESS_IN_USE, or of
 *   the disk; then nothing is left open
 */
export async function start(runtime: Runtime, config: MasterConfig): Promise<RunningNode> {
  validateMasterConfig(config);
  const lock = await runtime.disk.lock();
  try {
    return await lead(runtime, config, await openFolder(runtime, config), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function lead(runtime: Runtime, config: MasterConfig, folder: OpenedFolder, lock: DiskLock): Promise<RunningNode> {
  const { machine, log, identity } = folder;
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = (error) => {
      runtime.log.error(`The master cannot go on: ${error.message}`, { masterId: config.masterId });
      resolve(error);
    };
  });
  const wal = await openWal(runtime, log, fail);
  let office: Office | null = null;
  try {
    const term = Math.max(log.lastTerm, machine.state.term) + 1;
    const { masterId } = config;
    const { clusterId } = identity;
    const consensus = new SingleConsensus(masterId, wal, machine, term, fail);
    const beginTerm = { term, leaderId: masterId, incarnation: identity.incarnation };
    const { clock } = runtime;
    const proposer = new Proposer(consensus, clock, term, machine.state.logTimeMs);
    await proposer.propose({ operation: 'beginTerm', beginTerm });
    office = new Office({ config, runtime, clusterId, machine, consensus, fail });
    const serving = office;
    const server = await runtime.rpc.serve(config.listen, serving.bindings());
    serving.led(term);
    const stop = once(async () => {
      serving.stop();
      await server.stop(STOP_GRACE_MS);
      await wal.close();
      await lock.release();
      runtime.log.info(`Master ${masterId} has stopped`);
    });
    return { address: config.advertise ?? server.address, stop, failed };
  } catch (error) {
    office?.stop();
    await wal.close();
    throw error;
  }
}

async function openWal(runtime: Runtime, log: OpenedFolder['log'], fail: (error: Error) => void): Promise<Wal> {
  try {
    const hint = await HintWriter.open(runtime.disk, runtime.log);
    hint.update(log.offset);
    return new Wal(log.file, log.offset, hint, fail);
  } catch (error) {
    await log.file.close();
    throw toDfsError(error, 'Cannot open the log');
  }
}

/** Runs an action once; later calls get the first one's promise. */
function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= action());
}
