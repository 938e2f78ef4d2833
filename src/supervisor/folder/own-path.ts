/** Whether a path belongs to this user: what another user put there is neither read nor removed. */
import { lstatSync } from 'node:fs';

/** Permission bits of others than the owner. */
const OTHERS = 0o077;

/** True for an existing path whose owner is this user; a link counts as itself. */
export function isOwn(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && stats.uid === ownUid(stats.uid);
}

/** True for a folder (and no link to one) of this user that no other user can enter. */
export function isPrivateFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (stats.mode & OTHERS) === 0 && stats.uid === ownUid(stats.uid);
}

/** @param otherwise the answer of a system without users */
const ownUid = (otherwise: number): number => process.getuid?.() ?? otherwise;
