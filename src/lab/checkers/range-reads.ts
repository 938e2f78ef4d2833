/**
 * Converts reads of ranges to reads of whole files, by finding the write whose content contains the range. The content of the write
 * must be reproducible. Checkers therefore judge range reads without knowing ranges.
 */
import type { Operation } from '../history/operation.js';
import { ContentStream, FingerprintTaker } from '../workloads/file-content.js';
import { isWrite } from './path-history.js';

const PIECE_BYTES = 64 * 1_024;

const isRange = ({ kind, outcome, startByte }: Operation): boolean =>
  kind === 'read' && outcome === 'ok' && startByte !== undefined;

/** Whether a range of a write's content has the digest that was read. */
function isPartOf({ content, lengthBytes = 0 }: Operation, read: Operation): boolean {
  const { startByte = 0, endByte = 0 } = read;
  const wantedBytes = Math.max(0, Math.min(endByte, lengthBytes) - startByte);
  if (content === undefined || wantedBytes !== read.lengthBytes) return false;
  const taker = new FingerprintTaker();
  for (const piece of new ContentStream(content, startByte).pieces(wantedBytes, PIECE_BYTES)) taker.add(piece);
  return taker.taken().sha256 === read.sha256;
}

/** The digest of the whole content, as far as known. @param writes to the path or, where files are renamed, to any path */
function resolved(read: Operation, writes: readonly Operation[]): Operation {
  const { startByte: _start, endByte: _end, ...whole } = read;
  const sources = new Map(writes.filter((write) => isPartOf(write, read)).map((write) => [write.sha256, write]));
  const [source] = sources.values();
  // The range belongs to no write: its digest stands for a content of its own, which the checkers then report.
  if (source === undefined) return whole;
  // A range too short to distinguish contents only shows that the file exists.
  if (sources.size > 1) return { ...whole, kind: 'stat', exists: true };
  const { sha256, lengthBytes } = source;
  return { ...whole, ...(sha256 === undefined ? {} : { sha256 }), ...(lengthBytes === undefined ? {} : { lengthBytes }) };
}

/**
 * @param history in order of invocation
 * @returns the same operations, without reads of ranges
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
