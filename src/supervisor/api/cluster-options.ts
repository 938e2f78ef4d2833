/** Fills in and checks what a cluster is asked to be. Pure. */
import { resolve } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, DEFAULT_REPLICATION, MIB, REPLICATION_MAX } from '../../shared/limits.js';
import { parseProfile } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import type { RuntimeKind } from './cluster-status.js';

export interface ClusterOptions {
  /** 1, 3 or 5. */
  readonly masters?: number;
  readonly datanodes?: number;
  /** Datanodes are dealt to this many racks in turn (`rack-1`, `rack-2`, …). */
  readonly racks?: number;
  readonly replication?: number;
  readonly chunkSizeBytes?: number;
  /** A master makes a checkpoint when its log has grown by this size. Default: the default of the masters. */
  readonly checkpointLogBytes?: number;
  /** How nodes are hosted: a child process each, or a thread each of one host process. */
  readonly runtime?: RuntimeKind;
  readonly profile?: ProfileName;
  /** Keeps the cluster's data; started again when it holds a cluster. Default: a new folder, removed by `close`. */
  readonly dir?: string;
  /** Caps what each datanode stores, bytes. */
  readonly capacityBytes?: number;
  /** Name of the scenario whose run this cluster belongs to: other processes may look at it then, and not act on it. */
  readonly scenario?: string;
}

/** What of a cluster stays for its life. */
export interface ClusterShape {
  readonly masters: number;
  readonly datanodes: number;
  readonly racks: number;
  readonly replication: number;
  readonly chunkSizeBytes: number;
  readonly profile: ProfileName;
  /** Of each datanode; null is no cap. */
  readonly capacityBytes: number | null;
  /** Default: the default of the masters. */
  readonly checkpointLogBytes?: number;
}

export const DEFAULT_SHAPE: ClusterShape = {
  masters: 3,
  datanodes: 5,
  racks: 1,
  replication: DEFAULT_REPLICATION,
  chunkSizeBytes: 4 * MIB,
  profile: 'fast',
  capacityBytes: null,
};

/** A group of an even number survives no more failures than one of a master less. */
export const MASTER_COUNTS: readonly number[] = [1, 3, 5];

/** Each is a process, or a thread, and an address of the lab's own network. Of scenarios too, with all that they add. */
export const DATANODES_MAX = 50;

function assertWhole(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new DfsError(
    'INVALID_ARGUMENT',
    `Cannot start a cluster with ${name} ${value}: it must be a whole number, ${min} to ${max}`,
  );
}

/** @throws DfsError INVALID_ARGUMENT */
function assertMasters(count: number): void {
  if (MASTER_COUNTS.includes(count)) return;
  const reason =
    count === 2 || count === 4
      ? `${count} survive no more failures than ${count - 1}, because a majority must be left`
      : 'these are the groups that a majority of survives 0, 1 or 2 failures';
  throw new DfsError('INVALID_ARGUMENT', `Cannot start a cluster with masters ${count}: take 1, 3 or 5; ${reason}`);
}

/**
 * The shape asked for: what was given, over what the folder holds already, over the defaults.
 * @param kept the shape of the cluster in the given folder, if there is one
 * @throws DfsError INVALID_ARGUMENT naming the option and what it may be
 */
export function resolveShape(options: ClusterOptions, kept: ClusterShape | null): ClusterShape {
  const base = kept ?? DEFAULT_SHAPE;
  const checkpointLogBytes = options.checkpointLogBytes ?? base.checkpointLogBytes;
  const datanodes = options.datanodes ?? base.datanodes;
  const shape: ClusterShape = {
    masters: options.masters ?? base.masters,
    datanodes,
    racks: options.racks ?? base.racks,
    replication: options.replication ?? kept?.replication ?? Math.min(DEFAULT_SHAPE.replication, datanodes),
    chunkSizeBytes: options.chunkSizeBytes ?? base.chunkSizeBytes,
    profile: options.profile ?? base.profile,
    capacityBytes: options.capacityBytes ?? base.capacityBytes,
    ...(checkpointLogBytes === undefined ? {} : { checkpointLogBytes }),
  };
  assertMasters(shape.masters);
  assertWhole('datanodes', shape.datanodes, 1, DATANODES_MAX);
  assertWhole('racks', shape.racks, 1, shape.datanodes);
  // A folder of an earlier release may hold a cluster with more; assertFits refuses any other value.
  const replicationMax = kept === null ? Math.min(REPLICATION_MAX, datanodes) : REPLICATION_MAX;
  assertWhole('replication', shape.replication, 1, replicationMax);
  assertWhole('chunkSizeBytes', shape.chunkSizeBytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
  if (shape.capacityBytes !== null) assertWhole('capacityBytes', shape.capacityBytes, 1, Number.MAX_SAFE_INTEGER);
  if (checkpointLogBytes !== undefined) assertWhole('checkpointLogBytes', checkpointLogBytes, 1, Number.MAX_SAFE_INTEGER);
  parseProfile(shape.profile);
  if (kept !== null) assertFits(shape, kept, options.dir ?? '');
  return shape;
}

export const RUNTIMES: readonly RuntimeKind[] = ['process', 'thread'];

/**
 * How nodes are hosted. That may change from one start to the next.
 * @throws DfsError INVALID_ARGUMENT
 */
export function resolveRuntime(given: RuntimeKind | undefined, kept: RuntimeKind | undefined): RuntimeKind {
  const runtime = given ?? kept ?? 'process';
  if (RUNTIMES.includes(runtime)) return runtime;
  throw new DfsError('INVALID_ARGUMENT', `Cannot host nodes as "${runtime}": take ${RUNTIMES.join(' or ')}`);
}

/** A cluster keeps what its log and its nodes' identities say; nodes may only be added. */
function assertFits(shape: ClusterShape, kept: ClusterShape, dir: string): void {
  for (const name of ['masters', 'racks', 'replication', 'chunkSizeBytes'] as const) {
    if (shape[name] !== kept[name]) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `The cluster in "${resolve(dir)}" was made with ${name} ${kept[name]} and cannot be started with ${shape[name]}: leave it out, or take another folder`,
      );
    }
  }
  if (shape.datanodes < kept.datanodes) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `The cluster in "${resolve(dir)}" has ${kept.datanodes} datanodes and cannot be started with ${shape.datanodes}: nodes can only be added`,
    );
  }
}
