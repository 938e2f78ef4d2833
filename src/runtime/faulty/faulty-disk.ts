/** A disk on which faults can be put in force, one by one. Without any it is the disk that it wraps, and one look at a flag. */
import { DfsError } from '../../shared/errors.js';
import type { Clock, DirectoryEntry, Disk, DiskFile, DiskLock, DiskSpace, OpenMode } from '../../shared/runtime.js';
import { concerns, delayMsOf } from '../faults/disk-fault.js';
import type { DiskFault, DiskOperation, TouchedBytes } from '../faults/disk-fault.js';
import { FolderRoom } from './folder-room.js';

interface InForce {
  readonly fault: DiskFault;
  hits: number;
}

export interface FaultyDiskOptions {
  readonly disk: Disk;
  readonly clock: Pick<Clock, 'sleep'>;
  /** 0 <= x < 1 */
  readonly chance: () => number;
  /** What an fsync that fails does to a file of the disk, beside failing. */
  readonly onFailedSync: (file: DiskFile) => Promise<void>;
  /** The power is gone: the disk beneath does not settle any call, and no fault may. */
  readonly isCut: () => boolean;
}

const ROOT: readonly string[] = ['.'];

export class FaultyDisk implements Disk {
  readonly root: string;
  readonly #options: FaultyDiskOptions;
  readonly #disk: Disk;
  readonly #room: FolderRoom;
  readonly #faults = new Map<number, InForce>();

  constructor(options: FaultyDiskOptions) {
    this.root = options.disk.root;
    this.#options = options;
    this.#disk = options.disk;
    this.#room = new FolderRoom(options.disk);
  }

  /** Any fault is in force. */
  get isFaulty(): boolean {
    return this.#faults.size > 0;
  }

  get room(): FolderRoom {
    return this.#room;
  }

  /** @param limitBytes of `fill`: how much the folder may hold in all; left out: what it holds now and `freeBytes` */
  async inject(id: number, fault: DiskFault, limitBytes?: number): Promise<void> {
    this.#faults.set(id, { fault, hits: 0 });
    try {
      if (fault.kind === 'enospc') await this.#room.limit(id, 0);
      if (fault.kind === 'fill') await this.#room.limit(id, limitBytes ?? ((usedBytes) => usedBytes + fault.freeBytes));
    } catch (error) {
      this.#faults.delete(id);
      throw error;
    }
    // Lifted while the folder was looked at.
    if (!this.#faults.has(id)) this.#room.unlimit(id);
  }

  /** @returns how often it struck; undefined: it is not in force */
  hits(id: number): number | undefined {
    return this.#faults.get(id)?.hits;
  }

  lift(id: number): void {
    this.#faults.delete(id);
    this.#room.unlimit(id);
  }

  lock(): Promise<DiskLock> {
    return this.call('lock', ROOT, () => this.#disk.lock());
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    return new FaultyFile(this, this.#options, path, await this.call('open', [path], () => this.#disk.open(path, mode)));
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
    return this.call('syncDirectory', [path], () => this.#disk.syncDirectory(path));
  }

  async space(): Promise<DiskSpace> {
    const space = await this.call('space', ROOT, () => this.#disk.space());
    const { freeBytes } = this.#room;
    if (freeBytes >= space.freeBytes) return space;
    this.noteNoRoom();
    return { ...space, freeBytes };
  }

  /** Carries an operation out as the faults in force let it. @param onFailure what it does when it is made to fail */
  call<T>(
    operation: DiskOperation,
    paths: readonly string[],
    effect: () => Promise<T>,
    touched: TouchedBytes | null = null,
    onFailure?: () => Promise<void>,
  ): Promise<T> {
    return this.#faults.size === 0 ? effect() : this.#struck(operation, paths, effect, touched, onFailure);
  }

  /** A call found too little room, or was told of it. */
  noteNoRoom(): void {
    for (const inForce of this.#faults.values()) {
      if (inForce.fault.kind === 'enospc' || inForce.fault.kind === 'fill') inForce.hits++;
    }
  }

  async #struck<T>(
    operation: DiskOperation,
    paths: readonly string[],
    effect: () => Promise<T>,
    touched: TouchedBytes | null,
    onFailure?: () => Promise<void>,
  ): Promise<T> {
    const delayMs = this.#takeDelay(operation);
    if (delayMs > 0) await this.#options.clock.sleep(delayMs);
    if (this.#options.isCut()) return effect();
    for (const inForce of this.#faults.values()) {
      const { fault } = inForce;
      if (fault.kind !== 'eio' || !concerns(fault, operation, paths, touched)) continue;
      if (this.#options.chance() >= fault.probability) continue;
      inForce.hits++;
      await onFailure?.();
      throw new DfsError('IO_ERROR', `Disk operation ${operation} of "${paths.join('", "')}" failed: a fault in force`);
    }
    return effect();
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

  /** An operation after which the file at a path is not there any more. */
  async #freeing(path: string, effect: () => Promise<void>): Promise<void> {
    const bytes = this.#room.isLimited ? await this.#room.sizeOf(path) : 0;
    await effect();
    this.#room.give(bytes);
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
    return this.#disk.call('write', this.#paths, () => this.#writeInRoom(data, position), { position, bytes: data.length });
  }

  sync(): Promise<void> {
    const onFailure = (): Promise<void> => this.#options.onFailedSync(this.#file);
    return this.#disk.call('sync', this.#paths, () => this.#file.sync(), null, onFailure);
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#disk.call('truncate', this.#paths, () => this.#truncateInRoom(sizeBytes));
  }

  sizeBytes(): Promise<number> {
    return this.#disk.call('sizeBytes', this.#paths, () => this.#file.sizeBytes());
  }

  close(): Promise<void> {
    return this.#disk.call('close', this.#paths, () => this.#file.close());
  }

  /** As much as there is room for. */
  async #writeInRoom(data: Uint8Array, position: number): Promise<void> {
    const { room } = this.#disk;
    if (!room.isLimited || data.length === 0) return this.#file.write(data, position);
    const sizeBytes = await this.#file.sizeBytes();
    const wanted = Math.max(0, position + data.length - sizeBytes);
    const taken = room.take(wanted);
    const fitting = Math.max(0, Math.min(data.length, data.length - (wanted - taken)));
    if (fitting > 0) await this.#file.write(data.subarray(0, fitting), position);
    else room.give(taken);
    if (taken === wanted) return;
    this.#disk.noteNoRoom();
    throw new DfsError(
      'NO_SPACE',
      `Cannot write ${data.length} bytes at ${position} of "${this.#path}": ${fitting} fitted on the disk`,
    );
  }

  async #truncateInRoom(sizeBytes: number): Promise<void> {
    const { room } = this.#disk;
    if (!room.isLimited) return this.#file.truncate(sizeBytes);
    const wanted = sizeBytes - (await this.#file.sizeBytes());
    if (wanted > room.freeBytes) {
      this.#disk.noteNoRoom();
      throw new DfsError('NO_SPACE', `Cannot make "${this.#path}" ${sizeBytes} bytes long: ${room.freeBytes} bytes are free`);
    }
    if (wanted > 0) room.take(wanted);
    await this.#file.truncate(sizeBytes);
    if (wanted < 0) room.give(-wanted);
  }
}
