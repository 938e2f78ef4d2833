/** A second, slow specification of the namespace, written apart from the checkers': plain maps, every order tried, no partitions. */
import type { Operation } from '../../../src/lab/history/operation.js';

/** Path to digest, or 'dir'. */
export type Tree = ReadonlyMap<string, string>;

const up = (path: string): string => path.split('/').slice(0, -1).join('/') || '/';
const inside = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);
const kindOf = (tree: Tree, path: string): 'none' | 'dir' | 'file' => {
  const value = path === '/' ? 'dir' : tree.get(path);
  return value === undefined ? 'none' : value === 'dir' ? 'dir' : 'file';
};

/** ENOENT or ENOTDIR when the directory of a path is not there. */
function obstacle(tree: Tree, path: string): string | undefined {
  if (path === '/' || up(path) === '/') return undefined;
  const above = obstacle(tree, up(path));
  if (above !== undefined) return above;
  const kind = kindOf(tree, up(path));
  return kind === 'dir' ? undefined : kind === 'file' ? 'ENOTDIR' : 'ENOENT';
}

const childrenOf = (tree: Tree, path: string): string[] => [...tree.keys()].filter((other) => up(other) === path);

export interface Answer {
  readonly code: string;
  readonly tree: Tree;
  readonly seen?: string;
  readonly names?: readonly string[];
}

/** What a sequential file system answers. Where two codes are right it gives one; `rm` of an empty directory works. */
export function answer(tree: Tree, operation: Operation): Answer {
  const { kind, path, toPath = '', sha256 = '' } = operation;
  const refuse = (code: string): Answer => ({ code, tree });
  const put = (...entries: [string, string][]): Answer => ({ code: 'ok', tree: new Map([...tree, ...entries]) });
  const there = kindOf(tree, path);
  if (kind === 'mkdir' && operation.parents === true) {
    const chain = path
      .split('/')
      .slice(1)
      .map((_, i, names) => `/${names.slice(0, i + 1).join('/')}`);
    const file = chain.findIndex((at) => kindOf(tree, at) === 'file');
    if (file >= 0) return refuse(file === chain.length - 1 ? 'EEXIST' : 'ENOTDIR');
    return put(...chain.map((at): [string, string] => [at, 'dir']));
  }
  const blocked = obstacle(tree, path);
  if (blocked !== undefined) return refuse(blocked);
  if (kind === 'mkdir') return there === 'none' ? put([path, 'dir']) : refuse('EEXIST');
  if (kind === 'create') return there === 'none' ? put([path, sha256]) : refuse('EEXIST');
  if (kind === 'overwrite') return there === 'dir' ? refuse('EISDIR') : put([path, sha256]);
  if (there === 'none') return refuse('ENOENT');
  if (kind === 'stat') return { code: 'ok', tree };
  if (kind === 'read') return there === 'dir' ? refuse('EISDIR') : { code: 'ok', tree, seen: tree.get(path)! };
  if (kind === 'list') {
    if (there === 'file') return refuse('ENOTDIR');
    return { code: 'ok', tree, names: childrenOf(tree, path).map((child) => child.slice(child.lastIndexOf('/') + 1)) };
  }
  if (kind === 'delete') {
    if (there === 'dir' && operation.recursive !== true && childrenOf(tree, path).length > 0) return refuse('ENOTEMPTY');
    return { code: 'ok', tree: new Map([...tree].filter(([at]) => at !== path && !inside(at, path))) };
  }
  const blockedThere = obstacle(tree, toPath);
  if (blockedThere !== undefined) return refuse(blockedThere);
  if (path === toPath) return { code: 'ok', tree };
  const target = kindOf(tree, toPath);
  if (there === 'dir' && inside(toPath, path)) return refuse('EINVAL');
  if (target === 'file' && there === 'dir') return refuse('ENOTDIR');
  if (target === 'dir' && there === 'file') return refuse('EISDIR');
  if (target === 'dir' && childrenOf(tree, toPath).length > 0) return refuse('ENOTEMPTY');
  const stays = [...tree].filter(([at]) => at !== path && at !== toPath && !inside(at, path));
  const moves = [...tree].filter(([at]) => at === path || inside(at, path));
  const moved = moves.map(([at, value]): [string, string] => [toPath + at.slice(path.length), value]);
  return { code: 'ok', tree: new Map([...stays, ...moved]) };
}

/** Whether an operation of known outcome may have had it in this state; the state after it, or null. */
function fits(tree: Tree, operation: Operation): Tree | null {
  const told = answer(tree, operation);
  if (operation.outcome === 'unknown') return told.code === 'ok' ? told.tree : null;
  const isDirectory = kindOf(tree, operation.path) === 'dir' && obstacle(tree, operation.path) === undefined;
  if (operation.outcome === 'fail') {
    if (!['ENOENT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(operation.error!)) return tree;
    const alsoRight = isDirectory && operation.error === 'EISDIR' && ['create', 'delete'].includes(operation.kind);
    return told.code === operation.error || (alsoRight && operation.recursive !== true) ? tree : null;
  }
  if (operation.exists === false) return told.code === 'ok' ? null : tree;
  if (told.code !== 'ok') return null;
  if (operation.kind === 'read' && told.seen !== operation.sha256) return null;
  if (operation.kind === 'list' && [...told.names!].sort().join() !== [...operation.names!].sort().join()) return null;
  return told.tree;
}

/**
 * Tries every order. For a handful of operations.
 * @param settledMs by id: an unknown operation comes before all that was asked for later
 */
export function isLinearizable(
  operations: readonly Operation[],
  start: Tree = new Map(),
  settledMs: ReadonlyMap<number, number> = new Map(),
): boolean {
  const endOf = ({ outcome, completedMs }: Operation): number => (outcome === 'unknown' ? Infinity : (completedMs ?? Infinity));
  const search = (left: readonly Operation[], tree: Tree, reachedMs: number): boolean => {
    if (left.every(({ outcome }) => outcome === 'unknown')) return true;
    return left.some((operation) => {
      if (left.some((other) => endOf(other) < operation.invokedMs)) return false;
      if ((settledMs.get(operation.id) ?? Infinity) < reachedMs) return false;
      const next = fits(tree, operation);
      const rest = left.filter((other) => other !== operation);
      return next !== null && search(rest, next, Math.max(reachedMs, operation.invokedMs));
    });
  };
  return search(operations, start, 0);
}
