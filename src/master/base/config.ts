/** The configuration of a master, and the one place that checks it. */
import { parseAddress } from '../../shared/address.js';
import { DfsError } from '../../shared/errors.js';
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, RAFT_MEMBERS_MAX, REPLICATION_MAX } from '../../shared/limits.js';
import { validateTimings } from '../../shared/profile.js';
import type { Timings } from '../../shared/profile.js';

export interface BootstrapMaster {
  readonly id: string;
  /** host:port as others reach it. */
  readonly address: string;
}

export interface MasterConfig {
  /** Names this master in the log and in messages. */
  readonly masterId: string;
  /** host:port to listen on; port 0 lets the system choose. */
  readonly listen: string;
  /** host:port as others reach it. Default: the bound address. */
  readonly advertise?: string;
  /** true: make a new cluster in an empty folder. false: serve the cluster that the folder holds. */
  readonly init: boolean;
  /** true: wait in an empty folder for the leader's invitation; after that, as false. Not together with init. Default false. */
  readonly join?: boolean;
  /** With init: all masters of the new cluster, this one among them; the same list on each. Default: this one alone. */
  readonly bootstrapMasters?: readonly BootstrapMaster[];
  /** Where masters of the group may be now: tried beside the addresses that this master knows. Default: none. */
  readonly hints?: readonly BootstrapMaster[];
  /** With init and more than one bootstrap master: any text, the same on each, another for each cluster. The cluster's id is made of it. */
  readonly clusterKey?: string;
  /** Reads are answered without asking a majority while a lease holds. Assumes clocks whose rates differ by less than 10 %. Default false. */
  readonly leaseReads?: boolean;
  /** Bytes of log since the last checkpoint, before another is made. Default: 64 MiB. */
  readonly checkpointLogBytes?: number;
  /** 1 <= defaultReplication <= REPLICATION_MAX. Kept in the log of a new cluster; ignored for an existing one. */
  readonly defaultReplication: number;
  /** CHUNK_BYTES_MIN <= defaultChunkSizeBytes <= CHUNK_BYTES_MAX. As above. */
  readonly defaultChunkSizeBytes: number;
  /** A chunk that fewer nodes than min(this, replication) acknowledge is not committed. As above. */
  readonly minReplicas: number;
  readonly timings: Timings;
}

const BOOTSTRAP_MASTERS_MAX = 9;
/** Of an id in a message, which may be anything. */
const SHOWN_ID_CHARS = 100;
/** Of every master's id. */
const MASTER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function assertInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new DfsError('INVALID_ARGUMENT', `${name} is ${value}: it must be a whole number from ${min} to ${max}`);
  }
}

export const isMasterId = (text: string): boolean => MASTER_ID.test(text);

/** @throws DfsError INVALID_ARGUMENT */
export function assertMasterId(masterId: string): void {
  if (isMasterId(masterId)) return;
  throw new DfsError(
    'INVALID_ARGUMENT',
    `"${masterId.slice(0, SHOWN_ID_CHARS)}" is not a master id: use 1 to 64 letters, digits, dots, dashes and underscores`,
  );
}

/** Each master once, at an address of its own. */
function validateList(masters: readonly BootstrapMaster[]): void {
  for (const { id, address } of masters) {
    assertMasterId(id);
    if (parseAddress(address).port === 0) {
      throw new DfsError('INVALID_ARGUMENT', `Master "${id}" at "${address}": the others need its port`);
    }
  }
  for (const key of ['id', 'address'] as const) {
    const values = masters.map((master) => master[key]);
    const twice = values.find((value, at) => values.indexOf(value) !== at);
    if (twice !== undefined) throw new DfsError('INVALID_ARGUMENT', `Two masters of the cluster have the ${key} "${twice}"`);
  }
}

/** The list of bootstrap masters must name this master, and each once, at an address of its own. */
function validateBootstrapMasters({ masterId, init, join, bootstrapMasters = [], clusterKey }: MasterConfig): void {
  if (init && join === true) throw new DfsError('INVALID_ARGUMENT', 'A master either makes a cluster (init) or joins one (join)');
  if (bootstrapMasters.length > BOOTSTRAP_MASTERS_MAX) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `${bootstrapMasters.length} masters are too many: a group has ${BOOTSTRAP_MASTERS_MAX} at most`,
    );
  }
  validateList(bootstrapMasters);
  if (bootstrapMasters.length > 0 && !bootstrapMasters.some(({ id }) => id === masterId)) {
    throw new DfsError('INVALID_ARGUMENT', `The list of the cluster's masters does not name this one, "${masterId}"`);
  }
  if (init && bootstrapMasters.length > 1 && (clusterKey ?? '') === '') {
    throw new DfsError('INVALID_ARGUMENT', 'Masters that make a cluster together need a cluster key, the same on each');
  }
}

/**
 * Checks each value and how they relate.
 * @throws DfsError INVALID_ARGUMENT naming the value
 */
export function validateMasterConfig(config: MasterConfig): void {
  assertMasterId(config.masterId);
  parseAddress(config.listen);
  if (config.advertise !== undefined) parseAddress(config.advertise);
  assertInteger('defaultReplication', config.defaultReplication, 1, REPLICATION_MAX);
  assertInteger('minReplicas', config.minReplicas, 1, REPLICATION_MAX);
  assertInteger('defaultChunkSizeBytes', config.defaultChunkSizeBytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
  validateBootstrapMasters(config);
  validateList(config.hints ?? []);
  if ((config.hints?.length ?? 0) > RAFT_MEMBERS_MAX) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `${config.hints?.length} hints are too many: a group has ${RAFT_MEMBERS_MAX} masters at most`,
    );
  }
  if (config.checkpointLogBytes !== undefined)
    assertInteger('checkpointLogBytes', config.checkpointLogBytes, 1, Number.MAX_SAFE_INTEGER);
  validateTimings(config.timings);
}
