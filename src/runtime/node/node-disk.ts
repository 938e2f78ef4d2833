/** A node's folder on a real disk. */
import { constants } from 'node:fs';
import { open, readdir, rename, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import type { DirectoryEntry, Disk, DiskFile, DiskLock, DiskSpace, OpenMode } from '../../shared/runtime.js';
import { namesOf } from '../rules/disk-path.js';
import type { Closers } from './base/closers.js';
import { changeOnDisk, onDisk, systemCode } from './base/disk-error.js';
import { diskIdOf } from './disk-id.js';
import { DescriptorReserve } from './descriptor-reserve.js';
import { FolderDescriptor } from './folder-descriptor.js';
import { makeDirectories } from './base/make-directories.js';
import { sizeUnlessGone } from './size-unless-gone.js';
import { lockFolder } from './folder-lock.js';
import { NodeDiskFile } from './node-disk-file.js';

/** Types of Linux file systems in memory (statfs(2)): tmpfs, ramfs. */
const VOLATILE_MAGIC: readonly number[] = [0x01021994, 0x858458f6];

/** Number of concurrent stat calls while listing: enough to keep libuv's pool busy, without starving other disk work. */
const STAT_CONCURRENCY = 16;

/** Errors of Windows on opening or fsyncing a directory; Windows makes directories durable by itself. */
const NO_DIRECTORY_SYNC: readonly (string | undefined)[] = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'EBADF'];

/** The flag does not exist on Windows. */
const DIRECTORY_ONLY = process.platform === 'win32' ? 0 : constants.O_DIRECTORY;

export class NodeDisk implements Disk {
  readonly root: string;
  readonly #closers: Closers;
  readonly #reserve = new DescriptorReserve();
  /** Of the folder, while it is locked: its fsync must not fail for lack of a descriptor. */
  #folder: FolderDescriptor | null = null;

  /**
   * @param root the folder; `lock` or `makeDirectory('.')` make a missing folder
   * @param closers receives the held locks
   */
  constructor(root: string, closers: Closers) {
    this.root = resolve(root);
    this.#closers = closers;
  }

  async lock(): Promise<DiskLock> {
    await this.#makeRoot();
    const lock = await lockFolder(this.root);
    const release = async (): Promise<void> => {
      this.#reserve.empty();
      const folder = this.#folder;
      this.#folder = null;
      try {
        await folder?.close();
      } finally {
        await lock.release();
      }
    };
    try {
      if (process.platform !== 'win32') {
        this.#folder = await onDisk(`Cannot open folder "${this.root}"`, () => FolderDescriptor.open(this.root));
      }
    } catch (error) {
      await release();
      throw error;
    }
    this.#reserve.fill();
    const forget = this.#closers.add(release);
    return {
      async release() {
        forget();
        await release();
      },
    };
  }

  /** Makes the folder where it is missing, durably: what is made durable in it must not be lost with its name. */
  async #makeRoot(): Promise<void> {
    await changeOnDisk(`Cannot make folder "${this.root}"`, async () => {
      for (const folder of await makeDirectories(this.root)) await syncFolder(dirname(folder));
    });
  }

  async open(path: string, mode: OpenMode, isPostponable = mode === 'read'): Promise<DiskFile> {
    const absolute = this.#absolute(path);
    const open = (): Promise<NodeDiskFile> => NodeDiskFile.open(absolute, mode, () => this.#reserve.refill());
    return isPostponable ? open() : this.#reserve.using(open);
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#absolute(from);
    const target = this.#absolute(to);
    await changeOnDisk(`Cannot rename "${source}" to "${target}"`, () => rename(source, target));
  }

  async remove(path: string): Promise<void> {
    const target = this.#absolute(path);
    if (target === this.root) throw new DfsError('IO_ERROR', `Cannot remove "${path}": it is the data folder "${target}" itself`);
    await changeOnDisk(`Cannot remove "${target}"`, async () => {
      try {
        await unlink(target);
      } catch (error) {
        // unlink(2) of a directory: EISDIR on Linux, EPERM elsewhere. Only an empty directory is removed.
        const code = systemCode(error);
        if ((code !== 'EISDIR' && code !== 'EPERM') || !(await stat(target)).isDirectory()) throw error;
        await rmdir(target);
      }
    });
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const folder = this.#absolute(path);
    return onDisk(`Cannot list "${folder}"`, async () => {
      const found = await readdir(folder, { withFileTypes: true });
      const entries: DirectoryEntry[] = [];
      const queue = found.values();
      const worker = async (): Promise<void> => {
        for (const entry of queue) {
          if (entry.isFile()) {
            const sizeBytes = await sizeUnlessGone(() => stat(join(folder, entry.name)));
            if (sizeBytes !== 'gone') entries.push({ name: entry.name, kind: 'file', sizeBytes });
          } else {
            entries.push({ name: entry.name, kind: entry.isDirectory() ? 'directory' : 'other', sizeBytes: 0 });
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(STAT_CONCURRENCY, found.length) }, worker));
      return entries;
    });
  }

  async makeDirectory(path: string): Promise<void> {
    const folder = this.#absolute(path);
    await changeOnDisk(`Cannot make folder "${folder}"`, async () => {
      await makeDirectories(folder);
    });
  }

  async syncDirectory(path: string): Promise<void> {
    const folder = this.#absolute(path);
    await onDisk(`Cannot fsync folder "${folder}"`, async () => {
      if (folder === this.root && this.#folder !== null) {
        await this.#folder.sync();
        return;
      }
      await this.#reserve.using(() => syncFolder(folder));
      this.#reserve.refill();
    });
  }

  async space(): Promise<DiskSpace> {
    return onDisk(`Cannot get the free space of "${this.root}"`, async () => {
      const [{ bsize, blocks, bavail, type }, { dev }] = await Promise.all([statfs(this.root), stat(this.root)]);
      return {
        totalBytes: blocks * bsize,
        freeBytes: bavail * bsize,
        isVolatile: process.platform === 'linux' && VOLATILE_MAGIC.includes(type),
        diskId: diskIdOf(dev),
      };
    });
  }

  #absolute(path: string): string {
    return join(this.root, ...namesOf(path));
  }
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY | DIRECTORY_ONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (process.platform !== 'win32' || !NO_DIRECTORY_SYNC.includes(systemCode(error))) throw error;
  }
}
