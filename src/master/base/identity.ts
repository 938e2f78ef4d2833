/** The identity of this master, on its disk: `identity.json`, whose presence says that the folder holds a cluster. */
import { createHash } from 'node:crypto';
import { uuidFromBytes } from '../../shared/chunk-id.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Disk, Random } from '../../shared/runtime.js';
import type { BootstrapMaster } from './config.js';
import { readTextFile, replaceTextFile } from './text-file.js';

export const IDENTITY_FILE = 'identity.json';
const IDENTITY_BYTES_MAX = 16_384;

/** Of the bootstrap masters: those that a cluster begins with. The leader gives every later master a larger number. */
export const BOOTSTRAP_INCARNATION = 1;

export interface Identity {
  readonly clusterId: string;
  readonly masterId: string;
  /** A number that no later master of the cluster shares: one that lost its disk comes back under another. */
  readonly incarnation: number;
  /**
   * Random, made with the folder. A bootstrap master that lost its disk and is started with --init again has the same incarnation, but
   * another instance id.
   */
  readonly instanceId: string;
  /** The masters that the cluster began with, this one among them, with their addresses then; empty for a master that was added later. */
  readonly bootstrapMasters: readonly BootstrapMaster[];
}

/**
 * The identity of a bootstrap master. The id of a cluster that begins with several masters is a hash of its key and their list: masters
 * that were given different ones belong to different clusters.
 * @param bootstrapMasters the whole list, this master in it
 * @param clusterKey null: the cluster's id is random, for a cluster that begins with a single master
 */
export function bootstrapIdentity(
  masterId: string,
  bootstrapMasters: readonly BootstrapMaster[],
  clusterKey: string | null,
  random: Random,
): Identity {
  const list = bootstrapMasters.map(({ id, address }) => ({ id, address })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const seed = JSON.stringify([clusterKey, list.map(({ id, address }) => [id, address])]);
  const bytes = clusterKey === null ? random.bytes(16) : createHash('sha256').update(seed).digest().subarray(0, 16);
  const instanceId = uuidFromBytes(random.bytes(16));
  return { clusterId: uuidFromBytes(bytes), masterId, incarnation: BOOTSTRAP_INCARNATION, instanceId, bootstrapMasters: list };
}

/** The identity of a master that was invited into a cluster. */
export function invitedIdentity(invitation: Pick<Identity, 'clusterId' | 'masterId' | 'incarnation'>, random: Random): Identity {
  const { clusterId, masterId, incarnation } = invitation;
  return { clusterId, masterId, incarnation, instanceId: uuidFromBytes(random.bytes(16)), bootstrapMasters: [] };
}

/**
 * Puts the identity in place: temporary name, fsync, rename, fsync of the folder. After this the folder holds a cluster.
 * @throws DfsError of the disk
 */
export async function writeIdentity(disk: Disk, identity: Identity): Promise<void> {
  await replaceTextFile(disk, IDENTITY_FILE, `${JSON.stringify(toStored(identity), null, 2)}\n`);
}

/**
 * Makes the folder one that holds no cluster, durably.
 * @throws DfsError of the disk
 */
export async function removeIdentity(disk: Disk): Promise<void> {
  await disk.remove(IDENTITY_FILE);
  await disk.syncDirectory('.');
}

/**
 * Tells whether the folder still holds this identity: otherwise it is another folder, for instance the one beneath a disk that was
 * unmounted. A file that cannot be read says nothing.
 */
export async function isIdentityInPlace(
  disk: Disk,
  { clusterId, masterId, incarnation, instanceId }: Identity,
): Promise<boolean> {
  try {
    const found = await readIdentity(disk);
    const isSame = found?.clusterId === clusterId && found.masterId === masterId && found.incarnation === incarnation;
    return isSame && found.instanceId === instanceId;
  } catch (error) {
    // Of another role, or of no node; everything else is a failure of the disk.
    return !isDfsError(error, 'NOT_INITIALIZED');
  }
}

/**
 * @returns the folder's identity, or null when it holds no cluster
 * @throws DfsError NOT_INITIALIZED when the file cannot be understood
 */
export async function readIdentity(disk: Disk): Promise<Identity | null> {
  const text = await readTextFile(disk, IDENTITY_FILE, IDENTITY_BYTES_MAX);
  return text === null ? null : parseIdentity(text, `${disk.root}/${IDENTITY_FILE}`);
}

/** The keys of the file are those of all releases so far. */
function toStored({ clusterId, masterId, incarnation, instanceId, bootstrapMasters }: Identity) {
  return { clusterId, masterId, incarnation, life: instanceId, founders: bootstrapMasters };
}

function parseIdentity(text: string, path: string): Identity {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DfsError('NOT_INITIALIZED', `${path} is damaged: it is not JSON. Restore it from a backup`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && 'clusterId' in value && 'masterId' in value && 'incarnation' in value) {
    const { clusterId, masterId, incarnation } = value;
    const bootstrapMasters = 'founders' in value ? value.founders : null;
    const instanceId = 'life' in value ? value.life : null;
    const isNamed = typeof clusterId === 'string' && typeof masterId === 'string' && typeof instanceId === 'string';
    if (isNamed && isIncarnation(incarnation) && isBootstrapMasters(bootstrapMasters)) {
      return { clusterId, masterId, incarnation, instanceId, bootstrapMasters };
    }
  }
  if (typeof value === 'object' && value !== null && 'nodeId' in value) {
    throw new DfsError('NOT_INITIALIZED', `${path} is a datanode's: choose another folder for the master; nothing was changed`);
  }
  throw new DfsError(
    'NOT_INITIALIZED',
    `${path} is damaged: clusterId, masterId, incarnation, life or founders is missing. Restore it from a backup`,
  );
}

const isIncarnation = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function isBootstrapMasters(value: unknown): value is BootstrapMaster[] {
  const isBootstrapMaster = (item: unknown): boolean =>
    typeof item === 'object' &&
    item !== null &&
    'id' in item &&
    typeof item.id === 'string' &&
    'address' in item &&
    typeof item.address === 'string';
  return Array.isArray(value) && value.every(isBootstrapMaster);
}
