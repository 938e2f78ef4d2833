/** The tree of directories and files, and the unfinished files beside it. Knows nothing of clients or logs. */
import assert from 'node:assert/strict';
import { DfsError } from '../../../shared/errors.js';
import type { ChunkTable } from './chunk-table.js';
import type { StateDigest } from './digest.js';
import { DETACHED, Directory, FileInode, inodeImageOf, ROOT_ID } from './inode.js';
import type { Attributes, Inode, InodeImage } from './inode.js';
import { parsePath } from './path.js';
import { TableCopy } from './table-copy.js';

/** A file with more chunks than this is forgotten by Purge entries, in slices. */
const FORGET_AT_ONCE_CHUNKS = 256;

/** A name in an existing directory, whether something bears it or not. */
export interface Place {
  readonly parent: Directory;
  readonly name: string;
  readonly inode: Inode | undefined;
}

/** A copy of the tree under way. */
export interface TreeCopy {
  readonly inodes: TableCopy<Inode, InodeImage>;
  /** The queue of what is to be forgotten: these of it, which do not change any more. */
  readonly queue: { readonly inodes: readonly Inode[]; readonly from: number; readonly to: number };
}

export class NamespaceTree {
  readonly #digest: StateDigest;
  readonly #chunks: ChunkTable;
  /** Everything that has an id: the tree, unfinished files, and what waits to be forgotten. */
  readonly #inodes = new Map<number, Inode>();
  /** By `parentId/name`. */
  readonly #pending = new Map<string, FileInode>();
  /** Deleted and not yet forgotten, oldest first, from #purgeAt on. */
  #purgeQueue: Inode[] = [];
  #purgeAt = 0;
  #root: Directory | null = null;
  #copy: TableCopy<Inode, InodeImage> | null = null;
  /** Never given yet. The root took the first. */
  nextId = ROOT_ID;
  directoryCount = 0;
  fileCount = 0;

  constructor(digest: StateDigest, chunks: ChunkTable) {
    this.#digest = digest;
    this.#chunks = chunks;
  }

