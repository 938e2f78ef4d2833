/** Promises 1, 2, 3 and 5, by digest: acknowledged content stays, only written content is read, and what is gone stays gone. */
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

/** Promise 2: a read returns only what a write, begun before the read ended, had as its content. */
export function checkIntegrity(history: readonly Operation[]): CheckResult {
  const paths = byPath(history);
  /** By digest, and by path and digest: when it was first asked for. */
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
    .map((read) => violation([read], 'content that nobody had written there'));
  return resultOf('integrity', violations, reads.length, 'reads compared by sha256');
}

/** Promise 1: what was acknowledged is found, unless a removal may have come after it. */
export function checkDurability(history: readonly Operation[]): CheckResult {
  const violations: Violation[] = [];
  let looked = 0;
  for (const path of byPath(history).values()) {
    for (const look of path.looks) {
      const acked = path.lastAckedBefore(look.invokedMs);
      if (acked === undefined) continue;
      looked += 1;
      if (saysAbsent(look) && !path.isUnderRemoved && !path.mayBeRemoved(acked.invokedMs, endMs(look))) {
        violations.push(violation([acked, look], 'acknowledged, and now there is no such file'));
      }
    }
  }
  return resultOf('durability', violations, looked, 'looks at acknowledged files');
}

/** Promise 5: once deleted or replaced, content is not seen again unless it was written again. */
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
      // Begun after the content was in place, and over before it was read: it is of another content, or it would be a source itself.
      if (end !== undefined && end.invokedMs > lastMs)
        violations.push(violation([...sources.slice(-1), end, read], 'deleted or replaced, and seen again'));
    }
  }
  return resultOf('no-resurrection', violations, looked, 'reads of files with a known history');
}

/** Of each path: how many operations may have made or changed something there. */
function countChanges(history: readonly Operation[]): Map<string, number> {
  const changes = new Map<string, number>();
  const count = (path: string): void => void changes.set(path, (changes.get(path) ?? 0) + 1);
  for (const operation of history) {
    const { kind, path, toPath, outcome } = operation;
    if (isLook(operation)) continue;
    if (outcome !== 'fail') for (const at of new Set([path, toPath ?? path])) count(at);
    // mkdir -p makes what is above, too, even when it is refused in the end.
    if (kind === 'mkdir') for (const above of ancestorsOf(path)) count(above);
  }
  return changes;
}

/** Promise 3: an operation that is answered as if somebody had been there before, though only itself can have been. */
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
      doubled.push(violation([operation], 'refused because of a file that nobody else can have made'));
    if (kind !== 'delete' || error !== 'ENOENT') continue;
    const acked = path.lastAckedBefore(operation.invokedMs);
    if (acked !== undefined && !path.mayBeRemoved(acked.invokedMs, endMs(operation)))
      lost.push(violation([acked, operation], 'nothing to delete, though only this deletion can have taken the file away'));
  }
  return resultOf('exactly-once', [...doubled, ...lost], mutations, 'mutations');
}
