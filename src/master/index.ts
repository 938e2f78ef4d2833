/** The master role: `start` opens its port and its folder, takes part in its group, and serves whenever it leads. */
import { DfsError, toDfsError } from '../shared/errors.js';
import type { RunningNode, Runtime } from '../shared/runtime.js';
import { validateMasterConfig } from './base/config.js';
import type { MasterConfig } from './base/config.js';
import { Master } from './master.js';

/**
 * Starts a master. Resolves once it serves: its log is read, and a master that is alone in its group leads. One of several may have to
 * wait for the others; one that joins, for its invitation.
 * @throws DfsError INVALID_ARGUMENT, DATA_DIR_LOCKED, NOT_INITIALIZED, ALREADY_EXISTS, LOG_DAMAGED, FOREIGN_CLUSTER, ADDRESS_IN_USE, or of
 *   the disk; then nothing is left open
 */
export async function start(runtime: Runtime, config: MasterConfig): Promise<RunningNode> {
  validateMasterConfig(config);
  const lock = await runtime.disk.lock();
  const master = new Master(runtime, config, lock);
  try {
    await master.open();
    return master;
  } catch (error) {
    await master.stop();
    throw error instanceof DfsError ? error : toDfsError(error, `Cannot start master ${config.masterId}`);
  }
}
