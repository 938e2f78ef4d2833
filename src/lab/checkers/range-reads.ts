/**
 * Reads of ranges, told as reads of whole files: which write a range is a part of can be said where the content of that write can be
 * made again. So every checker judges them, and none needs to know of ranges.
 */
import type { Operation } from '../history/operation.js';
import { ContentStream, FingerprintTaker } from '../workloads/file-content.js';
import { isWrite } from './path-history.js';

const PIECE_BYTES = 64 * 1_024;

const isRange = ({ kind, outcome, startByte }: Operation): boolean =>
  kind === 'read' && outcome === 'ok' && startByte !== undefined;

/** Whether a range of a write's content is what was read. */
function isPartOf({ content, lengthBytes = 0 }: Operation, read: Operation): boolean {
  const { startByte = 0, endByte = 0 } = read;
  const wantedBytes = Math.max(0, Math.min(endByte, lengthBytes) - startByte);
  if (content === undefined || wantedBytes !== read.lengthBytes) return false;
  const taker = new FingerprintTaker();
  for (const piece of new ContentStream(content, startByte).pieces(wantedBytes, PIECE_BYTES)) taker.add(piece);
  return taker.taken().sha256 === read.sha256;
}

/** What was read, as far as it can be told. @param writes to the path or, where files are renamed, to any */
function resolved(read: Operation, writes: readonly Operation[]): Operation {
  const { startByte: _start, endByte: _end, ...whole } = read;
  const sources = new Map(writes.filter((write) => isPartOf(write, read)).map((write) => [write.sha256, write]));
  const [source] = sources.values();
  // Nobody wrote that: it stands as a content of its own, which is what the checkers then say.
  if (source === undefined) return whole;
  // A range too short to tell contents apart says that there is a file, and no more.
  if (sources.size > 1) return { ...whole, kind: 'stat', exists: true };
  const { sha256, lengthBytes } = source;
  return { ...whole, ...(sha256 === undefined ? {} : { sha256 }), ...(lengthBytes === undefined ? {} : { lengthBytes }) };
}

/**
 * @param history in order of invocation
 * @returns the same operations, none of them a read of a range
 */
export function withWholeReads(history: readonly Operation[]): readonly Operation[] {
  if (!history.some(isRange)) return history;
  const writes = history.filter((operation) => isWrite(operation) && operation.content !== undefined);
  const byPath = new Map<string, Operation[]>();
  for (const write of writes) byPath.set(write.path, [...(byPath.get(write.path) ?? []), write]);
  const areMoved = history.some(({ kind, outcome }) => kind === 'rename' && outcome !== 'fail');
  return history.map((operation) => {
    if (!isRange(operation)) return operation;
    const own = resolved(operation, byPath.get(operation.path) ?? []);
    return areMoved && own.sha256 === operation.sha256 && own.kind === 'read' ? resolved(operation, writes) : own;
  });
}
