/**
 * Distinguishes a torn tail from corruption, at the end of the active segment.
 *
 *   damage at offset D ─┬ the hint, or a later valid record, says that bytes beyond D were durable ─▶ corruption
 *                       ├ more bytes follow than one write can leave ───────────────────────────────▶ corruption
 *                       └ no such proof ─▶ a torn tail, never acknowledged: cut and reported
 *
 * What was accepted is written again, where nothing proves it durable, and fsynced before it is served: a crash may have left
 * it in the page cache only, and after a failed fsync the kernel calls such pages clean, so that an fsync alone would pass them
 * over (Rebello et al., "Can Applications Recover from fsync Failures?", ATC'20).
 */
import type { Disk, DiskFile, Logger } from '../../shared/runtime.js';
import { BATCH_BYTES_MAX } from './group-commit.js';
import { LOG_FILE, withFile } from './log-files.js';
import { LogReader } from './log-reader.js';
import { readRecord } from './log-walk.js';
import type { Damage, ReadableFile } from './log-walk.js';
import { mayBeginAt, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from './record.js';

/** What a crash can leave unsynced. */
const TAIL_BYTES_MAX = BATCH_BYTES_MAX + RECORD_BYTES_MAX;

/**
 * Looks at the active segment's end: what proves that the bytes at a damaged place, or where the file ends, were durable?
 * @param end where the valid records end
 * @param durableOffset of the hint; 0: it says nothing
 * @returns the corruption, or null
 * @throws DfsError of the disk
 */
export async function findCorruption(
  disk: Disk,
  active: ReadableFile,
  end: number,
  damage: Damage | null,
  durableOffset: number,
): Promise<Damage | null> {
  if (damage !== null && (damage.file !== LOG_FILE || !damage.isUnreadable)) return damage;
  const corruption = (why: string): Damage => {
    const reason = damage === null ? why : `${damage.reason}; ${why}`;
    return { file: LOG_FILE, offset: end, reason, isUnreadable: true };
  };
  if (durableOffset > end) {
    return corruption(
      damage === null
        ? `it ends here, but was durable up to offset ${durableOffset}`
        : `it was durable up to offset ${durableOffset}`,
    );
  }
  if (damage === null) return null;
  const tailBytes = active.sizeBytes - end;
  if (tailBytes > TAIL_BYTES_MAX) return corruption(`${tailBytes} bytes follow, more than a crash can leave half written`);
  const proof = await withFile(disk, LOG_FILE, 'read', (file) => findProof(new LogReader(file, active.sizeBytes), end));
  return proof === null ? null : corruption(`the record at offset ${proof} proves that these bytes were durable`);
}

/**
 * Looks behind the damage for a valid record that was written when bytes beyond the damage's start were durable already.
 * Tries every offset: LENGTH may be what is damaged. Bounded, since the caller has bounded the rest of the file.
 * @returns the offset of that record, or null
 */
async function findProof(reader: LogReader, damagedAt: number): Promise<number | null> {
  for (let at = damagedAt + 1; at + RECORD_HEADER_BYTES <= reader.sizeBytes; at += 1) {
    at = nextPlausible(await reader.view(at, RECORD_HEADER_BYTES), at);
    const decoded = await readRecord(reader, at);
    if (decoded.kind !== 'valid' && decoded.kind !== 'unknown') continue;
    if (decoded.record.durableOffset > damagedAt && decoded.record.durableOffset <= at) return at;
  }
  return null;
}

/** Skips offsets where no record can begin, as far as the window shows: most of them, at the cost of a look at three bytes. */
export function nextPlausible(window: Uint8Array, offset: number): number {
  let i = 0;
  while (i < window.length - RECORD_HEADER_BYTES && !mayBeginAt(window, i)) i += 1;
  return offset + i;
}

/**
 * Cuts what follows the accepted end of the active segment, makes the rest durable, and leaves the file open for writing.
 * @throws DfsError of the disk
 */
export async function acceptTail(
  disk: Disk,
  log: Logger,
  active: ReadableFile,
  end: number,
  damage: Damage | null,
  durableOffset: number,
): Promise<DiskFile> {
  const file = await disk.open(LOG_FILE, 'update');
  try {
    const cutBytes = active.sizeBytes - end;
    if (cutBytes > 0) {
      const fields = { offset: end, cutBytes, reason: damage?.reason };
      log.warn(`Cut a torn tail of ${cutBytes} bytes off ${LOG_FILE} at offset ${end}: it was never acknowledged`, fields);
      await file.truncate(end);
    }
    await rewriteTail(file, durableOffset, end);
    await file.sync();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Writes the end of the accepted log over itself: from what is known to be durable on, and never more than one batch can be. */
async function rewriteTail(file: DiskFile, durableOffset: number, end: number): Promise<void> {
  const from = Math.max(durableOffset, end - TAIL_BYTES_MAX, 0);
  if (from >= end) return;
  const tail = new Uint8Array(end - from);
  const bytesRead = await file.read(tail, from);
  await file.write(tail.subarray(0, bytesRead), from);
}
