/** How much a datanode stores and how much more it may take. */
import { DfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { Disk, DiskSpace } from '../../shared/runtime.js';
import { JOURNALED_CHUNK_BYTES_MAX } from '../journal/journal-limits.js';

/** Left free on the disk, for metas and the identity. */
const MARGIN_BYTES = 8 * MIB;

/** More than this is left: small writes need no look at the disk each, and the commit journal may grow. */
const AMPLE_BYTES = 256 * MIB;
/** Reserved by small writes since the last look at the disk. */
const UNLOOKED_BYTES_MAX = 16 * MIB;

/** Space set aside for one write. */
export interface Reservation {
  /** Bytes of it that are on the disk now. */
  wrote(bytes: number): void;
  /** Gives it back; harmless when done before. */
  release(): void;
}

export class SpaceAccount {
  readonly #disk: Disk;
  readonly #capacityBytes: number | undefined;
  #space: DiskSpace;
  #committedBytes = 0;
  #reservedBytes = 0;
  /** Of the reserved bytes, those not yet on the disk; 0 <= unwritten <= reserved */
  #unwrittenBytes = 0;
  /** Reserved since the last look at the disk. */
  #unlookedBytes = 0;

  private constructor(disk: Disk, capacityBytes: number | undefined, space: DiskSpace) {
    this.#disk = disk;
    this.#capacityBytes = capacityBytes;
    this.#space = space;
  }

  /** @param capacityBytes the most to store; undefined: what the disk holds */
  static async open(disk: Disk, capacityBytes: number | undefined): Promise<SpaceAccount> {
    return new SpaceAccount(disk, capacityBytes, await disk.space());
  }

  /** Committed chunks and reservations. */
  get usedBytes(): number {
    return this.#committedBytes + this.#reservedBytes;
  }

  get capacityBytes(): number {
    return this.#capacityBytes ?? this.#space.totalBytes;
  }

  /** What a new write may reserve, as of the last look at the disk. */
  get freeBytes(): number {
    const byCapacity = this.capacityBytes - this.usedBytes;
    const byDisk = this.#space.freeBytes - this.#unwrittenBytes - MARGIN_BYTES;
    return Math.max(0, Math.min(byCapacity, byDisk));
  }

  /** What several folders on this disk have in common; empty: unknown. */
  get diskId(): string {
    return this.#space.diskId;
  }

  /** The size of the disk, whoever uses it. */
  get diskBytes(): number {
    return this.#space.totalBytes;
  }

  /** Free on the disk for all that use it, as of the last look at it, without what is left free. */
  get diskFreeBytes(): number {
    return Math.max(0, this.#space.freeBytes - MARGIN_BYTES);
  }

  /** True when nothing on this disk survives a power cut. */
  get isVolatile(): boolean {
    return this.#space.isVolatile;
  }

  /** Whether the disk has much more space left than small writes can use up between two looks at it. */
  get isDiskAmple(): boolean {
    return this.#space.freeBytes - this.#unwrittenBytes >= AMPLE_BYTES;
  }

  /** Looks at the disk again. */
  async refresh(): Promise<void> {
    this.#unlookedBytes = 0;
    this.#space = await this.#disk.space();
  }

  /** Counts a chunk in, or out with a negative number. */
  addCommitted(bytes: number): void {
    this.#committedBytes += bytes;
  }

  /** Sets space aside. Rejects with NO_SPACE. */
  async reserve(bytes: number): Promise<Reservation> {
    const isSmall = bytes <= JOURNALED_CHUNK_BYTES_MAX && this.#unlookedBytes + bytes <= UNLOOKED_BYTES_MAX;
    if (!isSmall || !this.isDiskAmple) await this.refresh();
    this.#unlookedBytes += bytes;
    if (bytes > this.freeBytes) {
      const text = `Cannot set ${bytes} bytes aside: ${this.freeBytes} are free (capacity ${this.capacityBytes}, used ${this.usedBytes}, disk free ${this.#space.freeBytes})`;
      throw new DfsError('NO_SPACE', text);
    }
    this.#reservedBytes += bytes;
    this.#unwrittenBytes += bytes;
    let unwritten = bytes;
    let isHeld = true;
    return {
      wrote: (count) => {
        if (!isHeld) return;
        const part = Math.min(count, unwritten);
        unwritten -= part;
        this.#unwrittenBytes -= part;
      },
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#reservedBytes -= bytes;
        this.#unwrittenBytes -= unwritten;
      },
    };
  }
}
