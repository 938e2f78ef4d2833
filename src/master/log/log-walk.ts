/**
 * Reads the files of the log from the newest one that begins at or before the checkpoint, and says where the reading had to stop.
 * Changes nothing.
 */
import type { Disk, DiskFile } from '../../shared/runtime.js';
import { knownSize } from '../../shared/known-size.js';
import { LOG_FILE, logFileKind, withFile } from './log-files.js';
import type { LogFileKind } from './log-files.js';
import { LogReader } from './log-reader.js';
import { LogReplay } from './log-replay.js';
import { unknownOperation } from '../state/operations/log-entry.js';
import { decodeRecord, RECORD_HEADER_BYTES } from './record.js';
import type { DecodedRecord } from './record.js';
import { decodeHead, HEAD_BYTES_MAX, reasonOf } from './segment-head.js';
import type { DecodedHead } from './segment-head.js';

/** A file of the log with its beginning. */
export interface LogFile {
  readonly name: string;
  readonly kind: LogFileKind;
  readonly sizeBytes: number;
  readonly begin: DecodedHead;
}

/** One whose beginning is valid. */
export interface ReadableFile extends LogFile {
  readonly begin: Extract<DecodedHead, { kind: 'valid' }>;
}

export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
  /** These bytes are no record: a crash may have torn them. Otherwise the record is whole and in a wrong place, or missing. */
  readonly isUnreadable: boolean;
}

export interface Walk {
  /** Readable files from the newest beginning on, by generation. Older ones are left over. */
  readonly files: readonly ReadableFile[];
  /** How many of `files`, from the first one on, are before the checkpoint and were not read. */
  readonly skipped: number;
  /** How many of `files` are wholly good, the skipped ones included. */
  readonly good: number;
  /** The good part; null when not even its beginning was found. */
  readonly replay: LogReplay | null;
  /** Where the good part of the last file read ends. */
  readonly end: number;
  readonly damage: Damage | null;
}

/** The files of the log in a folder, with their beginnings. @throws DfsError of the disk */
export async function listLogFiles(disk: Disk): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for (const entry of (await disk.list('.')).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const kind = logFileKind(name);
    if (kind === null) continue;
    const begin = await withFile(disk, name, 'read', async (file) => {
      const bytes = new Uint8Array(HEAD_BYTES_MAX);
      return decodeHead(bytes.subarray(0, await file.read(bytes, 0)));
    });
    files.push({ name, kind, sizeBytes: knownSize(entry), begin });
  }
  return files;
}

export function isReadable(file: LogFile): file is ReadableFile {
  return file.begin.kind === 'valid';
}

/** The files that make up the log, oldest first: those since the last one that begins it anew. */
export function chainOf(files: readonly LogFile[]): ReadableFile[] {
  const readable = files
    .filter(isReadable)
    .filter(({ kind }) => kind === 'active' || kind === 'closed')
    .sort((a, b) => a.begin.head.generation - b.begin.head.generation);
  return readable.slice(
    Math.max(
      0,
      readable.findLastIndex(({ begin }) => begin.head.previousGeneration === 0),
    ),
  );
}

/**
 * Reads the log.
 * @param after index of the checkpoint that the state was restored from; 0: none
 * @throws DfsError UNIMPLEMENTED for an operation of a newer release; of the disk
 */
export async function walkLog(disk: Disk, files: readonly LogFile[], after: number): Promise<Walk> {
  const chain = chainOf(files);
  const skipped = chain.findLastIndex(({ begin }) => begin.head.base.index <= after);
  const first = chain[skipped];
  if (first === undefined) {
    const damage = noBeginning(files, chain, after);
    return { files: chain, skipped: 0, good: 0, replay: null, end: 0, damage };
  }
  const replay = new LogReplay(first.begin.head.base, after);
  let before: ReadableFile | null = null;
  let end = 0;
  for (let at = skipped; at < chain.length; at += 1) {
    const file = chain[at] ?? first;
    const damage = before === null ? null : brokenLink(files, before, file, replay);
    const read = damage === null ? await readFile(disk, file, replay) : { end: 0, damage };
    end = read.end;
    if (read.damage !== null) return { files: chain, skipped, good: at, replay, end, damage: read.damage };
    before = file;
  }
  const damage = before?.kind === 'active' ? null : noActive(files);
  return { files: chain, skipped, good: chain.length, replay, end, damage };
}

