/** A simulated machine's disk, for tests: inspection, damage and faults. */
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
  /** The disk image for this machine's processes; tests use the methods below. */
  readonly image: DiskImage;
  /** The holder of the folder's lock. */
  lockHolder: SimProcess | null = null;
  readonly #failures: PlannedFailure[] = [];
  readonly #extraLatencyMs = new Map<DiskOperation, number>();
  readonly #faults: DiskFaults;
  readonly #scheduler: Scheduler;
  readonly #note: (what: string) => void;

  /** @param note receives a note of every injected and lifted fault */
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

  /** A copy of a file's bytes as visible to processes. @throws DfsError NOT_FOUND */
  readFile(path: string): Uint8Array {
    return this.image.file(path).bytes();
  }

  /** The files of the folder itself after a power cut now, without the files whose state is uncertain. */
  readonly durable = {
    /** Names, sorted. */
    files: (): string[] => this.image.settledNames(),
    /** @throws DfsError NOT_FOUND */
    readFile: (name: string): Uint8Array => this.#durableFile(name).durableBytes(),
    /** @throws DfsError NOT_FOUND */
    sizeBytes: (name: string): number => this.#durableFile(name).durableSizeBytes,
    /** Durable bytes of the files whose names begin so, by name, ascending: for files that are only appended to. */
    appended: (prefix: string): ReadonlyMap<string, Uint8Array> => {
      const files = this.image.namesFrom(prefix).map((name) => [name, this.image.named(name)] as const);
      return new Map(files.flatMap(([name, file]) => (file === undefined ? [] : [[name, file.durableBytes()] as const])));
    },
  };

  /** Makes or replaces a file, durably, with its directories. All other changes of the disk become durable too. */
  writeFile(path: string, bytes: Uint8Array): void {
    this.#write(path, bytes);
    this.image.syncAll();
  }

  /** Removes a file durably. All other changes of the disk become durable too. @throws DfsError NOT_FOUND */
  removeFile(path: string): void {
    this.image.remove(path);
    this.image.syncAll();
  }

  /** A copy of all files, by path. */
  copy(): ReadonlyMap<string, Uint8Array> {
    return new Map(this.files().map((path) => [path, this.readFile(path)]));
  }

  /** Replaces all files, durably. @param files by path; none: the disk is empty */
  replace(files: ReadonlyMap<string, Uint8Array>): void {
    for (const path of this.files()) this.image.remove(path);
    for (const [path, bytes] of files) this.#write(path, bytes);
    // Once, because it looks at every file.
    this.image.syncAll();
  }

  /** Corruption: inverts one bit of a byte. @throws DfsError NOT_FOUND, INVALID_ARGUMENT beyond the end */
  flipBit(path: string, byteOffset: number, bit = 0): void {
    const file = this.image.file(path);
    if (!(byteOffset >= 0 && byteOffset < file.sizeBytes)) {
      throw new DfsError('INVALID_ARGUMENT', `Cannot flip a bit of byte ${byteOffset}: "${path}" has ${file.sizeBytes} bytes`);
    }
    file.flipBit(byteOffset, bit);
  }

  /**
   * The next such operation fails with IO_ERROR; after two calls, the next two operations fail.
   * @param path restricts the failure to operations on this path (of a rename, either path)
   */
  failNext(operation: DiskOperation, path?: string): void {
    this.#failures.push({ operation, path });
  }

  /** Cancels every planned failure. */
  clearFailures(): void {
    this.#failures.length = 0;
  }

  /** Delays every such operation by this time from now on; 0 ends the delay. */
  setExtraLatency(operation: DiskOperation, extraMs: number): void {
    this.#extraLatencyMs.set(operation, extraMs);
  }

  /** Makes the disk as large as leaves this much free now. */
  setFreeBytes(freeBytes: number): void {
    this.image.setFreeBytes(freeBytes);
  }

  /**
   * Injects a fault, which remains active until it is lifted, independent of processes. Several faults can be active and end in any
   * order.
   */
  inject(fault: DiskFault): CountedFault {
    this.#note(`inject disk ${diskFaultText(fault)}`);
    return this.#faults.inject(fault, this.#scheduler.nowUs, () => this.#note(`lift disk ${diskFaultText(fault)}`));
  }

  #write(path: string, bytes: Uint8Array): void {
    const slash = path.lastIndexOf('/');
    if (slash > 0) this.image.makeDirectory(path.slice(0, slash));
    const file = this.image.open(path, 'create');
    this.image.truncate(file, 0, path);
    this.image.write(file, bytes, 0, path);
  }

  #durableFile(name: string): FileNode {
    const file = this.image.settled(name);
    if (file === undefined) throw new DfsError('NOT_FOUND', `No file "${name}" is durable on the disk`);
    return file;
  }

  /** @internal Additional duration of an operation. */
  extraLatencyUs(operation: DiskOperation): number {
    return (this.#extraLatencyMs.get(operation) ?? 0) * 1_000 + this.#faults.extraLatencyUs(operation);
  }

  /** @internal Resolves when an operation that begins now may go on; undefined: at once. */
  hungUntil(operation: DiskOperation, paths: readonly string[]): Promise<void> | undefined {
    return this.#faults.hungUntil(operation, paths);
  }

  /** @internal Whether an operation that would succeed is only said to be done. */
  isLie(operation: DiskOperation): boolean {
    return this.#faults.isLie(operation);
  }

  /** @internal Counts the effect of a lack of space on an operation, which may have failed with `error`. */
  noteRoom(operation: DiskOperation, error?: unknown): void {
    this.#faults.noteRoom(operation, error);
  }

  /** @internal Returns the failure of an operation that is planned, or injected by an active fault. */
  takeFailure(operation: DiskOperation, paths: readonly string[], touched: TouchedBytes | null): DfsError | undefined {
    if (this.#failures.length === 0) return this.#faults.failureOf(operation, paths, touched);
    const index = this.#failures.findIndex(
      (failure) => failure.operation === operation && (failure.path === undefined || paths.includes(failure.path)),
    );
    if (index === -1) return this.#faults.failureOf(operation, paths, touched);
    this.#failures.splice(index, 1);
    return new DfsError('IO_ERROR', `Disk operation ${operation} of "${paths.join('", "')}" failed: injected by the simulation`);
  }
}
