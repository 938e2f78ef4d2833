/** A data folder whose failed changes are noted: everything else is as on the disk itself. */
import type { Disk, DiskFile, DiskLock, DirectoryEntry, DiskSpace, OpenMode } from '../../shared/runtime.js';
import type { DiskHealth } from './disk-health.js';

export class WatchedDisk implements Disk {
  readonly #disk: Disk;
  readonly #health: DiskHealth;

  constructor(disk: Disk, health: DiskHealth) {
    this.#disk = disk;
    this.#health = health;
  }

  get root(): string {
    return this.#disk.root;
  }

  lock(): Promise<DiskLock> {
    return this.#disk.lock();
  }

  async open(path: string, mode: OpenMode, isPostponable?: boolean): Promise<DiskFile> {
    if (mode === 'read') return this.#disk.open(path, mode, isPostponable);
    return watched(await this.#noting(this.#disk.open(path, mode, isPostponable)), (change) => this.#noting(change));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#noting(this.#disk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#noting(this.#disk.remove(path));
  }

  list(path: string): Promise<DirectoryEntry[]> {
    return this.#disk.list(path);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#noting(this.#disk.makeDirectory(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#noting(this.#disk.syncDirectory(path));
  }

  space(): Promise<DiskSpace> {
    return this.#disk.space();
  }

  async #noting<T>(change: Promise<T>): Promise<T> {
    try {
      return await change;
    } catch (error) {
      this.#health.note(error);
      throw error;
    }
  }
}

function watched(file: DiskFile, noting: <T>(change: Promise<T>) => Promise<T>): DiskFile {
  return {
    read: (target, position) => file.read(target, position),
    write: (data, position) => noting(file.write(data, position)),
    sync: () => noting(file.sync()),
    truncate: (sizeBytes) => noting(file.truncate(sizeBytes)),
    sizeBytes: () => file.sizeBytes(),
    close: () => file.close(),
  };
}
