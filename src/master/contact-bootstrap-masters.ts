/**
 * How several masters begin a cluster: each waits for an answer of all others, and makes its folder only if none of them knows a former
 * instance of it. So a bootstrap master that lost its disk cannot come back as if nothing had happened, and vote again.
 */
import { MasterService } from '../protocol/services.js';
import type { GetMasterStatusResponse__Output } from '../protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import { DfsError } from '../shared/errors.js';
import { retryDelayMs } from '../shared/retry.js';
import type { Runtime } from '../shared/runtime.js';
import type { BootstrapMaster, MasterConfig } from './base/config.js';
import type { Identity } from './base/identity.js';
import { messageOf } from '../shared/error-text.js';

/** Attempts between two lines about masters that do not answer. */
const LOG_EVERY = 40;

export interface BootstrapOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'random' | 'rpc' | 'log'>;
  readonly config: MasterConfig;
  /** That this master will have in the new cluster. */
  readonly identity: Identity;
  /** Fires when the master stops. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when every other bootstrap master has answered, and none knows a former instance of this one.
 * @throws DfsError ALREADY_EXISTS when this master is, or was, a member that has lost its disk; CANCELLED
 */
export async function contactBootstrapMasters({ runtime, config, identity, signal }: BootstrapOptions): Promise<void> {
  const others = identity.bootstrapMasters.filter(({ id }) => id !== identity.masterId);
  await Promise.all(others.map((other) => contactBootstrapMaster(other, { runtime, config, identity, signal })));
}

async function contactBootstrapMaster(
  other: BootstrapMaster,
  { runtime, config, identity, signal }: BootstrapOptions,
): Promise<void> {
  const { clock, random, rpc, log } = runtime;
  const { retryInitialMs: initialMs, rpcDeadlineMs, raftTickMs } = config.timings;
  const channel = rpc.connect(other.address);
  try {
    for (let attempt = 1; ; attempt += 1) {
      let reason: string;
      try {
        const status = await channel.call(MasterService.GetMasterStatus, {}, { deadlineMs: rpcDeadlineMs, signal });
        assertUnknown(status, identity);
        if (isOfCluster(status, other, identity)) return;
        reason = `it is master "${status.masterId}" of cluster "${status.clusterId}": were they started with the same --members and --cluster-key?`;
      } catch (error) {
        if (signal.aborted || (error instanceof DfsError && error.code === 'ALREADY_EXISTS')) throw error;
        reason = messageOf(error);
      }
      if (attempt % LOG_EVERY === 0) {
        log.warn(`Cannot make the cluster before master "${other.id}" at ${other.address} has answered: ${reason}`, {
          masterId: other.id,
        });
      }
      // The bootstrap masters are started together: a late one is late by little.
      await clock.sleep(retryDelayMs(attempt, { initialMs, maxMs: 4 * raftTickMs }, random), signal);
    }
  } finally {
    channel.close();
  }
}

/** A master that waits will ask in its turn; one that has made its folder already has asked. */
function isOfCluster(status: GetMasterStatusResponse__Output, other: BootstrapMaster, identity: Identity): boolean {
  if (status.masterId !== other.id) return false;
  return status.clusterId === identity.clusterId || (status.role === 'WAITING' && status.clusterId === '');
}

function assertUnknown({ clusterId, masterId, members, term }: GetMasterStatusResponse__Output, identity: Identity): void {
  if (clusterId !== identity.clusterId) return;
  const self = members.find((member) => member.masterId === identity.masterId);
  const isFresh = self !== undefined && self.incarnation === identity.incarnation && self.life === '';
  // A member of the first term knows no members but the bootstrap masters.
  if (isFresh || (members.length === 0 && term === 0)) return;
  throw new DfsError(
    'ALREADY_EXISTS',
    `Master "${identity.masterId}" has been a member of cluster ${clusterId}, as master "${masterId}" knows, and its folder is empty now. ` +
      `Its votes are lost with it: run "distrifs admin remove-master ${identity.masterId}", start it with --join in place of --init, and ` +
      `run "distrifs admin add-master ${identity.masterId} ADDRESS"`,
  );
}
