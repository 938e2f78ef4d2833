/** Disk of the simulated runtime: calls of one process on its machine's disk, each an event with a latency. */
import { crc32 } from '../../shared/crc32.js';
import { DfsError } from '../../shared/errors.js';
import type { Disk, DiskFile, DiskLock, DiskSpace, DirectoryEntry, OpenMode } from '../../shared/runtime.js';
import type { FileNode } from './file-node.js';
import type { DiskOperation, MachineDisk } from './machine-disk.js';
import type { SimProcess } from './sim-process.js';

/** An fsync waits for the disk; other calls end in the page cache. */
const CACHED_LATENCY_US = { min: 10, max: 150 };
const SYNC_LATENCY_US = { min: 100, max: 2_000 };
/** Moving bytes, at about 2 GB/s. */
const BYTES_PER_US = 2_000;

/** Shorter writes appear in trace and digest with their CRC32. */
const FINGERPRINT_BYTES_MAX = 4_096;

/** Properties of a call besides its effect. */
interface DiskCallMore {
  /** Shown in the record. */
  readonly detail?: string;
  /** Number of bytes that the call moves. */
  readonly bytes?: number;
  /** The range in the file, of a read or write. */
  readonly position?: number;
  /** The effect of an injected failure besides the error. */
  readonly onFailure?: () => void;
  /** The possible remains of the call when the process dies first. Default: nothing, or the whole effect. */
  readonly onDeath?: (() => void) | undefined;
}

const NO_MORE: DiskCallMore = {};
/** The path for operations on the folder itself. */
const ROOT: readonly string[] = ['.'];

/** Performs the disk calls of one process; shared by its Disk and its open files. */
class DiskCalls {
  readonly disk: MachineDisk;
  readonly process: SimProcess;

  constructor(disk: MachineDisk, process: SimProcess) {
    this.disk = disk;
    this.process = process;
  }

  call<T>(operation: DiskOperation, paths: readonly string[], effect: () => T, more = NO_MORE): Promise<T> {
    const hung = this.disk.hungUntil(operation, paths);
    // Of a process that has died meanwhile, the call is never settled.
    if (hung !== undefined) return hung.then(() => this.call(operation, paths, effect, more));
    const { random, scheduler } = this.process.host;
    const { min, max } = operation === 'sync' || operation === 'syncDirectory' ? SYNC_LATENCY_US : CACHED_LATENCY_US;
    const latencyUs = random.integer(min, max) + (more.bytes ?? 0) / BYTES_PER_US + this.disk.extraLatencyUs(operation);
    const label = `disk.${operation} ${paths.join(' > ')}${more.detail === undefined ? '' : ` ${more.detail}`}`;
    const touched = more.position === undefined ? null : { position: more.position, bytes: more.bytes ?? 0 };
    const struck = (): T => {
      const failure = this.disk.takeFailure(operation, paths, touched);
      if (failure === undefined) return this.#carryOut(operation, effect);
      more.onFailure?.();
      throw failure;
    };
    return this.process.perform(label, struck, { atUs: scheduler.nowUs + latencyUs, onDeath: more.onDeath });
  }

  #carryOut<T>(operation: DiskOperation, effect: () => T): T {
    try {
      const value = effect();
      this.disk.noteRoom(operation);
      return value;
    } catch (error) {
      this.disk.noteRoom(operation, error);
      throw error;
    }
  }

  /** The effect of a sync, which a disk may only say that it had. */
  unlessLie(operation: DiskOperation, effect: () => void): () => void {
    return () => {
      if (!this.disk.isLie(operation)) effect();
    };
  }

  /** The `onDeath` of a call that the kernel may or may not have begun. */
  perhaps(effect: () => unknown): () => void {
    return () => {
      if (!this.process.host.random.chance(0.5)) return;
      try {
        effect();
      } catch (error) {
        // The process is dead: the failure is dropped.
        if (!(error instanceof DfsError)) throw error;
      }
    };
  }
}

class MemoryFile implements DiskFile {
  readonly #calls: DiskCalls;
  readonly #node: FileNode;
  readonly #path: string;
  readonly #paths: readonly string[];
  readonly #isWritable: boolean;
  #isOpen = true;

  constructor(calls: DiskCalls, node: FileNode, path: string, mode: OpenMode) {
    this.#calls = calls;
    this.#node = node;
    this.#path = path;
    this.#paths = [path];
    this.#isWritable = mode !== 'read';
  }

  read(target: Uint8Array, position: number): Promise<number> {
    const effect = (): number => this.#node.read(target, position);
    return this.#call('read', effect, { detail: `@${position} ${target.length}`, bytes: target.length, position });
  }

