/**
 * Folders of labs. Each running lab has an entry in the labs folder of its user, named by its start time: the lab's own folder or, for
 * a lab in a folder that the user gave, a link to that folder. The entries of another user are never read.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectoriesSync } from '../../runtime/node/base/make-directories.js';
import { DfsError } from '../../shared/errors.js';
import { readLabRecord, readRunningRecord, removeRunningRecord } from './lab-record.js';
import { isOwn, isPrivateFolder } from './own-path.js';
import { isRunning } from './process-identity.js';
import { messageOf } from '../../shared/error-text.js';

/** Directly below /tmp, whose sticky bit keeps other users from renaming or removing it. */
export const LABS_DIR = `/tmp/distrifs-labs-${process.getuid?.() ?? 'user'}`;
/** Portable limit of a Unix socket's path; macOS allows 103 bytes. */
const SOCKET_PATH_BYTES_MAX = 100;

export interface LabFolder {
  readonly dir: string;
  /** Entry in LABS_DIR: the folder itself, or a link to the folder. */
  readonly entry: string;
  readonly temporary: boolean;
  /** Path of the control socket: in the folder, in a form that is short enough. */
  readonly control: string;
}

/**
 * Creates or takes a lab's folder and its entry.
 * @param given default: a new folder that is removed when the lab ends
 * @param labsDir the folder of the entries
 * @throws DfsError DATA_DIR_LOCKED when a lab runs there, INVALID_ARGUMENT when the folder holds something else, IO_ERROR
 */
export function openLabFolder(given?: string, labsDir = LABS_DIR): LabFolder {
  makeLabsDir(labsDir);
  const entry = join(labsDir, `${new Date().toISOString().replaceAll(/[-:.TZ]/g, '')}-${randomBytes(3).toString('hex')}`);
  try {
    if (given === undefined) {
      mkdirSync(entry, { mode: 0o700 });
      return { dir: entry, entry, temporary: true, control: join(entry, 'control.sock') };
    }
    const dir = makeGivenFolder(given);
    symlinkSync(realpathSync(dir), entry);
    const own = join(dir, 'control.sock');
    const control = Buffer.byteLength(own) <= SOCKET_PATH_BYTES_MAX ? own : join(entry, 'control.sock');
    return { dir, entry, temporary: false, control };
  } catch (error) {
    throw asFolderError(given ?? entry, error);
  }
}

/**
 * Creates a folder that the user gave for a lab, when the folder is missing.
 * @returns its absolute path
 * @throws DfsError DATA_DIR_LOCKED when a lab runs there, INVALID_ARGUMENT when the folder holds something else, IO_ERROR
 */
export function makeGivenFolder(given: string): string {
  try {
    const dir = resolve(given);
    makeDirectoriesSync(dir);
    assertUsable(dir);
    return dir;
  } catch (error) {
    throw asFolderError(given, error);
  }
}

function asFolderError(path: string, error: unknown): DfsError {
  if (error instanceof DfsError) return error;
  const reason = messageOf(error);
  return new DfsError('IO_ERROR', `Cannot make the lab's folder "${path}": ${reason}`, { cause: error });
}

/** Removes the entry, and the folder with its content when the folder was created for this lab. */
export function removeLabFolder(folder: LabFolder): void {
  if (folder.temporary) {
    rmSync(folder.dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } else {
    removeRunningRecord(folder.dir);
    rmSync(join(folder.dir, 'control.sock'), { force: true });
    rmSync(folder.entry, { force: true });
  }
}

/**
 * Entries of this user, the newest first. None where the labs folder, which anyone may create below /tmp, belongs to another user.
 */
export function labEntries(labsDir = LABS_DIR): string[] {
  try {
    if (!isPrivateFolder(labsDir)) return [];
    return readdirSync(labsDir)
      .sort()
      .reverse()
      .map((name) => join(labsDir, name))
      .filter(isOwn);
  } catch {
    return [];
  }
}

/** @throws DfsError IO_ERROR when it cannot be made, PERMISSION_DENIED when it belongs to another user or is open to others */
function makeLabsDir(labsDir: string): void {
  try {
    mkdirSync(labsDir, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw new DfsError('IO_ERROR', `Cannot make the folder ${labsDir}, where labs live: ${messageOf(error)}`, { cause: error });
    }
  }
  if (isPrivateFolder(labsDir)) return;
  throw new DfsError(
    'PERMISSION_DENIED',
    `Cannot use ${labsDir}, where labs live: it must be a folder of this user that others cannot enter (mode 0700)`,
  );
}

function assertUsable(dir: string): void {
  const running = readRunningRecord(dir);
  if (running !== null && isRunning(running.owner)) {
    throw new DfsError('DATA_DIR_LOCKED', `A lab runs in "${dir}" already (process ${running.owner.pid})`);
  }
  if (running === null && readLabRecord(dir) === null && readdirSync(dir).length > 0) {
    throw new DfsError('INVALID_ARGUMENT', `The folder "${dir}" does not hold a lab: give an empty or a new folder`);
  }
}
