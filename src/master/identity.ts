/** Who this master is, on its disk: `identity.json`, whose presence says that the folder holds a cluster. */
import { uuidFromBytes } from '../shared/chunk-id.js';
import { DfsError, isDfsError } from '../shared/errors.js';
import type { Disk, Random } from '../shared/runtime.js';

export const IDENTITY_FILE = 'identity.json';
const TEMPORARY_FILE = 'identity.json.tmp';
const IDENTITY_BYTES_MAX = 4_096;

export interface Identity {
  readonly clusterId: string;
  readonly masterId: string;
  /** Random, made with the folder: a wiped master that comes back has another one. */
  readonly incarnation: string;
}

/** A new cluster's identity. */
export function makeIdentity(masterId: string, random: Random): Identity {
  return { clusterId: uuidFromBytes(random.bytes(16)), masterId, incarnation: uuidFromBytes(random.bytes(16)) };
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
    if (typeof clusterId === 'string' && typeof masterId === 'string' && typeof incarnation === 'string') {
      return { clusterId, masterId, incarnation };
    }
  }
  if (typeof value === 'object' && value !== null && 'nodeId' in value) {
    throw new DfsError('NOT_INITIALIZED', `${path} is a datanode's: choose another folder for the master; nothing was changed`);
  }
  throw new DfsError(
    'NOT_INITIALIZED',
    `${path} is damaged: clusterId, masterId or incarnation is missing. Restore it from a backup`,
  );
}
