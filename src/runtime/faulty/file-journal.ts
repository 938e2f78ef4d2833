/**
 * What of a file is not known to be on the platter: enough to take each unsynced change back, or a part of it.
 *
 *   write over old bytes   before-image of those bytes           append   nothing but where it was: it is taken back by zeros and the size
 *   cut off                before-image of what was cut off      sync     forgets what it covers
 *
 * Bounded: of more changes, or before-images, the oldest count as written back, as a kernel does in time.
 */
import type { SeededRandom } from '../faults/seeded-random.js';
import { ByteRanges } from './byte-ranges.js';
import type { ByteRange } from './byte-ranges.js';

/** Tears fall between these: sectors of the disk, or pages of the cache. */
const TEAR_BYTES: readonly number[] = [512, 4_096];
/** Unsynced changes kept apart, of one file. */
const CHANGES_MAX = 1_024;
/** Before-images kept, of one file. */
const BEFORE_BYTES_MAX = 4 * 2 ** 20;

export interface FileChange {
  readonly kind: 'write' | 'truncate';
  /** What it made different: of a truncation, what it cut off (or nothing). */
  readonly range: ByteRange;
  /** Of the file, after it; of a write, only when that is more than before. */
  readonly sizeBytes: number;
  /** What stood at the beginning of `range`; beyond it was the end of the file, or what nobody can say any more. */
  before: Uint8Array;
  /** The kernel has it all. */
  isDone: boolean;
}

/** Bytes to put in place, to take a change back. null: zeros. */
export interface Patch {
  readonly range: ByteRange;
  readonly bytes: Uint8Array | null;
}

/** How to make a file what a loss left of it: patches in order, then the size. */
export interface UndoPlan {
  readonly patches: readonly Patch[];
  readonly sizeBytes: number;
}

export class FileJournal {
  /** Sync covers it. */
  #durableSizeBytes: number;
  /** As readers see it. */
  #sizeBytes: number;
  #changes: FileChange[] = [];

  /** @param sizeBytes of the file, all of it durable */
  constructor(sizeBytes: number) {
    this.#durableSizeBytes = sizeBytes;
    this.#sizeBytes = sizeBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Nothing is to be taken back. */
  get isSettled(): boolean {
    return this.#changes.length === 0;
  }

  /** Notes a write that is about to begin. @returns it, and how many old bytes at its beginning it covers: its before-image */
  beginWrite(position: number, bytes: number): { readonly change: FileChange; readonly oldBytes: number } {
    const end = position + bytes;
    const oldBytes = Math.max(0, Math.min(end, this.#sizeBytes) - position);
    this.#sizeBytes = Math.max(this.#sizeBytes, end);
    return { change: this.#begin('write', { from: position, to: end }, end), oldBytes };
  }

  /** As beginWrite, of a truncation. */
  beginTruncate(sizeBytes: number): { readonly change: FileChange; readonly oldBytes: number } {
    const range = { from: sizeBytes, to: Math.max(sizeBytes, this.#sizeBytes) };
    this.#sizeBytes = sizeBytes;
    return { change: this.#begin('truncate', range, sizeBytes), oldBytes: range.to - range.from };
  }

  /** True when so large a before-image is not kept: the change then counts as written back, with all older ones. */
  static isTooLarge(oldBytes: number): boolean {
    return oldBytes > BEFORE_BYTES_MAX;
  }

  /** The kernel has the change; it may have been left out of the journal meanwhile. */
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

  /** The changes that an fsync which begins now covers. */
  covered(): readonly FileChange[] {
    return this.#changes.filter(({ isDone }) => isDone);
  }

  /** These changes are on the platter. */
  settle(changes: readonly FileChange[]): void {
    if (changes.length === 0) return;
    const settled = new Set(changes);
    for (const change of this.#changes)
      if (settled.has(change)) this.#durableSizeBytes = sizeAfter(this.#durableSizeBytes, change);
    this.#changes = this.#changes.filter((change) => !settled.has(change));
  }

  /** All changes up to this one are on the platter. */
  settleUpTo(change: FileChange): void {
    this.settle(this.#changes.slice(0, this.#changes.indexOf(change) + 1));
  }

  /**
   * Takes the given changes back or tears them, as chance has it: each is carried out, or not, or in part. Afterwards they are settled.
   * @param lost in the order in which they were made; left out: all
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

/** @param kept an empty list: the change was not carried out */
function sizeAfterPart(sizeBytes: number, change: FileChange, kept: readonly ByteRange[]): number {
  if (kept.length === 0) return sizeBytes;
  return change.kind === 'truncate' ? change.sizeBytes : Math.max(sizeBytes, ...kept.map(({ to }) => to));
}

/** What of a change reached the disk: nothing, all, its beginning, or some of its sectors. As on simulated disks (file-node.ts). */
function keptOf({ kind, range }: FileChange, random: SeededRandom): ByteRange[] {
  const outcome = random.integer(0, 3);
  if (outcome === 0) return [];
  // Also of nothing at all: a truncation that makes a file longer.
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
