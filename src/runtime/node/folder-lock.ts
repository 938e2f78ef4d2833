/**
 * One process a data folder: an exclusive lock on the file `lock` in it, which the kernel lets go when the holder dies.
 * Linux: an open-file-description lock, so that two opens exclude each other even within one process, and closing some other
 * descriptor of the file lets nothing go (POSIX record locks fail at both).
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import type { DiskLock } from '../../shared/runtime.js';
import { onDisk } from './disk-error.js';

export const LOCK_FILE_NAME = 'lock';

const PID_BYTES_MAX = 32;

/**
 * Takes a folder that exists.
 * @param folder absolute path
 * @throws DfsError DATA_DIR_LOCKED naming the holder, NO_SPACE, IO_ERROR
 */
export async function lockFolder(folder: string): Promise<DiskLock> {
  const path = join(folder, LOCK_FILE_NAME);
  // Loaded here: a client has no data folder and need not pay for a native module.
  const { default: native } = await import('fs-native-extensions');
  const handle = await onDisk(`Cannot open "${path}"`, () => open(path, 'a+', 0o644));
  let held = false;
  try {
    held = await onDisk(`Cannot lock "${path}"`, async () => native.tryLock(handle.fd));
    if (!held) throw await lockedError(folder, handle);
    await onDisk(`Cannot write "${path}"`, async () => {
      await handle.truncate(0);
      await handle.write(`${process.pid}\n`);
    });
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    async release() {
      if (!held) return;
      held = false;
      await onDisk(`Cannot release "${path}"`, async () => {
        await handle.truncate(0);
        await handle.close();
      });
    },
  };
}

async function lockedError(folder: string, handle: FileHandle): Promise<DfsError> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(PID_BYTES_MAX), 0, PID_BYTES_MAX, 0);
  const pid = /^\d+/.exec(buffer.toString('latin1', 0, bytesRead))?.[0];
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return new DfsError('DATA_DIR_LOCKED', `Data folder "${folder}" is in use by ${holder}: stop it, or choose another --data-dir`);
}
