/**
 * Looks at every record of a master's log, for a person: what stands where, and what is around a damaged place. Changes nothing, works
 * on a folder that no master would start with, and holds a window of one file in memory.
 */
import { isDfsError } from '../../shared/errors.js';
import { knownSize } from '../../shared/known-size.js';
import type { Disk } from '../../shared/runtime.js';
import type { HardState, Members } from '../../raft/types.js';
import { decodeHardState, decodeMembers } from './hard-state.js';
import { LOG_FILE, logFileKind } from './log-files.js';
import type { LogFileKind } from './log-files.js';
import { LogReader } from './log-reader.js';
import { readRecord } from './log-walk.js';
import { GROUP_CODES, operationOfCode } from '../state/operations/op-codes.js';
import { RECORD_HEADER_BYTES } from './record.js';
import type { LogRecord } from './record.js';
import { reasonOf } from './segment-head.js';
import { readSegmentHint } from './segment-hint.js';
import { nextPlausible } from './torn-tail.js';
import { readVote } from './vote-file.js';
import type { StoredVote } from './vote-file.js';

export interface InspectedFile {
  readonly kind: 'file';
  readonly file: string;
  readonly role: LogFileKind;
  readonly sizeBytes: number;
}

export interface InspectedRecord {
  readonly kind: 'record';
  readonly file: string;
  /** Of its first byte, in the file. */
  readonly offset: number;
  /** With header and checksum. */
  readonly sizeBytes: number;
  readonly operation: string;
  readonly term: number;
  readonly index: number;
  /** Bytes of the file that were durable when it was written. */
  readonly durableOffset: number;
  /** Of a hard state or a set of members. */
  readonly detail: HardState | Members | null;
  /** Why it cannot stand here although its checksum is right; null: it can. */
  readonly problem: string | null;
}

export interface InspectedDamage {
  readonly kind: 'damage';
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
  /** Where the next valid record begins; null: none follows in this file. */
  readonly nextOffset: number | null;
  /** What proves that the bytes were durable, so that this is corruption; null: nothing in this file, it may be a torn tail. */
  readonly proof: string | null;
}

export interface InspectedVote {
  readonly kind: 'vote';
  readonly vote: StoredVote;
}

export type Inspected = InspectedFile | InspectedRecord | InspectedDamage | InspectedVote;

export interface InspectOptions {
  /** Only this file. Default: all. */
  readonly file?: string;
  /** Only so many records on each side of a damaged place or a problem. Default: all records. At most AROUND_MAX. */
  readonly around?: number;
}

export const AROUND_MAX = 1_000;

/**
 * Yields the vote, then each file followed by what is in it, in the order of the log: closed segments, the active one, the rest.
 * @throws DfsError of the disk
 */
export async function* inspectLog(disk: Disk, options: InspectOptions = {}): AsyncGenerator<Inspected> {
  yield { kind: 'vote', vote: await readVote(disk) };
  const hint = await readSegmentHint(disk);
  for (const { name, sizeBytes, role } of await logFiles(disk)) {
    if (options.file !== undefined && options.file !== name) continue;
    yield { kind: 'file', file: name, role, sizeBytes };
    const file = await disk.open(name, 'read');
    try {
      const records = inspectFile(name, role, new LogReader(file, sizeBytes), hint);
      yield* options.around === undefined ? records : near(records, Math.min(options.around, AROUND_MAX));
    } finally {
      await file.close();
    }
  }
}

const ORDER: readonly LogFileKind[] = ['closed', 'active', 'temporary', 'set-aside'];

async function logFiles(disk: Disk): Promise<{ name: string; sizeBytes: number; role: LogFileKind }[]> {
  const files = (await disk.list('.')).flatMap((entry) => {
    const { name } = entry;
    const role = logFileKind(name);
    return role === null ? [] : [{ name, sizeBytes: knownSize(entry), role }];
  });
  return files.sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || (a.name < b.name ? -1 : 1));
}

type Hint = Awaited<ReturnType<typeof readSegmentHint>>;

