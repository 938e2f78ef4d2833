/**
 * Recover(): replays master.log and decides about damage.
 *
 *   every record valid ─────────────────────────────▶ accepted
 *   damage at offset D ─┬ the hint file, or a later valid record, says that bytes beyond D were durable
 *                       │      ─▶ rot: LOG_DAMAGED, the file stays as it is
 *                       └ no such proof ─▶ a torn tail, never acknowledged: cut and reported
 *
 * What was accepted is written again, where nothing proves it durable, and fsynced before anybody sees it: a crash may have left
 * it in the page cache only, and after a failed fsync the kernel calls such pages clean, so that an fsync alone would pass them
 * over (Rebello et al., "Can Applications Recover from fsync Failures?", ATC'20).
 */
import { DfsError } from '../../shared/errors.js';
import type { Disk, DiskFile, Logger } from '../../shared/runtime.js';
import { readHint } from './durable-hint.js';
import { LogReader } from './log-reader.js';
import { operationOfCode } from './op-codes.js';
import { decodeRecord, RECORD_BYTES_MAX, RECORD_HEADER_BYTES } from './record.js';
import type { LogRecord } from './record.js';
import { BATCH_BYTES_MAX } from './wal.js';

export const LOG_FILE = 'master.log';

export interface Recovered {
  /** The log, open for appending at `offset`. */
  readonly file: DiskFile;
  readonly offset: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  /** Bytes of a torn tail that were cut. */
  readonly cutBytes: number;
}

interface Position {
  readonly offset: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

interface Damage {
  readonly at: number;
  readonly reason: string;
}

/**
 * Reads the log from its start and hands each record on, in order.
 * @param onRecord its record's body is valid only during the call
 * @throws DfsError LOG_DAMAGED naming file, offset and the ways out; NOT_FOUND without a log; whatever `onRecord` throws
 */
export async function recover(disk: Disk, log: Logger, onRecord: (record: LogRecord) => void): Promise<Recovered> {
  const file = await disk.open(LOG_FILE, 'update');
  try {
    const reader = new LogReader(file, await file.sizeBytes());
    const hint = await readHint(disk);
    const { position, damage } = await replay(disk, reader, onRecord);
    if (damage !== null) await assertTornTail(disk, reader, damage, hint);
    if (hint !== null && hint > position.offset) {
      throw damaged(disk, position.offset, `the log ends here, but it was durable up to offset ${hint}`);
    }
    const cutBytes = reader.sizeBytes - position.offset;
    if (cutBytes > 0) {
      log.warn(`Cut a torn tail of ${cutBytes} bytes off ${LOG_FILE} at offset ${position.offset}: it was never acknowledged`, {
        offset: position.offset,
        cutBytes,
        reason: damage?.reason,
      });
      await file.truncate(position.offset);
    }
    await rewriteTail(file, hint ?? 0, position.offset);
    await file.sync();
    return { file, ...position, cutBytes };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Writes the end of the accepted log over itself: from what is known to be durable on, and never more than one batch can be. */
async function rewriteTail(file: DiskFile, durableOffset: number, end: number): Promise<void> {
  const from = Math.max(durableOffset, end - BATCH_BYTES_MAX - RECORD_BYTES_MAX, 0);
  if (from >= end) return;
  const tail = new Uint8Array(end - from);
  const bytesRead = await file.read(tail, from);
  await file.write(tail.subarray(0, bytesRead), from);
}

async function replay(
  disk: Disk,
  reader: LogReader,
  onRecord: (record: LogRecord) => void,
): Promise<{ position: Position; damage: Damage | null }> {
  let position: Position = { offset: 0, lastIndex: 0, lastTerm: 0 };
  while (position.offset < reader.sizeBytes) {
    const decoded = await readRecord(reader, position.offset);
    if (decoded.kind !== 'valid') {
      const reason = decoded.kind === 'damaged' ? decoded.reason : 'the record is cut off by the end of the file';
      return { position, damage: { at: position.offset, reason } };
    }
    const { record, sizeBytes } = decoded;
    assertInSequence(disk, position, record);
    onRecord(record);
    position = { offset: position.offset + sizeBytes, lastIndex: record.index, lastTerm: record.term };
  }
  return { position, damage: null };
}

async function readRecord(reader: LogReader, offset: number): Promise<ReturnType<typeof decodeRecord>> {
  const decoded = decodeRecord(await reader.view(offset, RECORD_HEADER_BYTES));
  return decoded.kind === 'short' ? decodeRecord(await reader.view(offset, decoded.neededBytes)) : decoded;
}

/** A record with a good checksum in a wrong place was not torn by a crash. */
function assertInSequence(disk: Disk, position: Position, record: LogRecord): void {
  if (record.index !== position.lastIndex + 1) {
    throw damaged(disk, position.offset, `record ${record.index} follows record ${position.lastIndex}`);
  }
  if (record.term < position.lastTerm) {
    throw damaged(disk, position.offset, `the term goes back from ${position.lastTerm} to ${record.term}`);
  }
  if (record.durableOffset > position.offset) {
    throw damaged(disk, position.offset, `a record claims that ${record.durableOffset} bytes were durable before it`);
  }
}

/** @throws DfsError LOG_DAMAGED when something proves that the damaged bytes were durable */
async function assertTornTail(disk: Disk, reader: LogReader, damage: Damage, hint: number | null): Promise<void> {
  if (hint !== null && hint > damage.at) {
    throw damaged(disk, damage.at, `${damage.reason}; the log was durable up to offset ${hint}`);
  }
  if (reader.sizeBytes - damage.at > BATCH_BYTES_MAX + RECORD_BYTES_MAX) {
    const tail = reader.sizeBytes - damage.at;
    throw damaged(disk, damage.at, `${damage.reason}; ${tail} bytes follow, more than a crash can leave half written`);
  }
  const proof = await findProof(reader, damage.at);
  if (proof !== null) {
    throw damaged(disk, damage.at, `${damage.reason}; the record at offset ${proof} proves that these bytes were durable`);
  }
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
    if (decoded.kind !== 'valid') continue;
    if (decoded.record.durableOffset > damagedAt && decoded.record.durableOffset <= at) return at;
  }
  return null;
}

/** Skips offsets where no record can begin, as far as the window shows: most of them, at the cost of a look at one byte. */
function nextPlausible(window: Uint8Array, offset: number): number {
  let i = 0;
  while (i < window.length - RECORD_HEADER_BYTES && operationOfCode(window[i] ?? 0) === undefined) i += 1;
  return offset + i;
}

function damaged(disk: Disk, offset: number, reason: string): DfsError {
  return new DfsError(
    'LOG_DAMAGED',
    `${disk.root}/${LOG_FILE} is damaged at offset ${offset}: ${reason}. Nothing was changed. ` +
      `Ways out: put back a good copy of ${LOG_FILE} (with its folder) from a backup or from the disk's own redundancy; ` +
      `or, accepting that everything logged from offset ${offset} on is lost, copy the folder away, cut ${LOG_FILE} to ` +
      `${offset} bytes and remove ${LOG_FILE}.durable. Datanodes keep their chunks meanwhile.`,
  );
}
