/** A file on a simulated disk: its visible content, its durable content, and the unsynced changes between them. */
import type { SeededRandom } from '../faults/seeded-random.js';

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly data: Uint8Array }
  | { readonly kind: 'truncate'; readonly sizeBytes: number };

/** Size of a sector. A disk writes whole sectors; a torn write may have written any of them. */
const SECTOR_BYTES = 512;
/** Maximum number of unsynced changes. Beyond it changes are written back, the oldest first, as by a kernel over time. */
const PENDING_CHANGES_MAX = 1_024;

/** A growing and shrinking array of bytes, with zeros in gaps. */
class Extent {
  #buffer = new Uint8Array(0);
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  read(target: Uint8Array, position: number): number {
    const source = this.#buffer.subarray(
      Math.min(position, this.#sizeBytes),
      Math.min(position + target.length, this.#sizeBytes),
    );
    target.set(source);
    return source.length;
  }

  write(data: Uint8Array, position: number): void {
    if (data.length === 0) return;
    if (position + data.length > this.#sizeBytes) this.truncate(position + data.length);
    this.#buffer.set(data, position);
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(sizeBytes, Math.min(2 * this.#buffer.length, this.#buffer.length + 2 ** 24)));
      grown.set(this.#buffer.subarray(0, this.#sizeBytes));
      this.#buffer = grown;
    } else if (sizeBytes < this.#sizeBytes) {
      this.#buffer.fill(0, sizeBytes, this.#sizeBytes);
    }
    this.#sizeBytes = sizeBytes;
  }

  copy(): Uint8Array {
    return this.#buffer.slice(0, this.#sizeBytes);
  }
}

export class FileNode {
  readonly kind = 'file';
  /** The content of the page cache, with all changes applied. */
  readonly #content = new Extent();
  /** The content that survives a power cut. `#content` = `#durable` with `#pending` applied, until an fsync fails. */
  readonly #durable = new Extent();
  /** Changes since the last fsync, in order. */
  #pending: Change[] = [];
  /** Number of names of the file that are visible to readers. */
  links = 0;

  get sizeBytes(): number {
    return this.#content.sizeBytes;
  }

  bytes(): Uint8Array {
    return this.#content.copy();
  }

  /** False while the file has changes whose state after a power cut is uncertain. */
  get isSettled(): boolean {
    return this.#pending.length === 0;
  }

  get durableSizeBytes(): number {
    return this.#durable.sizeBytes;
  }

  /** The content of a settled file after a power cut; of one that is only appended to, at least its beginning. */
  durableBytes(): Uint8Array {
    return this.#durable.copy();
  }

  read(target: Uint8Array, position: number): number {
    return this.#content.read(target, position);
  }

  /** Copies `data`. */
  write(data: Uint8Array, position: number): void {
    this.#change({ kind: 'write', position, data: new Uint8Array(data) });
  }

  truncate(sizeBytes: number): void {
    this.#change({ kind: 'truncate', sizeBytes });
  }

  sync(): void {
    for (const change of this.#pending) apply(this.#durable, change);
    this.#pending = [];
  }

  /**
   * A failed fsync: the kernel marks the pages clean although only some reached the disk, so that a later fsync succeeds
   * without writing them (Rebello et al., "Can Applications Recover from fsync Failures?", ATC'20).
   */
  failSync(random: SeededRandom): void {
    for (const change of this.#pending) applySomehow(this.#durable, change, random);
    this.#pending = [];
  }

  /** A power cut: each unsynced change is kept, lost, or kept in part. */
  losePower(random: SeededRandom): void {
    this.failSync(random);
    const survived = this.#durable.copy();
    this.#content.truncate(0);
    this.#content.write(survived, 0);
  }

  /** Corruption: the byte is wrong in the cache and on the disk. */
  flipBit(offset: number, bit: number): void {
    const byte = new Uint8Array(1);
    for (const extent of [this.#content, this.#durable]) {
      if (extent.read(byte, offset) === 1)
        extent.write(
          byte.map((value) => value ^ (1 << bit)),
          offset,
        );
    }
    for (const change of this.#pending) {
      if (change.kind !== 'write') continue;
      const value = change.data[offset - change.position];
      if (value !== undefined) change.data[offset - change.position] = value ^ (1 << bit);
    }
  }

  #change(change: Change): void {
    apply(this.#content, change);
    this.#pending.push(change);
    if (this.#pending.length <= PENDING_CHANGES_MAX) return;
    for (const old of this.#pending.splice(0, PENDING_CHANGES_MAX / 2)) apply(this.#durable, old);
  }
}

function apply(extent: Extent, change: Change): void {
  if (change.kind === 'truncate') extent.truncate(change.sizeBytes);
  else extent.write(change.data, change.position);
}

/** The part of a change on the disk after a power cut: all, nothing, its beginning, or some of its sectors. */
function applySomehow(extent: Extent, change: Change, random: SeededRandom): void {
  const outcome = random.integer(0, 3);
  if (outcome === 0) return;
  if (outcome === 1 || change.kind === 'truncate') {
    apply(extent, change);
  } else if (outcome === 2) {
    extent.write(change.data.subarray(0, random.integer(0, change.data.length)), change.position);
  } else {
    for (let from = 0; from < change.data.length;) {
      const sectorEnd = SECTOR_BYTES - ((change.position + from) % SECTOR_BYTES);
      const to = Math.min(change.data.length, from + sectorEnd);
      if (random.chance(0.5)) extent.write(change.data.subarray(from, to), change.position + from);
      from = to;
    }
  }
}
