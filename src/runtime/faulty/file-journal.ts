/**
 * The changes of a file that are not known to be on the disk, with the data to undo each of them, wholly or in part.
 *
 *   write over old bytes   before-image of those bytes           append   the range only: undone by zeros and the size
 *   truncation             before-image of the removed bytes      sync     drops the covered changes
 *
 * Bounded: beyond the maximum of changes or before-images, the oldest changes count as written back, as by a kernel over time.
 */
import type { SeededRandom } from '../faults/seeded-random.js';
import { ByteRanges } from './byte-ranges.js';
import type { ByteRange } from './byte-ranges.js';

/** Boundaries of torn writes: sectors of the disk, or pages of the cache. */
const TEAR_BYTES: readonly number[] = [512, 4_096];
/** Maximum number of unsynced changes kept for a file. */
const CHANGES_MAX = 1_024;
/** Maximum size of the before-images kept for a file. */
const BEFORE_BYTES_MAX = 4 * 2 ** 20;

export interface FileChange {
  readonly kind: 'write' | 'truncate';
  /** The changed bytes: of a truncation, the removed bytes (or none). */
  readonly range: ByteRange;
  /** Size of the file after the change; of a write, only when the write extended the file. */
  readonly sizeBytes: number;
  /** The previous contents at the beginning of `range`; the bytes beyond were past the end of the file, or are unknown. */
  before: Uint8Array;
  /** Whether the kernel has the complete change. */
  isDone: boolean;
}

/** Bytes to restore, to undo a change. null: zeros. */
export interface Patch {
  readonly range: ByteRange;
  readonly bytes: Uint8Array | null;
}

/** How to bring a file to its state after a loss: patches in order, then the size. */
export interface UndoPlan {
  readonly patches: readonly Patch[];
  readonly sizeBytes: number;
}

export class FileJournal {
  /** Covered by a sync. */
  #durableSizeBytes: number;
  /** Size visible to readers. */
  #sizeBytes: number;
  #changes: FileChange[] = [];

