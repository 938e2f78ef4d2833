/**
 * Locks a data folder for one process: an exclusive lock on the file `lock` in the folder, released by the kernel when the process
 * dies. On Linux this is an open-file-description lock: two opens exclude each other even within one process, and closing another
 * descriptor of the file does not release the lock (unlike with POSIX record locks).
 */
import { close, constants, ftruncate, open, read, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DfsError } from '../../shared/errors.js';
import type { DiskLock } from '../../shared/runtime.js';
import { onDisk } from './base/disk-error.js';

const LOCK_FILE_NAME = 'lock';

const PID_BYTES_MAX = 32;

/** A plain descriptor: the garbage collector would close an unreferenced FileHandle, and thereby release the lock. */
const openDescriptor = promisify(open);
const closeDescriptor = promisify(close);
const truncateDescriptor = promisify(ftruncate);
const readDescriptor = promisify(read);
const writeDescriptor = promisify(write);

/**
 * Locks an existing folder.
 * @param folder absolute path
 * @throws DfsError DATA_DIR_LOCKED, which names the holder, NO_SPACE, IO_ERROR
 */
export async function lockFolder(folder: string): Promise<DiskLock> {
  const path = join(folder, LOCK_FILE_NAME);
  // Loaded here because a client has no data folder and does not need the native module.
  const { default: native } = await import('fs-native-extensions');
  const fd = await onDisk(`Cannot open "${path}"`, () => openDescriptor(path, constants.O_RDWR | constants.O_CREAT, 0o644));
  let held = false;
  try {
    held = await onDisk(`Cannot lock "${path}"`, async () => native.tryLock(fd));
    if (!held) throw await lockedError(folder, fd);
    await onDisk(`Cannot write "${path}"`, async () => {
      await truncateDescriptor(fd, 0);
      const pid = Buffer.from(`${process.pid}\n`);
      await writeDescriptor(fd, pid, 0, pid.length, 0);
    });
  } catch (error) {
    await closeDescriptor(fd);
    throw error;
  }
  return {
    async release() {
      if (!held) return;
      held = false;
      await onDisk(`Cannot release "${path}"`, async () => {
        await truncateDescriptor(fd, 0);
        await closeDescriptor(fd);
      });
    },
  };
}

async function lockedError(folder: string, fd: number): Promise<DfsError> {
  const text = Buffer.alloc(PID_BYTES_MAX);
  await onDisk(`Cannot read the lock of "${folder}"`, () => readDescriptor(fd, text, 0, PID_BYTES_MAX, 0));
  const pid = /^\d+/.exec(text.toString('latin1'))?.[0];
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return new DfsError('DATA_DIR_LOCKED', `Data folder "${folder}" is in use by ${holder}: stop it, or choose another --data-dir`);
}
