/** Makes the folder of a master, or opens the one that is there. */
import { bootstrapState } from '../raft/bootstrap.js';
import type { Members } from '../raft/types.js';
import { DfsError } from '../shared/errors.js';
import type { Runtime } from '../shared/runtime.js';
import type { MasterConfig } from './base/config.js';
import { BOOTSTRAP_INCARNATION, bootstrapIdentity, readIdentity, writeIdentity } from './base/identity.js';
import type { Identity } from './base/identity.js';
import { bootstrapStorage } from './log/bootstrap-storage.js';

/**
 * The identity that the folder holds.
 * @returns null: the folder is empty, and the configuration says what to do
 * @throws DfsError NOT_INITIALIZED, ALREADY_EXISTS, FOREIGN_CLUSTER, or of the disk
 */
export async function openIdentity({ disk }: Runtime, config: MasterConfig): Promise<Identity | null> {
  const identity = await readIdentity(disk);
  if (identity === null) {
    if (config.init || config.join === true) return null;
    throw new DfsError(
      'NOT_INITIALIZED',
      `${disk.root} holds no cluster: start once with --init to make a new one, with --join to be added to one, or point --data-dir at ` +
        "the master's old folder",
    );
  }
  if (config.init) {
    const message = `${disk.root} holds cluster ${identity.clusterId} already: start it without --init, or choose an empty folder`;
    throw new DfsError('ALREADY_EXISTS', message);
  }
  if (identity.masterId !== config.masterId) {
    throw new DfsError(
      'FOREIGN_CLUSTER',
      `${disk.root} belongs to master "${identity.masterId}", not to "${config.masterId}": start it under that id, nothing was changed`,
    );
  }
  return identity;
}

/**
 * The identity of this master in the cluster that it makes.
 * @param address host:port at which others reach it
 */
export function newClusterIdentity({ random }: Runtime, config: MasterConfig, address: string): Identity {
  const bootstrapMasters = config.bootstrapMasters ?? [{ id: config.masterId, address }];
  const clusterKey = bootstrapMasters.length > 1 || (config.clusterKey ?? '') !== '' ? (config.clusterKey ?? '') : null;
  return bootstrapIdentity(config.masterId, bootstrapMasters, clusterKey, random);
}

/**
 * Makes the folder of a bootstrap master.
 * @throws DfsError ALREADY_EXISTS when the folder is not empty, or of the disk
 */
export async function bootstrapCluster(runtime: Runtime, identity: Identity): Promise<void> {
  const members = identity.bootstrapMasters.map(({ id }) => ({ id, incarnation: BOOTSTRAP_INCARNATION, isVoter: true }));
  await makeFolder(runtime, identity, members);
  runtime.log.info(`Made cluster ${identity.clusterId} with ${members.map(({ id }) => id).join(', ')}`, {
    clusterId: identity.clusterId,
    masterId: identity.masterId,
  });
}

/**
 * Makes the folder of a master that was invited.
 * @throws DfsError ALREADY_EXISTS when the folder is not empty, or of the disk
 */
export async function joinCluster(runtime: Runtime, identity: Identity): Promise<void> {
  await makeFolder(runtime, identity, []);
  runtime.log.info(`Joined cluster ${identity.clusterId} as incarnation ${identity.incarnation}`, {
    clusterId: identity.clusterId,
    masterId: identity.masterId,
  });
}

/** The log first, the identity last: until that is in place, nothing was guaranteed and a new attempt may begin again. */
async function makeFolder({ disk }: Runtime, identity: Identity, members: Members): Promise<void> {
  await assertMayBeMade({ disk });
  await bootstrapStorage(disk, bootstrapState({ id: identity.masterId, incarnation: identity.incarnation }, members));
  await writeIdentity(disk, identity);
}

/**
 * A folder for a new master holds nothing of a datanode.
 * @throws DfsError ALREADY_EXISTS
 */
export async function assertMayBeMade({ disk }: Pick<Runtime, 'disk'>): Promise<void> {
  const names = (await disk.list('.')).map((entry) => entry.name);
  if (names.some((name) => name.startsWith('chunk-'))) {
    throw new DfsError('ALREADY_EXISTS', `${disk.root} holds chunks of a datanode: choose another folder for the master`);
  }
}
