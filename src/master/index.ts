/** The master role: `start` recovers the log of its folder, begins a term and serves. */
import { bindService, ClusterService, DataNodeService, NamespaceService } from '../protocol/services.js';
import { toDfsError } from '../shared/errors.js';
import type { DiskLock, RpcServer, RunningNode, Runtime } from '../shared/runtime.js';
import { openFolder } from './cluster-folder.js';
import type { OpenedFolder } from './cluster-folder.js';
import { validateMasterConfig } from './config.js';
import type { MasterConfig } from './config.js';
import type { Leader } from './leader.js';
import { HintWriter } from './log/durable-hint.js';
import { Wal } from './log/wal.js';
import { Maintenance } from './maintenance.js';
import { Mutations } from './mutations.js';
import { Proposer } from './proposer.js';
import { clusterHandlers } from './services/cluster-service.js';
import { dataNodeHandlers } from './services/datanode-service.js';
import { namespaceReads } from './services/namespace-reads.js';
import { namespaceWrites } from './services/namespace-writes.js';
import { SoftState } from './soft-state.js';

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
  try {
    const term = Math.max(log.lastTerm, machine.state.term) + 1;
    const proposer = new Proposer(wal, machine, runtime.clock, term, fail);
    const beginTerm = { term, leaderId: config.masterId, incarnation: identity.incarnation };
    await proposer.propose({ operation: 'beginTerm', beginTerm });
    const soft = new SoftState(machine, term, runtime, config.timings);
    const mutations = new Mutations(machine, proposer, soft);
    const maintenance = new Maintenance(machine, soft, proposer, runtime, config.timings.maintenanceIntervalMs);
    const leader: Leader = { config, runtime, machine, proposer, soft, mutations, maintenance, term };
    soft.safeMode.check();
    const server = await serve(leader);
    maintenance.start();
    runtime.log.info(`Master ${config.masterId} leads cluster ${identity.clusterId} in term ${term} at ${server.address}`, {
      term,
      entries: machine.state.appliedIndex,
      files: machine.state.tree.fileCount,
    });
    const stop = once(async () => {
      maintenance.stop();
      soft.orders.stop();
      await server.stop(STOP_GRACE_MS);
      await wal.close();
      await lock.release();
      runtime.log.info(`Master ${config.masterId} has stopped`);
    });
    return { address: config.advertise ?? server.address, stop, failed };
  } catch (error) {
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

function serve(leader: Leader): Promise<RpcServer> {
  return leader.runtime.rpc.serve(leader.config.listen, [
    ...bindService(NamespaceService, { ...namespaceReads(leader), ...namespaceWrites(leader) }),
    ...bindService(DataNodeService, dataNodeHandlers(leader)),
    ...bindService(ClusterService, clusterHandlers(leader)),
  ]);
}

/** Runs an action once; later calls get the first one's promise. */
function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= action());
}
