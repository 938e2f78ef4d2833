/**
 * Guarantees 1, 2, 3 and 5, by digest: acknowledged content stays, only written content is read, and deleted content stays deleted.
 */
import { isLook } from '../history/operation.js';
import type { Operation } from '../history/operation.js';
import { resultOf } from './check-result.js';
import type { CheckResult, Violation } from './check-result.js';
import { describeOperation } from './describe-operation.js';
import { byPath, isRead, isWrite, overMs, saysAbsent } from './path-history.js';
import { ancestorsOf } from './path-names.js';

const violation = (operations: readonly Operation[], why: string): Violation => ({
  operationIds: operations.map(({ id }) => id),
  message: [why, ...operations.map((operation) => `  ${describeOperation(operation)}`)].join('\n'),
});
const endMs = ({ completedMs }: Operation): number => completedMs ?? Infinity;

/** Guarantee 2: a read returns only the content of a write that began before the read ended. */
export function checkIntegrity(history: readonly Operation[]): CheckResult {
  const paths = byPath(history);
  /** Time of the first write, by digest, and by path and digest. */
  const firstMs = new Map<string, number>();
  for (const { path, sha256 = '', invokedMs } of history.filter(isWrite)) {
    for (const key of [sha256, `${sha256} ${path}`]) firstMs.set(key, Math.min(firstMs.get(key) ?? Infinity, invokedMs));
  }
  const reads = history.filter(isRead);
  const violations = reads
    .filter((read) => {
      const { path, sha256 = '' } = read;
      const key = paths.get(path)?.isMoved === true ? sha256 : `${sha256} ${path}`;
      return (firstMs.get(key) ?? Infinity) > endMs(read) || !firstMs.has(key);
    })
    .map((read) => violation([read], 'content that was never written there'));
  return resultOf('integrity', violations, reads.length, 'reads compared by sha256');
}

/** Guarantee 1: an acknowledged file is found, unless a removal may have come after the write. */
export function checkDurability(history: readonly Operation[]): CheckResult {
  const violations: Violation[] = [];
  let looked = 0;
  for (const path of byPath(history).values()) {
    for (const look of path.looks) {
      const acked = path.lastAckedBefore(look.invokedMs);
      if (acked === undefined) continue;
      looked += 1;
      if (saysAbsent(look) && !path.isUnderRemoved && !path.mayBeRemoved(acked.invokedMs, endMs(look))) {
        violations.push(violation([acked, look], 'acknowledged, but reported as missing'));
      }
    }
  }
  return resultOf('durability', violations, looked, 'lookups of acknowledged files');
}

/** Guarantee 5: deleted or replaced content is not read again unless it was written again. */
export function checkNoResurrection(history: readonly Operation[]): CheckResult {
  const violations: Violation[] = [];
  let looked = 0;
  for (const path of byPath(history).values()) {
    if (path.isMoved) continue;
    for (const read of path.looks.filter(isRead)) {
      const sources = path.writesOf(read.sha256 ?? '').filter((write) => write.invokedMs <= endMs(read));
      if (sources.length === 0) continue;
      looked += 1;
      const lastMs = Math.max(...sources.map(overMs));
      const end = path.lastChangeOverBefore(read.invokedMs);
      // The operation began after the content was in place and ended before the read, so that it is about another content.
      if (end !== undefined && end.invokedMs > lastMs)
        violations.push(violation([...sources.slice(-1), end, read], 'deleted or replaced, and read again'));
    }
  }
  return resultOf('no-resurrection', violations, looked, 'reads of files with a known history');
}

/** The number of operations that may have created or changed something, by path. */
function countChanges(history: readonly Operation[]): Map<string, number> {
  const changes = new Map<string, number>();
  const count = (path: string): void => void changes.set(path, (changes.get(path) ?? 0) + 1);
  for (const operation of history) {
    const { kind, path, toPath, outcome } = operation;
    if (isLook(operation)) continue;
    if (outcome !== 'fail') for (const at of new Set([path, toPath ?? path])) count(at);
    // mkdir -p creates the parents too, even when the request is refused in the end.
    if (kind === 'mkdir') for (const above of ancestorsOf(path)) count(above);
  }
  return changes;
}

/**
 * Guarantee 3: finds operations whose answer assumes an earlier operation, although only the operation itself can have had the
 * effect.
 */
export function checkExactlyOnce(history: readonly Operation[]): CheckResult {
  const paths = byPath(history);
  const changes = countChanges(history);
  const doubled: Violation[] = [];
  const lost: Violation[] = [];
  let mutations = 0;
  for (const operation of history) {
    const { kind, path: name, outcome, error } = operation;
    if (isLook(operation)) continue;
    mutations += 1;
    const path = paths.get(name);
    if (outcome !== 'fail' || path === undefined || path.isUnderRemoved) continue;
    if (kind === 'create' && error === 'EEXIST' && (changes.get(name) ?? 0) === 0)
      doubled.push(violation([operation], 'refused because of a file that no other operation can have created'));
    if (kind !== 'delete' || error !== 'ENOENT') continue;
    const acked = path.lastAckedBefore(operation.invokedMs);
    if (acked !== undefined && !path.mayBeRemoved(acked.invokedMs, endMs(operation)))
      lost.push(violation([acked, operation], 'nothing to delete, although only this deletion can have removed the file'));
  }
  return resultOf('exactly-once', [...doubled, ...lost], mutations, 'mutations');
}