  write(data: Uint8Array, position: number): Promise<void> {
    const { random } = this.#calls.process.host;
    const print = data.length <= FINGERPRINT_BYTES_MAX ? `:${crc32(data).toString(16)}` : '';
    const write = (bytes: Uint8Array) => (): void => {
      this.#calls.disk.image.write(this.#node, bytes, position, this.#path);
    };
    return this.#call('write', write(data), {
      detail: `@${position} +${data.length}${print}`,
      bytes: data.length,
      position,
      // A SIGKILL during a write leaves the beginning of the data.
      onDeath: this.#calls.perhaps(() => {
        const doneBytes = random.chance(0.5) ? data.length : random.integer(0, data.length);
        write(data.subarray(0, doneBytes))();
      }),
    });
  }

  sync(): Promise<void> {
    const effect = this.#calls.unlessLie('sync', () => this.#node.sync());
    const onFailure = (): void => this.#node.failSync(this.#calls.process.host.random);
    return this.#call('sync', effect, { onFailure, onDeath: this.#calls.perhaps(effect) });
  }

  truncate(sizeBytes: number): Promise<void> {
    const effect = (): void => this.#calls.disk.image.truncate(this.#node, sizeBytes, this.#path);
    return this.#call('truncate', effect, { detail: `${sizeBytes}`, onDeath: this.#calls.perhaps(effect) });
  }

  sizeBytes(): Promise<number> {
    return this.#call('sizeBytes', () => this.#node.sizeBytes);
  }

  close(): Promise<void> {
    return this.#calls.call('close', this.#paths, () => void (this.#isOpen = false));
  }

  #call<T>(operation: DiskOperation, effect: () => T, more?: DiskCallMore): Promise<T> {
    const checked = (): T => {
      if (!this.#isOpen) throw new DfsError('IO_ERROR', `Cannot ${operation} "${this.#path}": it was closed`);
      if (!this.#isWritable && (operation === 'write' || operation === 'truncate')) {
        throw new DfsError('IO_ERROR', `Cannot ${operation} "${this.#path}": it was opened for reading`);
      }
      return effect();
    };
    return this.#calls.call(operation, this.#paths, checked, more);
  }
}

/** The disk of `process`, on its machine's `disk`. */
export function createMemoryDisk(disk: MachineDisk, process: SimProcess): Disk {
  const calls = new DiskCalls(disk, process);
  const { image } = disk;
  process.onDeath(() => {
    if (disk.lockHolder === process) disk.lockHolder = null;
  });

  function takeLock(): DiskLock {
    if (disk.lockHolder !== null) {
      throw new DfsError('DATA_DIR_LOCKED', `The folder of ${process.host.name} is in use by process ${disk.lockHolder.name}`);
    }
    disk.lockHolder = process;
    let isHeld = true;
    const release = (): void => {
      if (isHeld && disk.lockHolder === process) disk.lockHolder = null;
      isHeld = false;
    };
    return { release: () => process.perform('disk.unlock', release) };
  }

  /** A change of names, which is carried out or not when the process dies. */
  const change = (operation: DiskOperation, paths: readonly string[], effect: () => void): Promise<void> =>
    calls.call(operation, paths, effect, { onDeath: calls.perhaps(effect) });

  return {
    root: `memory:${process.host.name}`,
    lock: () => calls.call('lock', ROOT, takeLock),
    open: (path, mode) => {
      const effect = (): DiskFile => new MemoryFile(calls, image.open(path, mode), path, mode);
      const mayMake = mode === 'create' || mode === 'exclusive';
      const onDeath = mayMake ? calls.perhaps(() => image.open(path, mode)) : undefined;
      return calls.call('open', [path], effect, { detail: mode, onDeath });
    },
    rename: (from, to) => change('rename', [from, to], () => image.rename(from, to)),
    remove: (path) => change('remove', [path], () => image.remove(path)),
    list: (path) => calls.call<DirectoryEntry[]>('list', [path], () => image.list(path)),
    makeDirectory: (path) => change('makeDirectory', [path], () => image.makeDirectory(path)),
    syncDirectory: (path) => {
      const sync = (): void => image.directory(path).sync();
      return change('syncDirectory', [path], calls.unlessLie('syncDirectory', sync));
    },
    space: () =>
      calls.call<DiskSpace>('space', ROOT, () => ({
        totalBytes: image.totalBytes,
        freeBytes: image.freeBytes,
        isVolatile: false,
        diskId: process.host.name,
      })),
  };
}
