/** A disk into which faults can be injected, one by one. Without faults it passes all calls to the wrapped disk. */
import { DfsError } from '../../shared/errors.js';
import type { Clock, DirectoryEntry, Disk, DiskFile, DiskLock, DiskSpace, OpenMode } from '../../shared/runtime.js';
import { concerns, delayMsOf, hangs, injectedFailure, isLie } from '../faults/disk-fault.js';
import type { DiskFault, DiskOperation, TouchedBytes } from '../faults/disk-fault.js';
import { FolderSpace } from './folder-space.js';

interface InForce {
  readonly fault: DiskFault;
  hits: number;
  /** Resolves at the end of the fault. */
  readonly lifted: Promise<void>;
  readonly end: () => void;
}

export interface FaultyDiskOptions {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'sleep'>;
  /** 0 <= x < 1 */
  readonly chance: () => number;
  /** The effect of a failed fsync on a file, besides the error. */
  readonly onFailedSync: (file: DiskFile) => Promise<void>;
  /** True after a power cut: the wrapped disk settles no call, and no fault may. */
  readonly isCut: () => boolean;
}

const ROOT: readonly string[] = ['.'];

export class FaultyDisk implements Disk {
  readonly root: string;
  readonly #options: FaultyDiskOptions;
  readonly #disk: Disk;
  readonly #space: FolderSpace;
  readonly #faults = new Map<number, InForce>();

  constructor(options: FaultyDiskOptions) {
    this.root = options.disk.root;
    this.#options = options;
    this.#disk = options.disk;
    this.#space = new FolderSpace(options.disk);
  }

  /** Whether any fault is active. */
  get isFaulty(): boolean {
    return this.#faults.size > 0;
  }

  get folderSpace(): FolderSpace {
    return this.#space;
  }