function noBeginning(files: readonly LogFile[], chain: readonly ReadableFile[], after: number): Damage {
  const first = chain[0];
  if (first === undefined) return unreadableBeginning(files) ?? noActive(files);
  const { index } = first.begin.head.base;
  const checkpoint = after === 0 ? 'there is no readable checkpoint' : `the newest readable checkpoint is of entry ${after}`;
  return unreadableBeginning(files) ?? misplacedFile(first, `the log begins after entry ${index}, and ${checkpoint}`);
}

/** The closed segment whose place in the log cannot be determined. */
function unreadableBeginning(files: readonly LogFile[]): Damage | null {
  for (const { name, kind, begin } of files) {
    if (kind !== 'closed' || begin.kind !== 'damaged') continue;
    return { file: name, offset: begin.at, reason: begin.reason, isUnreadable: false };
  }
  return null;
}

function misplacedFile({ name }: LogFile, reason: string): Damage {
  return { file: name, offset: 0, reason, isUnreadable: false };
}

function noActive(files: readonly LogFile[]): Damage {
  const begin = files.find(({ kind }) => kind === 'active')?.begin;
  if (begin?.kind === 'damaged') return { file: LOG_FILE, offset: begin.at, reason: begin.reason, isUnreadable: false };
  return { file: LOG_FILE, offset: 0, reason: 'it is missing, though the folder was initialised', isUnreadable: false };
}

/** Says where the log is damaged when a file does not follow the one before. */
function brokenLink(files: readonly LogFile[], before: ReadableFile, file: ReadableFile, { last }: LogReplay): Damage | null {
  const { previousGeneration, previousSizeBytes, base } = file.begin.head;
  const { generation } = before.begin.head;
  if (previousGeneration !== generation) {
    const reason = `it follows segment ${previousGeneration}, which is missing: ${before.name} is segment ${generation}`;
    return unreadableBeginning(files) ?? misplacedFile(file, reason);
  }
  if (previousSizeBytes !== before.sizeBytes) {
    return misplacedFile(file, `${before.name} has ${before.sizeBytes} bytes, but had ${previousSizeBytes} when it was closed`);
  }
  if (base.index === last.index && base.term === last.term) return null;
  const ends = `${before.name} ends with entry ${last.index} of term ${last.term}`;
  return misplacedFile(file, `it begins after entry ${base.index} of term ${base.term}, but ${ends}`);
}

async function readFile(disk: Disk, file: ReadableFile, replay: LogReplay): Promise<{ end: number; damage: Damage | null }> {
  return withFile(disk, file.name, 'read', (open) => replayFile(open, `${disk.root}/${file.name}`, file, replay));
}

async function replayFile(
  open: DiskFile,
  path: string,
  file: ReadableFile,
  replay: LogReplay,
): Promise<{ end: number; damage: Damage | null }> {
  const reader = new LogReader(open, file.sizeBytes);
  replay.begin(file.begin.hardState);
  let offset = file.begin.sizeBytes;
  while (offset < file.sizeBytes) {
    const decoded = await readRecord(reader, offset);
    if (decoded.kind === 'unknown') throw unknownOperation(`${path} at offset ${offset}`, decoded.record.opCode);
    const isUnreadable = decoded.kind !== 'valid';
    const reason = isUnreadable ? reasonOf(decoded) : misplaced(decoded, offset, replay);
    if (reason !== null) return { end: offset, damage: { file: file.name, offset, reason, isUnreadable } };
    offset += isUnreadable ? 0 : decoded.sizeBytes;
  }
  return { end: offset, damage: null };
}

type WholeRecord = Extract<DecodedRecord, { kind: 'valid' | 'unknown' }>;

function misplaced({ record, sizeBytes }: WholeRecord, offset: number, replay: LogReplay): string | null {
  if (record.durableOffset > offset) return `a record claims that ${record.durableOffset} bytes were durable before it`;
  return replay.add(record, sizeBytes);
}

/** The record at an offset, in at most two looks. @throws DfsError of the disk */
export async function readRecord(reader: LogReader, offset: number): Promise<DecodedRecord> {
  const decoded = decodeRecord(await reader.view(offset, RECORD_HEADER_BYTES));
  return decoded.kind === 'short' ? decodeRecord(await reader.view(offset, decoded.neededBytes)) : decoded;
}
