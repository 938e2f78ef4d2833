/** A simulated machine's disk as a test sees it: look at it, damage it, make it fail. */
import { DfsError } from '../../shared/errors.js';
import { diskFaultText } from '../faults/disk-fault.js';
import type { DiskFault, DiskOperation, TouchedBytes } from '../faults/disk-fault.js';
import { DiskFaults } from './disk-faults.js';
import { DiskImage } from './disk-image.js';
import type { FileNode } from './file-node.js';
import type { CountedFault } from '../faults/injected-fault.js';
import type { Scheduler } from './scheduler.js';
import type { SeededRandom } from '../faults/seeded-random.js';
import type { SimProcess } from './sim-process.js';

export type { DiskFault, DiskOperation } from '../faults/disk-fault.js';

interface PlannedFailure {
  readonly operation: DiskOperation;
  readonly path: string | undefined;
}

export class MachineDisk {
  /** For this machine's processes; tests use the methods below. */
  readonly image: DiskImage;
  /** Who holds the folder's lock. */
  lockHolder: SimProcess | null = null;
  readonly #failures: PlannedFailure[] = [];
  readonly #extraLatencyMs = new Map<DiskOperation, number>();
  readonly #faults: DiskFaults;
  readonly #scheduler: Scheduler;
  readonly #note: (what: string) => void;

  /** @param note hears what is imposed and lifted */
  constructor(random: SeededRandom, scheduler: Scheduler, note: (what: string) => void) {
    this.image = new DiskImage(random);
    this.#faults = new DiskFaults(this.image, random);
    this.#scheduler = scheduler;
    this.#note = note;
  }

  /** Paths of all files, sorted. */
  files(): string[] {
    return this.image.filePaths();
  }

  /** A copy of a file's bytes, as processes see them. @throws DfsError NOT_FOUND */
  readFile(path: string): Uint8Array {
    return this.image.file(path).bytes();
  }

  /** The files of the folder itself as a power cut now would leave them; those of which nobody can say are left out. */
  readonly durable = {
    /** Names, sorted. */
    files: (): string[] => this.image.settledNames(),
    /** @throws DfsError NOT_FOUND */
    readFile: (name: string): Uint8Array => this.#durableFile(name).durableBytes(),
    /** @throws DfsError NOT_FOUND */
    sizeBytes: (name: string): number => this.#durableFile(name).durableSizeBytes,
  };

  /** Makes or replaces a file, durably, with its directories. The rest of the disk becomes durable with it. */
  writeFile(path: string, bytes: Uint8Array): void {
    const slash = path.lastIndexOf('/');
    if (slash > 0) this.image.makeDirectory(path.slice(0, slash));
    const file = this.image.open(path, 'create');
    this.image.truncate(file, 0, path);
    this.image.write(file, bytes, 0, path);
    this.image.syncAll();
  }

  /** Removes a file, durably, as by hand. The rest of the disk becomes durable with it. @throws DfsError NOT_FOUND */
  removeFile(path: string): void {
    this.image.remove(path);
    this.image.syncAll();
  }

  /** Bit rot: inverts one bit of a byte. @throws DfsError NOT_FOUND, INVALID_ARGUMENT beyond the end */
  flipBit(path: string, byteOffset: number, bit = 0): void {
    const file = this.image.file(path);
    if (!(byteOffset >= 0 && byteOffset < file.sizeBytes)) {
      throw new DfsError('INVALID_ARGUMENT', `Cannot flip a bit of byte ${byteOffset}: "${path}" has ${file.sizeBytes} bytes`);
    }
    file.flipBit(byteOffset, bit);
  }

  /**
   * The next such operation fails with IO_ERROR; asked for twice, the next two.
   * @param path only operations on it count (of a rename, either path)
   */
  failNext(operation: DiskOperation, path?: string): void {
    this.#failures.push({ operation, path });
  }

  /** Calls every planned failure off. */
  clearFailures(): void {
    this.#failures.length = 0;
  }

  /** Every such operation takes this much longer from now on; 0 ends it. */
  setExtraLatency(operation: DiskOperation, extraMs: number): void {
    this.#extraLatencyMs.set(operation, extraMs);
  }

  /** Makes the disk as large as leaves this much free now. */
  setFreeBytes(freeBytes: number): void {
    this.image.setFreeBytes(freeBytes);
  }

  /** Puts a fault in force until it is lifted, whichever processes come and go; several may be, and end in any order. */
  inject(fault: DiskFault): CountedFault {
    this.#note(`impose disk ${diskFaultText(fault)}`);
    return this.#faults.inject(fault, this.#scheduler.nowUs, () => this.#note(`lift disk ${diskFaultText(fault)}`));
  }

  #durableFile(name: string): FileNode {
    const file = this.image.settled(name);
    if (file === undefined) throw new DfsError('NOT_FOUND', `No file "${name}" is durable on the disk`);
    return file;
  }

  /** @internal How much longer than usual an operation takes. */
  extraLatencyUs(operation: DiskOperation): number {
    return (this.#extraLatencyMs.get(operation) ?? 0) * 1_000 + this.#faults.extraLatencyUs(operation);
  }

  /** @internal Counts what a lack of room did to an operation, which failed with `error` or not. */
  noteRoom(operation: DiskOperation, error?: unknown): void {
    this.#faults.noteRoom(operation, error);
  }

  /** @internal Takes the failure that is planned for an operation, or that a fault in force gives it. */
  takeFailure(operation: DiskOperation, paths: readonly string[], touched: TouchedBytes | null): DfsError | undefined {
    if (this.#failures.length === 0) return this.#faults.failureOf(operation, paths, touched);
    const index = this.#failures.findIndex(
      (failure) => failure.operation === operation && (failure.path === undefined || paths.includes(failure.path)),
    );
    if (index === -1) return this.#faults.failureOf(operation, paths, touched);
    this.#failures.splice(index, 1);
    return new DfsError('IO_ERROR', `Disk operation ${operation} of "${paths.join('", "')}" failed, as the simulation ordered`);
  }
}
