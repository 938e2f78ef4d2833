/**
 * Reads the commit journal that an earlier process left, and tells a torn tail from damage.
 *
 *   bytes that are no record, in the last segment ─┬ a later record says that they were durable ─────▶ damage
 *                                                  ├ more bytes follow than one write can leave ─────▶ damage
 *                                                  └ no such proof ─▶ a torn tail, never acknowledged: cut off
 *   in any other segment, and a segment that is missing between two ────────────────────────────────▶ damage
 *
 * What is intact after damage is used. What is accepted without proof that it is durable is written again and fsynced before anything
 * rests on it: after a failed fsync a kernel calls lost pages clean (Rebello et al., "Can Applications Recover from fsync Failures?",
 * ATC'20).
 */
import type { DfsError } from '../../shared/errors.js';
import type { Disk } from '../../shared/runtime.js';
import { readWhole } from '../../shared/whole-file.js';
import { isRefusal } from '../base/durable-file.js';
import { parseSegmentFileName, segmentFileName } from './journal-files.js';
import type { JournalLimits } from './journal-limits.js';
import { decodeJournalRecord, type JournalRecord, nextPlausibleRecord } from './journal-record.js';

export interface FoundSegment {
  readonly sequence: number;
  readonly name: string;
  /** In the order in which they were written. */
  readonly records: readonly JournalRecord[];
}

/** Bytes that were durable and are no record now. */
export interface JournalDamage {
  readonly segment: string;
  /** 0 for a segment that is missing. */
  readonly offset: number;
  /** 0: the segment is missing. */
  readonly lengthBytes: number;
  /** The chunk whose record it was, where that can be told. */
  readonly uuid: string | null;
  readonly version: number | null;
}

export interface FoundJournal {
  /** Oldest first. */
  readonly segments: readonly FoundSegment[];
  readonly damages: readonly JournalDamage[];
  /** Bytes of the torn tail that was cut off. */
  readonly cutBytes: number;
  /** Why the end could not be made durable; null: it is. */
  readonly refusal: DfsError | null;
}

/** A record with its place. */
interface Placed {
  readonly record: JournalRecord;
  readonly offset: number;
}

interface Walk {
  readonly placed: readonly Placed[];
  readonly gaps: readonly JournalDamage[];
  /** As the records say. */
  readonly durableBytes: number;
}

/**
 * Reads all segments, and makes what it returns durable.
 * Rejects with a DfsError of the disk: what cannot be read must not be taken for lost.
 */
export async function readJournal(
  disk: Disk,
  limits: Pick<JournalLimits, 'segmentBytes' | 'writeBytesMax'>,
): Promise<FoundJournal> {
  const sequences = await listSegments(disk);
  const segments: FoundSegment[] = [];
  const damages: JournalDamage[] = [];
  let cutBytes = 0;
  let refusal: DfsError | null = null;
  for (const [i, sequence] of sequences.entries()) {
    const name = segmentFileName(sequence);
    const before = sequences[i - 1];
    if (before !== undefined && before !== sequence - 1) {
      damages.push({ segment: segmentFileName(sequence - 1), offset: 0, lengthBytes: 0, uuid: null, version: null });
    }
    const bytes = await readWhole(disk, name, limits.segmentBytes + limits.writeBytesMax);
    const walk = walkSegment(bytes, name, sequence);
    const end = i < sequences.length - 1 ? bytes.length : acceptedEnd(walk, bytes.length, limits.writeBytesMax);
    if (i === sequences.length - 1) refusal = await settleEnd(disk, name, bytes, walk.durableBytes, end);
    cutBytes += bytes.length - end;
    damages.push(...walk.gaps.filter(({ offset }) => offset < end));
    segments.push({ sequence, name, records: walk.placed.filter(({ offset }) => offset < end).map(({ record }) => record) });
  }
  return { segments, damages, cutBytes, refusal };
}

async function listSegments(disk: Disk): Promise<number[]> {
  const sequences: number[] = [];
  for (const { name, kind } of await disk.list('.')) {
    const sequence = kind === 'file' ? parseSegmentFileName(name) : null;
    if (sequence !== null) sequences.push(sequence);
  }
  return sequences.sort((a, b) => a - b);
}

function walkSegment(bytes: Uint8Array, segment: string, sequence: number): Walk {
  const placed: Placed[] = [];
  const gaps: JournalDamage[] = [];
  let durableBytes = 0;
  for (let at = 0; at < bytes.length;) {
    const decoded = decodeJournalRecord(bytes, at, sequence);
    if (decoded.kind !== 'none' && decoded.durableOffset <= at) durableBytes = Math.max(durableBytes, decoded.durableOffset);
    if (decoded.kind === 'valid') {
      placed.push({ record: decoded.record, offset: at });
      at += decoded.sizeBytes;
      continue;
    }
    const isNamed = decoded.kind === 'spoiled';
    const end = isNamed ? Math.min(bytes.length, at + decoded.sizeBytes) : nextRecord(bytes, at + 1, sequence);
    const [uuid, version] = isNamed ? [decoded.uuid, decoded.version] : [null, null];
    gaps.push({ segment, offset: at, lengthBytes: end - at, uuid, version });
    at = end;
  }
  return { placed, gaps, durableBytes };
}

/** Where the next record begins whose head is whole; the end of the segment when there is none. */
function nextRecord(bytes: Uint8Array, from: number, sequence: number): number {
  let at = nextPlausibleRecord(bytes, from);
  while (at < bytes.length && decodeJournalRecord(bytes, at, sequence).kind === 'none') at = nextPlausibleRecord(bytes, at + 1);
  return at;
}

/** Where the torn tail of the last segment begins; its size when it has none. */
function acceptedEnd({ gaps, durableBytes }: Walk, sizeBytes: number, writeBytesMax: number): number {
  const torn = gaps.find(({ offset }) => offset >= durableBytes);
  return torn === undefined || sizeBytes - torn.offset > writeBytesMax ? sizeBytes : torn.offset;
}

/** Cuts off what is beyond the end, and makes what is before it durable. Resolves with why the disk refused it, or null. */
async function settleEnd(
  disk: Disk,
  name: string,
  bytes: Uint8Array,
  durableBytes: number,
  end: number,
): Promise<DfsError | null> {
  try {
    const file = await disk.open(name, 'update');
    try {
      await file.truncate(end);
      await file.write(bytes.subarray(durableBytes, end), durableBytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
  return null;
}
