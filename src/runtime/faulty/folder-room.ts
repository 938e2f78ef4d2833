/** How much a node's folder may still hold while faults take room away. */
import type { Disk } from '../../shared/runtime.js';

/** What its files have in all, in bytes. Those that go while it looks count as gone. */
export async function usedBytesOf(disk: Pick<Disk, 'list'>, path = '.'): Promise<number> {
  let sum = 0;
  for (const { kind, name, sizeBytes } of await disk.list(path)) {
    if (kind === 'file') sum += sizeBytes;
    else if (kind === 'directory') sum += await usedBytesOf(disk, path === '.' ? name : `${path}/${name}`);
  }
  return sum;
}

/** Room of a folder, while it is limited: kept up to date by what the disk does meanwhile. */
export class FolderRoom {
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

  /** @param limitBytes how much the folder may hold in all, as a number or from what it holds now */
  async limit(id: number, limitBytes: number | ((usedBytes: number) => number)): Promise<void> {
    this.#usedBytes = await usedBytesOf(this.#disk);
    this.#limitsBytes.set(id, typeof limitBytes === 'number' ? limitBytes : limitBytes(this.#usedBytes));
  }

  unlimit(id: number): void {
    this.#limitsBytes.delete(id);
  }

  /** Takes room for a file to grow, at most what is free. @returns by how much it may */
  take(wantedBytes: number): number {
    const bytes = Math.max(0, Math.min(wantedBytes, this.freeBytes));
    this.#usedBytes += bytes;
    return bytes;
  }

  /** Files have become smaller by so much, or gone. */
  give(bytes: number): void {
    this.#usedBytes = Math.max(0, this.#usedBytes - bytes);
  }

  /** @returns 0 when there is no such file */
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
