/** Who this master is, on its disk: `identity.json`, whose presence says that the folder holds a cluster. */
import { createHash } from 'node:crypto';
import { uuidFromBytes } from '../../shared/chunk-id.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { Disk, Random } from '../../shared/runtime.js';
import type { BootstrapMaster } from './config.js';

export const IDENTITY_FILE = 'identity.json';
const TEMPORARY_FILE = 'identity.json.tmp';
const IDENTITY_BYTES_MAX = 16_384;

/** Of the masters that found a cluster. Every other one gets a larger number from the leader. */
export const BOOTSTRAP_INCARNATION = 1;

export interface Identity {
  readonly clusterId: string;
  readonly masterId: string;
  /** Which life of the master this folder is: one that lost its disk is another one, and not heard as the old one. */
  readonly incarnation: number;
  /** Random, made with the folder. A founder that lost its disk and is started as at first has the same incarnation, and another life. */
  readonly life: string;
  /** Who founded the cluster, this master among them, and where they were; empty for one that was added later. */
  readonly founders: readonly BootstrapMaster[];
}

/**
 * The identity of a master that founds a cluster. The id of a cluster with several founders is made of its key and their list: masters
 * that were given different ones are foreign to each other.
 * @param founders the whole list, this master in it
 * @param clusterKey null: chosen at random, for a single founder
 */
export function bootstrapIdentity(
  masterId: string,
  founders: readonly BootstrapMaster[],
  clusterKey: string | null,
  random: Random,
): Identity {
  const list = founders.map(({ id, address }) => ({ id, address })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const seed = JSON.stringify([clusterKey, list.map(({ id, address }) => [id, address])]);
  const bytes = clusterKey === null ? random.bytes(16) : createHash('sha256').update(seed).digest().subarray(0, 16);
  const life = uuidFromBytes(random.bytes(16));
  return { clusterId: uuidFromBytes(bytes), masterId, incarnation: BOOTSTRAP_INCARNATION, life, founders: list };
}

/** The identity of a master that was invited into a cluster. */
export function invitedIdentity(invitation: Pick<Identity, 'clusterId' | 'masterId' | 'incarnation'>, random: Random): Identity {
  const { clusterId, masterId, incarnation } = invitation;
  return { clusterId, masterId, incarnation, life: uuidFromBytes(random.bytes(16)), founders: [] };
}

/**
 * Puts the identity in place: temporary name, fsync, rename, fsync of the folder. After this the folder holds a cluster.
 * @throws DfsError of the disk
 */
export async function writeIdentity(disk: Disk, identity: Identity): Promise<void> {
  const file = await disk.open(TEMPORARY_FILE, 'create');
  try {
    const bytes = new TextEncoder().encode(`${JSON.stringify(identity, null, 2)}\n`);
    await file.truncate(0);
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(TEMPORARY_FILE, IDENTITY_FILE);
  await disk.syncDirectory('.');
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
 * @returns the folder's identity, or null when it holds no cluster
 * @throws DfsError NOT_INITIALIZED when the file cannot be understood
 */
export async function readIdentity(disk: Disk): Promise<Identity | null> {
  let text: string;
  try {
    const file = await disk.open(IDENTITY_FILE, 'read');
    try {
      const bytes = new Uint8Array(IDENTITY_BYTES_MAX);
      text = new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, 0)));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isDfsError(error, 'NOT_FOUND')) return null;
    throw error;
  }
  return parseIdentity(text, `${disk.root}/${IDENTITY_FILE}`);
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
    const founders = 'founders' in value ? value.founders : null;
    const life = 'life' in value ? value.life : null;
    const isNamed = typeof clusterId === 'string' && typeof masterId === 'string' && typeof life === 'string';
    if (isNamed && isIncarnation(incarnation) && isFounders(founders)) {
      return { clusterId, masterId, incarnation, life, founders };
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

function isFounders(value: unknown): value is BootstrapMaster[] {
  const isFounder = (item: unknown): boolean =>
    typeof item === 'object' &&
    item !== null &&
    'id' in item &&
    typeof item.id === 'string' &&
    'address' in item &&
    typeof item.address === 'string';
  return Array.isArray(value) && value.every(isFounder);
}
