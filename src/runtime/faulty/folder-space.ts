/** The free space of a node's folder while faults limit it. */
import type { Disk } from '../../shared/runtime.js';

/** Total size of the files in a folder, in bytes. Files that are removed during the scan, and those of unknown size, do not count. */
export async function usedBytesOf(disk: Pick<Disk, 'list'>, path = '.'): Promise<number> {
  let sum = 0;
  for (const { kind, name, sizeBytes } of await disk.list(path)) {
    if (kind === 'file') sum += sizeBytes ?? 0;
    else if (kind === 'directory') sum += await usedBytesOf(disk, path === '.' ? name : `${path}/${name}`);
  }
  return sum;
}

/** The free space of a folder while it is limited, updated by the operations of the disk. */
export class FolderSpace {
  readonly #disk: Disk;
  readonly #limitsBytes = new Map<number, number>();
  #usedBytes = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  get isLimited(): boolean {
    return this.#limitsBytes.size > 0;
  }

  get freeBytes(): number {
    return Math.max(0, Math.min(Infinity, ...this.#limitsBytes.values()) - this.#usedBytes);
  }

  /** @param limitBytes maximum size of the folder, as a number or as a function of its current size */
  async limit(id: number, limitBytes: number | ((usedBytes: number) => number)): Promise<void> {
    this.#usedBytes = await usedBytesOf(this.#disk);
    this.#limitsBytes.set(id, typeof limitBytes === 'number' ? limitBytes : limitBytes(this.#usedBytes));
  }

  unlimit(id: number): void {
    this.#limitsBytes.delete(id);
  }

  /** Reserves space for a growing file, at most the free space. @returns the reserved bytes */
  take(wantedBytes: number): number {
    const bytes = Math.max(0, Math.min(wantedBytes, this.freeBytes));
    this.#usedBytes += bytes;
    return bytes;
  }

  /** Releases the space of truncated or removed files. */
  give(bytes: number): void {
    this.#usedBytes = Math.max(0, this.#usedBytes - bytes);
  }

  /** @returns 0 when the file does not exist */
  async sizeOf(path: string): Promise<number> {
    try {
      const file = await this.#disk.open(path, 'read');
      try {
        return await file.sizeBytes();
      } finally {
        await file.close();
      }
    } catch {
      return 0;
    }
  }
}