async function* inspectFile(
  file: string,
  role: LogFileKind,
  reader: LogReader,
  hint: Hint,
): AsyncGenerator<InspectedRecord | InspectedDamage> {
  let before: LogRecord | null = null;
  let generation = 0;
  for (let offset = 0; offset < reader.sizeBytes;) {
    const decoded = await readRecord(reader, offset);
    if (decoded.kind === 'valid' || decoded.kind === 'unknown') {
      const { record, sizeBytes } = decoded;
      if (record.opCode === GROUP_CODES.segment) generation = generationOf(record);
      yield describe(file, offset, sizeBytes, record, problemOf(record, before, offset));
      before = { ...record, body: new Uint8Array(0) };
      offset += sizeBytes;
      continue;
    }
    const next = await nextValid(reader, offset);
    const proof = proofOf(role, offset, next?.record ?? null, hint?.generation === generation ? hint.durableOffset : 0);
    yield { kind: 'damage', file, offset, reason: reasonOf(decoded), nextOffset: next?.offset ?? null, proof };
    if (next === null) return;
    before = null;
    offset = next.offset;
  }
}

function generationOf({ body }: LogRecord): number {
  return body.length < 8 ? 0 : Number(new DataView(body.buffer, body.byteOffset, 8).getBigUint64(0));
}

function describe(file: string, offset: number, sizeBytes: number, record: LogRecord, problem: string | null): InspectedRecord {
  const { opCode, term, index, durableOffset, body } = record;
  const operation = operationOfCode(opCode) ?? String(opCode);
  const place = { file, offset, sizeBytes, operation, term, index, durableOffset };
  try {
    const detail =
      opCode === GROUP_CODES.hardState ? decodeHardState(body) : opCode === GROUP_CODES.members ? decodeMembers(body) : null;
    return { kind: 'record', ...place, detail, problem };
  } catch (error) {
    if (!isDfsError(error, 'PROTOCOL_ERROR')) throw error;
    return { kind: 'record', ...place, detail: null, problem: `its body cannot be understood: ${error.message}` };
  }
}

/** As far as two neighbours show; recovery looks at the whole log. */
function problemOf(record: LogRecord, before: LogRecord | null, offset: number): string | null {
  if (record.durableOffset > offset) return `it claims that ${record.durableOffset} bytes were durable before it`;
  if (operationOfCode(record.opCode) === undefined) return 'this release does not know the operation: a newer one wrote it';
  if (before === null) return null;
  if (record.opCode === GROUP_CODES.segment) return 'a segment begins in the middle of the file';
  if (record.opCode === GROUP_CODES.hardState) return null;
  if (record.index > before.index + 1) return `record ${record.index} follows record ${before.index}`;
  if (record.index === before.index + 1 && record.term < before.term) {
    return `the term goes back from ${before.term} to ${record.term}`;
  }
  return null;
}

function proofOf(role: LogFileKind, offset: number, next: LogRecord | null, hinted: number): string | null {
  if (role === 'closed') return 'a closed segment is durable as a whole';
  if (hinted > offset) return `${LOG_FILE}.durable says that the file was durable up to offset ${hinted}`;
  if (next !== null && next.durableOffset > offset)
    return `the next valid record says that ${next.durableOffset} bytes were durable`;
  return null;
}

/** The next valid record whose figures can be right, at any offset: LENGTH may be what is damaged. */
async function nextValid(reader: LogReader, damagedAt: number): Promise<{ offset: number; record: LogRecord } | null> {
  for (let at = damagedAt + 1; at + RECORD_HEADER_BYTES <= reader.sizeBytes; at += 1) {
    at = nextPlausible(await reader.view(at, RECORD_HEADER_BYTES), at);
    const decoded = await readRecord(reader, at);
    if ((decoded.kind === 'valid' || decoded.kind === 'unknown') && decoded.record.durableOffset <= at)
      return { offset: at, record: decoded.record };
  }
  return null;
}

/** Only what is near to damage: the records before it wait until it is known whether one comes. */
async function* near(
  all: AsyncGenerator<InspectedRecord | InspectedDamage>,
  around: number,
): AsyncGenerator<InspectedRecord | InspectedDamage> {
  let waiting: InspectedRecord[] = [];
  let following = 0;
  for await (const item of all) {
    if (item.kind === 'damage' || item.problem !== null) {
      yield* waiting;
      waiting = [];
      following = around;
      yield item;
    } else if (following > 0) {
      following -= 1;
      yield item;
    } else {
      waiting.push(item);
      if (waiting.length > around) waiting.shift();
    }
  }
}
