/** Promises 1, 2 and 5, by digest: acknowledged content stays, only written content is read, and what is gone stays gone. */
import type { Operation } from '../history/operation.js';
import { resultOf } from './check-result.js';
import type { CheckResult, Violation } from './check-result.js';
import { describeOperation } from './describe-operation.js';
import { ancestorsOf } from './path-names.js';

const isWrite = ({ kind, outcome }: Operation): boolean => (kind === 'create' || kind === 'overwrite') && outcome !== 'fail';
const isRead = ({ kind, outcome }: Operation): boolean => kind === 'read' && outcome === 'ok';
const isRemoval = ({ kind, outcome }: Operation): boolean => (kind === 'delete' || kind === 'rename') && outcome !== 'fail';
/** From then on it cannot take effect any more. */
const overMs = ({ outcome, completedMs }: Operation): number => (outcome === 'ok' ? (completedMs ?? Infinity) : Infinity);

/** It says that nothing is at its path. */
const saysAbsent = ({ kind, outcome, error, exists }: Operation): boolean =>
  (kind === 'read' && outcome === 'fail' && error === 'ENOENT') || (kind === 'stat' && outcome === 'ok' && exists === false);

/** By path: its operations, and whether only they can change it (no directory above is removed or renamed, nothing is moved to it). */
interface PathHistory {
  readonly writes: Operation[];
  readonly removals: Operation[];
  readonly looks: Operation[];
  readonly isMoved: boolean;
}

function byPath(history: readonly Operation[]): Map<string, PathHistory> {
  const targets = new Set(history.filter(isRemoval).flatMap(({ toPath }) => toPath ?? []));
  const removed = new Set(history.filter(isRemoval).map(({ path }) => path));
  const paths = new Map<string, PathHistory>();
  for (const operation of history) {
    const { path } = operation;
    const isMoved = targets.has(path) || ancestorsOf(path).some((above) => removed.has(above) || targets.has(above));
    const own = paths.get(path) ?? { writes: [], removals: [], looks: [], isMoved };
    paths.set(path, own);
    if (isWrite(operation)) own.writes.push(operation);
    else if (isRemoval(operation)) own.removals.push(operation);
    else if (isRead(operation) || saysAbsent(operation)) own.looks.push(operation);
  }
  return paths;
}

const violation = (operations: readonly Operation[], why: string): Violation => ({
  operationIds: operations.map(({ id }) => id),
  message: [why, ...operations.map((operation) => `  ${describeOperation(operation)}`)].join('\n'),
});

/** Promise 2: a read returns only what a write, begun before the read ended, had as its content. */
export function checkIntegrity(history: readonly Operation[]): CheckResult {
  const writesByDigest = new Map<string, Operation[]>();
  for (const write of history.filter(isWrite)) {
    const same = writesByDigest.get(write.sha256 ?? '') ?? [];
    same.push(write);
    writesByDigest.set(write.sha256 ?? '', same);
  }
  const paths = byPath(history);
  const reads = history.filter(isRead);
  const violations = reads
    .filter((read) => {
      const writes = writesByDigest.get(read.sha256 ?? '') ?? [];
      const mayMove = paths.get(read.path)?.isMoved ?? false;
      return !writes.some((write) => (mayMove || write.path === read.path) && write.invokedMs <= (read.completedMs ?? Infinity));
    })
    .map((read) => violation([read], 'content that nobody had written there'));
  return resultOf('integrity', violations, reads.length, 'reads compared by sha256');
}