  get root(): Directory {
    assert(this.#root !== null, 'a cluster has a root from its first record on');
    return this.#root;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Inodes that Purge entries have to forget. */
  get purgeBacklog(): number {
    return this.#purgeQueue.length - this.#purgeAt;
  }

  makeRoot(attributes: Attributes): void {
    assert(this.#root === null, 'a cluster is made once');
    this.#root = new Directory(this.#takeId(), DETACHED, '', attributes);
    this.#inodes.set(this.#root.id, this.#root);
    this.directoryCount += 1;
    this.#digest.put(this.#root);
  }

  get(id: number): Inode | undefined {
    return this.#inodes.get(id);
  }

  /** Begins a copy of the tree as it is now; what changes is saved for it until `endCopy`. */
  beginCopy(): TreeCopy {
    this.#copy = new TableCopy(this.#inodes.values(), this.nextId, inodeImageOf);
    // Shortening the queue makes another array: this one is only added to.
    return { inodes: this.#copy, queue: { inodes: this.#purgeQueue, from: this.#purgeAt, to: this.#purgeQueue.length } };
  }

  endCopy(): void {
    this.#copy = null;
  }

  /** Puts an inode of a checkpoint into the table, not into its directory. @param inode its id is greater than all that are there */
  load(inode: Inode): void {
    this.#inodes.set(inode.id, inode);
    if (inode.kind === 'directory') this.directoryCount += 1;
    else if (inode.pending === null) this.fileCount += 1;
    else if (inode.parentId !== DETACHED) this.#pending.set(pendingKey(inode.parentId, inode.name), inode);
    if (inode.kind === 'directory' && inode.id === ROOT_ID) this.#root = inode;
    this.#digest.put(inode);
  }

  /** Puts a loaded inode into its directory, which has none of this name. */
  loadChild(parent: Directory, inode: Inode): void {
    parent.children.set(inode.name, inode);
    parent.names.add(inode.name);
  }

  /** Puts a loaded inode at the end of the queue of what is to be forgotten. */
  loadDiscarded(inode: Inode): void {
    this.#purgeQueue.push(inode);
  }

  /**
   * What a path names.
   * @throws DfsError NOT_FOUND, NOT_A_DIRECTORY, INVALID_ARGUMENT, NAME_TOO_LONG
   */
  lookup(path: string): Inode {
    const names = parsePath(path);
    if (names.length === 0) return this.root;
    const { inode } = this.place(path);
    if (inode === undefined) throw new DfsError('NOT_FOUND', `"${path}" does not exist`);
    return inode;
  }

  /**
   * The directory and name that a path other than `/` stands for.
   * @throws DfsError NOT_FOUND or NOT_A_DIRECTORY about its parents, INVALID_ARGUMENT, NAME_TOO_LONG
   */
  place(path: string): Place {
    const names = parsePath(path);
    const name = names.at(-1);
    if (name === undefined) throw new DfsError('INVALID_ARGUMENT', 'The root directory "/" cannot be created, moved or deleted');
    let parent = this.root;
    for (const step of names.slice(0, -1)) {
      const next = parent.children.get(step);
      if (next === undefined) throw new DfsError('NOT_FOUND', `Directory "${step}" of "${path}" does not exist`);
      if (next.kind !== 'directory') throw new DfsError('NOT_A_DIRECTORY', `"${step}" of "${path}" is a file, not a directory`);
      parent = next;
    }
    return { parent, name, inode: parent.children.get(name) };
  }

  /** The path of an inode, or null when it is not in the tree (any more). */
  pathOf(inode: Inode): string | null {
    const names: string[] = [];
    let at: Inode | undefined = inode;
    while (at !== undefined && at.id !== ROOT_ID) {
      names.push(at.name);
      at = this.#inodes.get(at.parentId);
    }
    return at === undefined ? null : `/${names.reverse().join('/')}`;
  }

  /** Tells whether a directory is the other one, or above it. */
  isAncestorOrSelf(directory: Directory, of: Inode): boolean {
    let at: Inode | undefined = of;
    while (at !== undefined && at !== directory) at = this.#inodes.get(at.parentId);
    return at === directory;
  }

  makeDirectory(parent: Directory, name: string, attributes: Attributes): Directory {
    const directory = new Directory(this.#takeId(), parent.id, name, attributes);
    this.#inodes.set(directory.id, directory);
    this.directoryCount += 1;
    this.#link(parent, directory, attributes.createdMs);
    return directory;
  }

  pendingAt(parentId: number, name: string): FileInode | undefined {
    return this.#pending.get(pendingKey(parentId, name));
  }

  makePending(
    place: Place,
    attributes: Attributes,
    shape: { readonly replication: number; readonly chunkSizeBytes: number },
    pending: { readonly sessionId: number; readonly overwrite: boolean },
  ): FileInode {
    const file = new FileInode(this.#takeId(), { parentId: place.parent.id, name: place.name }, attributes, shape, pending);
    this.#inodes.set(file.id, file);
    this.#pending.set(pendingKey(file.parentId, file.name), file);
    this.#digest.put(file);
    return file;
  }

  /** Gives an unfinished file a chunk. */
  addChunk(file: FileInode, index: number, chunkId: number): void {
    this.#copy?.save(file);
    while (file.chunkIds.length <= index) file.chunkIds.push(0);
    file.chunkIds[index] = chunkId;
  }

  /** Puts an unfinished file into the tree, in place of a file there. */
  complete(file: FileInode, parent: Directory, lengthBytes: number, nowMs: number): void {
    assert(file.pending !== null, 'a file is completed once');
    const replaced = parent.children.get(file.name);
    if (replaced !== undefined) this.remove(parent, replaced, nowMs);
    this.#copy?.save(file);
    this.#pending.delete(pendingKey(file.parentId, file.name));
    file.pending = null;
    file.lengthBytes = lengthBytes;
    file.modifiedMs = nowMs;
    this.fileCount += 1;
    this.#link(parent, file, nowMs);
  }

  abandon(file: FileInode): void {
    assert(file.pending !== null, 'only unfinished files are abandoned');
    this.#copy?.save(file);
    this.#pending.delete(pendingKey(file.parentId, file.name));
    file.parentId = DETACHED;
    this.#discard(file);
  }

  move(from: Directory, inode: Inode, to: Directory, name: string, nowMs: number): void {
    this.#copy?.save(inode);
    this.#unlink(from, inode, nowMs);
    inode.name = name;
    this.#link(to, inode, nowMs);
  }

  /** Takes an inode with everything below it out of the tree. */
  remove(parent: Directory, inode: Inode, nowMs: number): void {
    this.#copy?.save(inode);
    this.#unlink(parent, inode, nowMs);
    inode.parentId = DETACHED;
    this.#discard(inode);
  }

  /**
   * Forgets part of what was removed, oldest first.
   * @param limit inodes and chunks to forget
   */
  purge(limit: number): void {
    for (let budget = limit; budget > 0; budget -= 1) {
      const inode = this.#purgeQueue[this.#purgeAt];
      if (inode === undefined) break;
      if (this.#purgeStep(inode)) this.#purgeAt += 1;
    }
    if (this.#purgeAt > 1_024 && this.#purgeAt * 2 > this.#purgeQueue.length) {
      this.#purgeQueue = this.#purgeQueue.slice(this.#purgeAt);
      this.#purgeAt = 0;
    }
  }

  /** Forgets one chunk or child of a removed inode, or the inode itself: then true. */
  #purgeStep(inode: Inode): boolean {
    if (inode.kind === 'file') {
      if (inode.chunkIds.length === 0) return this.#forget(inode);
      this.#copy?.save(inode);
      const chunkId = inode.chunkIds.pop() ?? 0;
      if (chunkId !== 0) this.#chunks.forget(chunkId);
      return false;
    }
    const name = inode.names.last();
    const child = name === undefined ? undefined : inode.children.get(name);
    if (child === undefined) return this.#forget(inode);
    this.#copy?.save(child);
    inode.names.remove(child.name);
    inode.children.delete(child.name);
    child.parentId = DETACHED;
    this.#digest.put(child);
    this.#purgeQueue.push(child);
    return false;
  }

  #discard(inode: Inode): void {
    this.#digest.put(inode);
    const isSmall = inode.kind === 'file' ? inode.chunkIds.length <= FORGET_AT_ONCE_CHUNKS : inode.children.size === 0;
    if (!isSmall) {
      this.#purgeQueue.push(inode);
      return;
    }
    while (!this.#purgeStep(inode));
  }

  #forget(inode: Inode): true {
    this.#copy?.save(inode);
    this.#inodes.delete(inode.id);
    if (inode.kind === 'directory') this.directoryCount -= 1;
    else if (inode.pending === null) this.fileCount -= 1;
    this.#digest.remove(inode);
    return true;
  }

  #link(parent: Directory, inode: Inode, nowMs: number): void {
    assert(!parent.children.has(inode.name), 'a name is given once in a directory');
    this.#copy?.save(parent);
    inode.parentId = parent.id;
    parent.children.set(inode.name, inode);
    parent.names.add(inode.name);
    parent.modifiedMs = nowMs;
    this.#digest.put(inode);
    this.#digest.put(parent);
  }

  #unlink(parent: Directory, inode: Inode, nowMs: number): void {
    assert(parent.children.get(inode.name) === inode, 'a child is in its parent');
    this.#copy?.save(parent);
    parent.children.delete(inode.name);
    parent.names.remove(inode.name);
    parent.modifiedMs = nowMs;
    this.#digest.put(parent);
  }

  #takeId(): number {
    const id = this.nextId;
    this.nextId += 1;
    return id;
  }
}

/** Names have no slash. */
function pendingKey(parentId: number, name: string): string {
  return `${parentId}/${name}`;
}
