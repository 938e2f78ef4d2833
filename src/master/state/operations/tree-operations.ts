/** The operations on the tree that the log carries: make, rename, delete, purge. Each checks everything before it changes anything. */
import type { DeleteRequest__Output } from '../../../protocol/generated/distrifs/v1/DeleteRequest.js';
import type { MakeDirectoryRequest__Output } from '../../../protocol/generated/distrifs/v1/MakeDirectoryRequest.js';
import type { Purge__Output } from '../../../protocol/generated/distrifs/v1/Purge.js';
import type { RenameRequest__Output } from '../../../protocol/generated/distrifs/v1/RenameRequest.js';
import { DfsError } from '../../../shared/errors.js';
import { MODE_MAX, NAME_BYTES_MAX, PATH_BYTES_MAX, PATH_DEPTH_MAX } from '../../../shared/limits.js';
import type { Answer } from '../tables/answer.js';
import type { Inode } from '../tables/inode.js';
import type { NamespaceTree, Place } from '../tables/namespace-tree.js';
import { parsePath } from '../tables/path.js';
import type { MutationContext, OperationContext } from './log-operation.js';

/** Inodes and chunks that one Purge entry forgets, whatever it asks for. */
const PURGE_AT_ONCE_MAX = 10_000;

/**
 * Checks what a request gives a new inode.
 * @throws DfsError INVALID_ARGUMENT
 */
export function assertAttributes(request: { readonly owner: string; readonly group: string; readonly mode: number }): void {
  if (request.mode > MODE_MAX) {
    throw new DfsError('INVALID_ARGUMENT', `Mode ${request.mode.toString(8)} is beyond ${MODE_MAX.toString(8)} (octal)`);
  }
  if (Buffer.byteLength(request.owner) > NAME_BYTES_MAX || Buffer.byteLength(request.group) > NAME_BYTES_MAX) {
    throw new DfsError('INVALID_ARGUMENT', `Owner and group may have ${NAME_BYTES_MAX} bytes each`);
  }
}

/** @throws DfsError as mkdir(2) */
export function makeDirectory({ state: { tree }, wallMs }: MutationContext, request: MakeDirectoryRequest__Output): Answer {
  assertAttributes(request);
  const attributes = { owner: request.owner, group: request.group, mode: request.mode, createdMs: wallMs };
  if (request.recursive) {
    makeParentsAndDirectory(tree, request.path, attributes);
    return {};
  }
  if (parsePath(request.path).length === 0) throw new DfsError('ALREADY_EXISTS', 'Cannot make directory "/": it exists');
  const { parent, name, inode } = tree.place(request.path);
  if (inode !== undefined) throw new DfsError('ALREADY_EXISTS', `Cannot make directory "${request.path}": it exists`);
  tree.makeDirectory(parent, name, attributes);
  return {};
}

function makeParentsAndDirectory(
  tree: NamespaceTree,
  path: string,
  attributes: { readonly owner: string; readonly group: string; readonly mode: number; readonly createdMs: number },
): void {
  const names = parsePath(path);
  let at = tree.root;
  let existing = 0;
  for (const name of names) {
    const next: Inode | undefined = at.children.get(name);
    if (next === undefined) break;
    if (next.kind !== 'directory') {
      const code = existing === names.length - 1 ? 'ALREADY_EXISTS' : 'NOT_A_DIRECTORY';
      throw new DfsError(code, `Cannot make directory "${path}": "${name}" is a file`);
    }
    at = next;
    existing += 1;
  }
  for (const name of names.slice(existing)) at = tree.makeDirectory(at, name, attributes);
}

/**
 * As rename(2): a file replaces a file, a directory an empty directory, and no directory goes into itself.
 * @throws DfsError
 */
export function renamePath({ state: { tree }, wallMs }: MutationContext, request: RenameRequest__Output): Answer {
  const from = tree.place(request.fromPath);
  if (from.inode === undefined) throw new DfsError('NOT_FOUND', `Cannot rename "${request.fromPath}": it does not exist`);
  const to = tree.place(request.toPath);
  if (from.inode === to.inode) return {};
  const action = `Cannot rename "${request.fromPath}" to "${request.toPath}"`;
  if (from.inode.kind === 'directory' && tree.isAncestorOrSelf(from.inode, to.parent)) {
    throw new DfsError('INVALID_ARGUMENT', `${action}: a directory cannot move into itself`);
  }
  if (request.keepsLimits && grows(request)) assertWithinLimits(action, from.inode, request.toPath);
  if (to.inode !== undefined) {
    assertReplaceable(action, from.inode, to.inode);
    tree.remove(to.parent, to.inode, wallMs);
  }
  tree.move(from.parent, from.inode, to.parent, to.name, wallMs);
  return {};
}

/** Otherwise what is below is as near to the limits as before, and need not be looked at. */
function grows({ fromPath, toPath }: RenameRequest__Output): boolean {
  return Buffer.byteLength(toPath) > Buffer.byteLength(fromPath) || parsePath(toPath).length > parsePath(fromPath).length;
}

/** Every path below the new one can be named. @throws DfsError NAME_TOO_LONG */
function assertWithinLimits(action: string, inode: Inode, toPath: string): void {
  const stack = [{ inode, depth: parsePath(toPath).length, bytes: Buffer.byteLength(toPath) }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at.depth > PATH_DEPTH_MAX || at.bytes > PATH_BYTES_MAX) {
      const limits = `${PATH_DEPTH_MAX} directories deep or longer than ${PATH_BYTES_MAX} bytes`;
      throw new DfsError('NAME_TOO_LONG', `${action}: a path in it would be more than ${limits}`);
    }
    if (at.inode.kind === 'file') continue;
    for (const child of at.inode.children.values()) {
      stack.push({ inode: child, depth: at.depth + 1, bytes: at.bytes + 1 + Buffer.byteLength(child.name) });
    }
  }
}

function assertReplaceable(action: string, from: Inode, to: Inode): void {
  if (to.kind === 'file') {
    if (from.kind === 'directory') throw new DfsError('NOT_A_DIRECTORY', `${action}: the target is a file`);
    return;
  }
  if (from.kind === 'file') throw new DfsError('IS_A_DIRECTORY', `${action}: the target is a directory`);
  if (to.children.size > 0) throw new DfsError('NOT_EMPTY', `${action}: the target directory is not empty`);
}

/** @throws DfsError NOT_EMPTY for a directory with content unless recursive, and those of a lookup */
export function deletePath({ state: { tree }, wallMs }: MutationContext, request: DeleteRequest__Output): Answer {
  const { parent, inode }: Place = tree.place(request.path);
  if (inode === undefined) throw new DfsError('NOT_FOUND', `Cannot delete "${request.path}": it does not exist`);
  if (inode.kind === 'directory' && inode.children.size > 0 && !request.recursive) {
    throw new DfsError('NOT_EMPTY', `Cannot delete directory "${request.path}": it is not empty`);
  }
  tree.remove(parent, inode, wallMs);
  return {};
}

/** Forgets inodes and chunks of what was deleted, the oldest first: as many as asked for, within PURGE_AT_ONCE_MAX. */
export function purge({ state }: OperationContext, request: Purge__Output): Answer {
  state.tree.purge(Math.min(request.limit, PURGE_AT_ONCE_MAX));
  return {};
}