/** Promise 1: what was acknowledged is found, unless a removal may have come after it. */
export function checkDurability(history: readonly Operation[]): CheckResult {
  const violations: Violation[] = [];
  let looked = 0;
  for (const { writes, removals, looks } of byPath(history).values()) {
    for (const look of looks) {
      const acked = writes.findLast((write) => overMs(write) < look.invokedMs);
      if (acked === undefined) continue;
      looked += 1;
      const endMs = look.completedMs ?? Infinity;
      const mayBeGone = removals.some((removal) => overMs(removal) >= acked.invokedMs && removal.invokedMs <= endMs);
      if (saysAbsent(look) && !mayBeGone && !isUnder(history, look.path)) {
        violations.push(violation([acked, look], 'acknowledged, and now there is no such file'));
      }
    }
  }
  return resultOf('durability', violations, looked, 'looks at acknowledged files');
}

/** A directory above was removed or renamed at some time. */
const isUnder = (history: readonly Operation[], path: string): boolean => {
  const above = new Set(ancestorsOf(path));
  return history.some((operation) => isRemoval(operation) && (above.has(operation.path) || above.has(operation.toPath ?? '')));
};

/** Promise 5: once deleted or replaced, content is not seen again unless it was written again. */
export function checkNoResurrection(history: readonly Operation[]): CheckResult {
  const violations: Violation[] = [];
  let looked = 0;
  for (const { writes, removals, looks, isMoved } of byPath(history).values()) {
    if (isMoved) continue;
    for (const read of looks.filter(isRead)) {
      const sources = writes.filter((write) => write.sha256 === read.sha256 && write.invokedMs <= (read.completedMs ?? Infinity));
      if (sources.length === 0) continue;
      looked += 1;
      const lastMs = Math.max(...sources.map(overMs));
      const end = [...writes, ...removals].find(
        (change) => change.sha256 !== read.sha256 && change.invokedMs > lastMs && overMs(change) < read.invokedMs,
      );
      if (end !== undefined) violations.push(violation([...sources.slice(-1), end, read], 'deleted or replaced, and seen again'));
    }
  }
  return resultOf('no-resurrection', violations, looked, 'reads of files with a known history');
}

/** Promise 3: an operation that is answered as if somebody had been there before, though only itself can have been. */
export function checkExactlyOnce(history: readonly Operation[]): CheckResult {
  const changes = history.filter((operation) => isWrite(operation) || isRemoval(operation) || operation.kind === 'mkdir');
  const paths = byPath(history);
  const others = new Map<string, number>();
  for (const { kind, path, toPath, outcome } of changes) {
    if (outcome !== 'fail') for (const at of new Set([path, toPath ?? path])) others.set(at, (others.get(at) ?? 0) + 1);
    // mkdir -p makes what is above, too.
    if (kind === 'mkdir') for (const above of ancestorsOf(path)) others.set(above, (others.get(above) ?? 0) + 1);
  }
  const lonely = (path: string): boolean => (others.get(path) ?? 0) === 0 && !isUnder(history, path);
  const doubled = history
    .filter(({ kind, outcome, error }) => kind === 'create' && outcome === 'fail' && error === 'EEXIST')
    .filter(({ path }) => lonely(path) && paths.get(path)?.writes.length === 0)
    .map((create) => violation([create], 'refused because of a file that nobody else can have made'));
  const mutations = history.filter(
    ({ kind }) => kind === 'create' || kind === 'delete' || kind === 'mkdir' || kind === 'rename' || kind === 'overwrite',
  );
  const deletes = mutations.filter(({ kind, outcome, error }) => kind === 'delete' && outcome === 'fail' && error === 'ENOENT');
  const lost = deletes.flatMap((gone) => {
    const own = paths.get(gone.path);
    const acked = own?.writes.findLast((write) => overMs(write) < gone.invokedMs);
    if (own === undefined || acked === undefined || isUnder(history, gone.path)) return [];
    const hasOther = own.removals.some(
      (removal) => overMs(removal) >= acked.invokedMs && removal.invokedMs <= (gone.completedMs ?? Infinity),
    );
    return hasOther
      ? []
      : [violation([acked, gone], 'nothing to delete, though only this deletion can have taken the file away')];
  });
  return resultOf('exactly-once', [...doubled, ...lost], mutations.length, 'mutations');
}