  /** @param limitBytes for `fill`: maximum size of the folder. Default: its current size plus `freeBytes` */
  async inject(id: number, fault: DiskFault, limitBytes?: number): Promise<void> {
    let end = (): void => undefined;
    const lifted = new Promise<void>((resolve) => (end = resolve));
    this.#faults.set(id, { fault, hits: 0, lifted, end });
    try {
      if (fault.kind === 'enospc') await this.#space.limit(id, 0);
      if (fault.kind === 'fill') await this.#space.limit(id, limitBytes ?? ((usedBytes) => usedBytes + fault.freeBytes));
    } catch (error) {
      this.#faults.delete(id);
      throw error;
    }
    // The fault was lifted while the folder's size was determined.
    if (!this.#faults.has(id)) this.#space.unlimit(id);
  }

  /** @returns the number of effects; undefined: the fault is not active */
  hits(id: number): number | undefined {
    return this.#faults.get(id)?.hits;
  }

  lift(id: number): void {
    this.#faults.get(id)?.end();
    this.#faults.delete(id);
    this.#space.unlimit(id);
  }

  lock(): Promise<DiskLock> {
    return this.call('lock', ROOT, () => this.#disk.lock());
  }

  async open(path: string, mode: OpenMode, isPostponable?: boolean): Promise<DiskFile> {
    const file = await this.call('open', [path], () => this.#disk.open(path, mode, isPostponable));
    return new FaultyFile(this, this.#options, path, file);
  }

  rename(from: string, to: string): Promise<void> {
    return this.call('rename', [from, to], () => this.#freeing(to, () => this.#disk.rename(from, to)));
  }

  remove(path: string): Promise<void> {
    return this.call('remove', [path], () => this.#freeing(path, () => this.#disk.remove(path)));
  }

  list(path: string): Promise<DirectoryEntry[]> {
    return this.call('list', [path], () => this.#disk.list(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.call('makeDirectory', [path], () => this.#disk.makeDirectory(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.call('syncDirectory', [path], () => this.unlessLie('syncDirectory', () => this.#disk.syncDirectory(path)));
  }

  async space(): Promise<DiskSpace> {
    const space = await this.call('space', ROOT, () => this.#disk.space());
    const { freeBytes } = this.#space;
    if (freeBytes >= space.freeBytes) return space;
    this.noteNoSpace();
    return { ...space, freeBytes };
  }

  /** Carries out an operation under the active faults. @param onFailure called before an injected failure is thrown */
  call<T>(
    operation: DiskOperation,
    paths: readonly string[],
    effect: () => Promise<T>,
    touched: TouchedBytes | null = null,
    onFailure?: () => Promise<void>,
  ): Promise<T> {
    return this.#faults.size === 0 ? effect() : this.#callWithFaults(operation, paths, effect, touched, onFailure);
  }

  /** Carries a sync out, unless the disk only says that it did. */
  async unlessLie(operation: DiskOperation, effect: () => Promise<void>): Promise<void> {
    const lies = [...this.#faults.values()].filter(({ fault }) => isLie(fault, operation));
    for (const active of lies) active.hits++;
    // After a power cut nothing settles, the lie neither.
    if (lies.length === 0 || this.#options.isCut()) await effect();
  }

  /** Counts a call that found, or reported, too little space. */
  noteNoSpace(): void {
    for (const active of this.#faults.values()) {
      if (active.fault.kind === 'enospc' || active.fault.kind === 'fill') active.hits++;
    }
  }

  async #callWithFaults<T>(
    operation: DiskOperation,
    paths: readonly string[],
    effect: () => Promise<T>,
    touched: TouchedBytes | null,
    onFailure?: () => Promise<void>,
  ): Promise<T> {
    await this.#hungUntil(operation, paths);
    const delayMs = this.#takeDelay(operation);
    if (delayMs > 0) await this.#options.clock.sleep(delayMs);
    if (this.#options.isCut()) return effect();
    for (const active of this.#faults.values()) {
      const { fault } = active;
      if (fault.kind !== 'eio' || !concerns(fault, operation, paths, touched)) continue;
      if (this.#options.chance() >= fault.probability) continue;
      active.hits++;
      await onFailure?.();
      throw injectedFailure(fault, operation, paths);
    }
    return effect();
  }

  /** Resolves when an operation that begins now may go on. */
  async #hungUntil(operation: DiskOperation, paths: readonly string[]): Promise<void> {
    for (const active of [...this.#faults.values()]) {
      if (!hangs(active.fault, operation, paths)) continue;
      active.hits++;
      await active.lifted;
    }
  }

  #takeDelay(operation: DiskOperation): number {
    let sumMs = 0;
    for (const inForce of this.#faults.values()) {
      const delayMs = delayMsOf(inForce.fault, operation);
      if (delayMs === undefined) continue;
      inForce.hits++;
      sumMs += delayMs;
    }
    return sumMs;
  }

  /** An operation after which the file at a path no longer exists. */
  async #freeing(path: string, effect: () => Promise<void>): Promise<void> {
    const bytes = this.#space.isLimited ? await this.#space.sizeOf(path) : 0;
    await effect();
    this.#space.give(bytes);
  }
}

class FaultyFile implements DiskFile {
  readonly #disk: FaultyDisk;
  readonly #options: FaultyDiskOptions;
  readonly #path: string;
  readonly #paths: readonly string[];
  readonly #file: DiskFile;

  constructor(disk: FaultyDisk, options: FaultyDiskOptions, path: string, file: DiskFile) {
    this.#disk = disk;
    this.#options = options;
    this.#path = path;
    this.#paths = [path];
    this.#file = file;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    const effect = (): Promise<number> => this.#file.read(target, position);
    if (!this.#disk.isFaulty) return effect();
    return this.#disk.call('read', this.#paths, effect, { position, bytes: target.length });
  }

  write(data: Uint8Array, position: number): Promise<void> {
    if (!this.#disk.isFaulty) return this.#file.write(data, position);
    return this.#disk.call('write', this.#paths, () => this.#writeInSpace(data, position), { position, bytes: data.length });
  }

  sync(): Promise<void> {
    const onFailure = (): Promise<void> => this.#options.onFailedSync(this.#file);
    return this.#disk.call('sync', this.#paths, () => this.#disk.unlessLie('sync', () => this.#file.sync()), null, onFailure);
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#disk.call('truncate', this.#paths, () => this.#truncateInSpace(sizeBytes));
  }

  sizeBytes(): Promise<number> {
    return this.#disk.call('sizeBytes', this.#paths, () => this.#file.sizeBytes());
  }

  close(): Promise<void> {
    return this.#disk.call('close', this.#paths, () => this.#file.close());
  }

  /** Writes as much as fits into the free space. */
  async #writeInSpace(data: Uint8Array, position: number): Promise<void> {
    const { folderSpace } = this.#disk;
    if (!folderSpace.isLimited || data.length === 0) return this.#file.write(data, position);
    const sizeBytes = await this.#file.sizeBytes();
    const wanted = Math.max(0, position + data.length - sizeBytes);
    const taken = folderSpace.take(wanted);
    const fitting = Math.max(0, Math.min(data.length, data.length - (wanted - taken)));
    if (fitting > 0) await this.#file.write(data.subarray(0, fitting), position);
    else folderSpace.give(taken);
    if (taken === wanted) return;
    this.#disk.noteNoSpace();
    throw new DfsError(
      'NO_SPACE',
      `Cannot write ${data.length} bytes at ${position} of "${this.#path}": ${fitting} fitted on the disk`,
    );
  }

  async #truncateInSpace(sizeBytes: number): Promise<void> {
    const { folderSpace } = this.#disk;
    if (!folderSpace.isLimited) return this.#file.truncate(sizeBytes);
    const wanted = sizeBytes - (await this.#file.sizeBytes());
    if (wanted > folderSpace.freeBytes) {
      this.#disk.noteNoSpace();
      throw new DfsError(
        'NO_SPACE',
        `Cannot make "${this.#path}" ${sizeBytes} bytes long: ${folderSpace.freeBytes} bytes are free`,
      );
    }
    if (wanted > 0) folderSpace.take(wanted);
    await this.#file.truncate(sizeBytes);
    if (wanted < 0) folderSpace.give(-wanted);
  }
}