  /** @param sizeBytes size of the file, which is entirely durable */
  constructor(sizeBytes: number) {
    this.#durableSizeBytes = sizeBytes;
    this.#sizeBytes = sizeBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Whether no change can be undone. */
  get isSettled(): boolean {
    return this.#changes.length === 0;
  }

  /**
   * Records a write before it begins. @returns the change, and the number of old bytes that it overwrites: the length of its
   * before-image
   */
  beginWrite(position: number, bytes: number): { readonly change: FileChange; readonly oldBytes: number } {
    const end = position + bytes;
    const oldBytes = Math.max(0, Math.min(end, this.#sizeBytes) - position);
    this.#sizeBytes = Math.max(this.#sizeBytes, end);
    return { change: this.#begin('write', { from: position, to: end }, end), oldBytes };
  }

  /** The same as beginWrite, for a truncation. */
  beginTruncate(sizeBytes: number): { readonly change: FileChange; readonly oldBytes: number } {
    const range = { from: sizeBytes, to: Math.max(sizeBytes, this.#sizeBytes) };
    this.#sizeBytes = sizeBytes;
    return { change: this.#begin('truncate', range, sizeBytes), oldBytes: range.to - range.from };
  }

  /** True when the before-image is too large to keep: the change then counts as written back, with all older changes. */
  static isTooLarge(oldBytes: number): boolean {
    return oldBytes > BEFORE_BYTES_MAX;
  }

  /** Marks a change as complete in the kernel; the journal may have dropped the change meanwhile. */
  done(change: FileChange): void {
    change.isDone = true;
    let beforeBytes = this.#changes.reduce((sum, { before }) => sum + before.length, 0);
    let oldest = this.#changes.length > CHANGES_MAX ? CHANGES_MAX / 2 : 0;
    for (const [at, { before }] of this.#changes.entries()) {
      if (beforeBytes <= BEFORE_BYTES_MAX) break;
      beforeBytes -= before.length;
      oldest = Math.max(oldest, at + 1);
    }
    if (oldest > 0) this.settle(this.#changes.slice(0, oldest));
  }

  /** The changes covered by an fsync that begins now. */
  covered(): readonly FileChange[] {
    return this.#changes.filter(({ isDone }) => isDone);
  }

  /** Marks these changes as durable. */
  settle(changes: readonly FileChange[]): void {
    if (changes.length === 0) return;
    const settled = new Set(changes);
    for (const change of this.#changes)
      if (settled.has(change)) this.#durableSizeBytes = sizeAfter(this.#durableSizeBytes, change);
    this.#changes = this.#changes.filter((change) => !settled.has(change));
  }

  /** Marks all changes up to this one as durable. */
  settleUpTo(change: FileChange): void {
    this.settle(this.#changes.slice(0, this.#changes.indexOf(change) + 1));
  }

  /**
   * Undoes or tears the given changes at random: each is kept, undone, or kept in part. No change is pending afterwards.
   * @param lost changes in the order in which they were made. Default: all
   */
  lose(random: SeededRandom, lost: readonly FileChange[] = this.#changes): UndoPlan {
    const outcomes = lost.map((change) => ({ change, kept: keptOf(change, random) }));
    let sizeBytes = this.#durableSizeBytes;
    for (const { change, kept } of outcomes) sizeBytes = sizeAfterPart(sizeBytes, change, kept);
    const settled = new ByteRanges();
    const patches: Patch[] = [];
    for (const { change, kept } of outcomes.toReversed()) {
      const own = new ByteRanges();
      for (const range of kept) own.add(range);
      for (const torn of own.outside(change.range)) {
        for (const range of settled.outside(torn)) patches.push(...patchesOf(change, range));
      }
      for (const range of kept) settled.add(change.kind === 'truncate' ? { from: range.from, to: Infinity } : range);
    }
    const isLost = new Set(lost);
    this.#changes = this.#changes.filter((change) => !isLost.has(change));
    this.#durableSizeBytes = sizeBytes;
    this.#sizeBytes = this.#changes.reduce(sizeAfter, sizeBytes);
    return { patches: patches.flatMap((patch) => clip(patch, sizeBytes)), sizeBytes };
  }

  #begin(kind: FileChange['kind'], range: ByteRange, sizeBytes: number): FileChange {
    const change: FileChange = { kind, range, sizeBytes, before: new Uint8Array(0), isDone: false };
    this.#changes.push(change);
    return change;
  }
}

const sizeAfter = (sizeBytes: number, change: FileChange): number =>
  change.kind === 'truncate' ? change.sizeBytes : Math.max(sizeBytes, change.sizeBytes);

/** @param kept an empty list: the change is undone */
function sizeAfterPart(sizeBytes: number, change: FileChange, kept: readonly ByteRange[]): number {
  if (kept.length === 0) return sizeBytes;
  return change.kind === 'truncate' ? change.sizeBytes : Math.max(sizeBytes, ...kept.map(({ to }) => to));
}

/**
 * The part of a change that reached the disk: nothing, all, its beginning, or some of its sectors, as on simulated disks
 * (file-node.ts).
 */
function keptOf({ kind, range }: FileChange, random: SeededRandom): ByteRange[] {
  const outcome = random.integer(0, 3);
  if (outcome === 0) return [];
  // The range can be empty: a truncation that extends a file.
  if (outcome === 1 || kind === 'truncate') return [range];
  if (outcome === 2) {
    const to = random.integer(range.from, range.to);
    return to === range.from ? [] : [{ from: range.from, to }];
  }
  const tearBytes = TEAR_BYTES[random.integer(0, TEAR_BYTES.length - 1)] ?? 512;
  const kept: ByteRange[] = [];
  for (let from = range.from; from < range.to;) {
    const to = Math.min(range.to, from + tearBytes - (from % tearBytes));
    if (random.chance(0.5)) kept.push({ from, to });
    from = to;
  }
  return kept;
}

function patchesOf({ range, before }: FileChange, { from, to }: ByteRange): Patch[] {
  const oldEnd = Math.min(to, Math.max(from, range.from + before.length));
  return [
    ...(oldEnd > from ? [{ range: { from, to: oldEnd }, bytes: before.subarray(from - range.from, oldEnd - range.from) }] : []),
    ...(to > oldEnd ? [{ range: { from: oldEnd, to }, bytes: null }] : []),
  ];
}

function clip({ range: { from, to }, bytes }: Patch, sizeBytes: number): Patch[] {
  const end = Math.min(to, sizeBytes);
  return end <= from ? [] : [{ range: { from, to: end }, bytes: bytes?.subarray(0, end - from) ?? null }];
}
