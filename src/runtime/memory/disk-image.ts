/** The tree of files and directories on a simulated disk, with its size; the tree outlives the processes that use it. */
import { DfsError } from '../../shared/errors.js';
import type { DirectoryEntry, OpenMode } from '../../shared/runtime.js';
import { DirectoryNode, type DiskNode } from './directory-node.js';
import { FileNode } from './file-node.js';
import { namesOf } from '../rules/disk-path.js';
import type { SeededRandom } from '../faults/seeded-random.js';

/** Default size of the disk. */
const DEFAULT_TOTAL_BYTES = 2 ** 40;

/** Whether a rename may replace an entry, as in rename(2). */
const canReplace = (old: DiskNode, node: DiskNode): boolean =>
  old.kind === 'directory' ? node.kind === 'directory' && old.entries.size === 0 : node.kind === 'file';

const missing = (path: string): DfsError => new DfsError('NOT_FOUND', `No file or directory "${path}" on the disk`);

export class DiskImage {
  readonly #root = new DirectoryNode();
  readonly #random: SeededRandom;
  #totalBytes = DEFAULT_TOTAL_BYTES;
  /** Maximum total size of files under the active faults, independent of the disk's size. */
  limitBytes = Infinity;
  /** Sum of the sizes of all files that have a name. */
  #usedBytes = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get freeBytes(): number {
    return Math.max(0, Math.min(this.#totalBytes, this.limitBytes) - this.#usedBytes);
  }

  /** Resizes the disk so that this much space is free now. */
  setFreeBytes(freeBytes: number): void {
    this.#totalBytes = this.#usedBytes + freeBytes;
  }

  /** Opens or makes a file. @throws DfsError NOT_FOUND, IO_ERROR */
  open(path: string, mode: OpenMode): FileNode {
    const { directory, name } = this.#parent(path);
    const existing = directory.entries.get(name);
    if (existing?.kind === 'directory') throw new DfsError('IO_ERROR', `Cannot open "${path}": it is a directory`);
    if (existing !== undefined) {
      if (mode === 'exclusive') throw new DfsError('IO_ERROR', `Cannot make "${path}": it exists`);
      return existing;
    }
    if (mode === 'read' || mode === 'update') throw missing(path);
    const file = new FileNode();
    file.links = 1;
    directory.link(name, file);
    return file;
  }

  /** The file at a path. @throws DfsError NOT_FOUND, IO_ERROR */
  file(path: string): FileNode {
    return this.open(path, 'read');
  }

  /**
   * Writes as much as fits into the free space.
   * @throws DfsError NO_SPACE when not all of the data fits
   */
  write(file: FileNode, data: Uint8Array, position: number, path: string): void {
    const { sizeBytes } = file;
    const roomBytes = file.links > 0 ? this.freeBytes : Infinity;
    const fitting = Math.max(0, Math.min(data.length, sizeBytes + roomBytes - position));
    if (fitting > 0) file.write(data.subarray(0, fitting), position);
    if (file.links > 0) this.#usedBytes += file.sizeBytes - sizeBytes;
    if (fitting < data.length) {
      throw new DfsError(
        'NO_SPACE',
        `Cannot write ${data.length} bytes at ${position} of "${path}": ${fitting} fitted on the disk`,
      );
    }
  }

  /** @throws DfsError NO_SPACE */
  truncate(file: FileNode, sizeBytes: number, path: string): void {
    const wanted = sizeBytes - file.sizeBytes;
    // Extending a file by truncation makes a hole, which counts as used space here: the stricter interpretation.
    if (wanted > 0 && file.links > 0 && wanted > this.freeBytes) {
      throw new DfsError('NO_SPACE', `Cannot make "${path}" ${sizeBytes} bytes long: ${this.freeBytes} bytes are free`);
    }
    if (file.links > 0) this.#usedBytes += wanted;
    file.truncate(sizeBytes);
  }

  /** @throws DfsError NOT_FOUND, IO_ERROR */
  rename(from: string, to: string): void {
    const source = this.#parent(from);
    const target = this.#parent(to);
    const node = source.directory.entries.get(source.name);
    if (node === undefined) throw missing(from);
    const replaced = target.directory.entries.get(target.name);
    if (replaced === node) return;
    if (node.kind === 'directory' && [...node.walk()].includes(target.directory)) {
      throw new DfsError('IO_ERROR', `Cannot rename "${from}" to "${to}": that is inside itself`);
    }
    if (replaced !== undefined && !canReplace(replaced, node)) {
      throw new DfsError('IO_ERROR', `Cannot rename "${from}" to "${to}": a ${replaced.kind} is in the way`);
    }
    if (replaced?.kind === 'file') this.#dropLink(replaced);
    source.directory.move(source.name, node, target.directory, target.name);
  }

  /** Removes a file or an empty directory. @throws DfsError NOT_FOUND, IO_ERROR */
  remove(path: string): void {
    const { directory, name } = this.#parent(path);
    const node = directory.entries.get(name);
    if (node === undefined) throw missing(path);
    if (node.kind === 'directory' && node.entries.size > 0) {
      throw new DfsError('IO_ERROR', `Cannot remove directory "${path}": it is not empty`);
    }
    if (node.kind === 'file') this.#dropLink(node);
    directory.unlink(name);
  }

  /** @throws DfsError NOT_FOUND, IO_ERROR */
  list(path: string): DirectoryEntry[] {
    return [...this.directory(path).entries].map(([name, node]) => ({
      name,
      kind: node.kind,
      sizeBytes: node.kind === 'file' ? node.sizeBytes : 0,
    }));
  }

  /** Makes a directory and its parents. @throws DfsError IO_ERROR */
  makeDirectory(path: string): void {
    let directory = this.#root;
    for (const name of namesOf(path)) {
      let next = directory.entries.get(name);
      if (next === undefined) {
        next = new DirectoryNode();
        directory.link(name, next);
      }
      if (next.kind !== 'directory') throw new DfsError('IO_ERROR', `Cannot make directory "${path}": "${name}" is a file`);
      directory = next;
    }
  }

  /** The directory at a path. @throws DfsError NOT_FOUND, IO_ERROR */
  directory(path: string): DirectoryNode {
    let node: DiskNode | undefined = this.#root;
    for (const name of namesOf(path)) {
      if (node.kind !== 'directory') throw new DfsError('IO_ERROR', `"${path}" leads through a file`);
      node = node.entries.get(name);
      if (node === undefined) throw missing(path);
    }
    if (node.kind !== 'directory') throw new DfsError('IO_ERROR', `"${path}" is not a directory`);
    return node;
  }

  /** Paths of all files, sorted. */
  filePaths(): string[] {
    const paths: string[] = [];
    const visit = (directory: DirectoryNode, prefix: string): void => {
      for (const [name, node] of directory.entries) {
        if (node.kind === 'file') paths.push(prefix + name);
        else visit(node, `${prefix}${name}/`);
      }
    };
    visit(this.#root, '');
    return paths.sort();
  }

  /** Names of files in the folder itself whose state after a power cut now is certain, sorted. */
  settledNames(): string[] {
    return [...this.#root.entries.keys()].filter((name) => this.settled(name) !== undefined).sort();
  }

  /** A file in the folder itself whose state after a power cut now is certain. */
  settled(name: string): FileNode | undefined {
    const file = this.named(name);
    return file?.isSettled === true ? file : undefined;
  }

  /** A file in the folder itself whose name is certain to survive a power cut. */
  named(name: string): FileNode | undefined {
    const node = this.#root.settled(name);
    return node?.kind === 'file' ? node : undefined;
  }

  /** Names in the folder itself that begin so, sorted. */
  namesFrom(prefix: string): string[] {
    return [...this.#root.entries.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  /** Makes all changes visible to processes durable. */
  syncAll(): void {
    for (const node of [...this.#root.walk()]) node.sync();
  }

  losePower(): void {
    const nodes = [...this.#root.walk()];
    const directories = nodes.filter((node) => node.kind === 'directory');
    const files = nodes.filter((node) => node.kind === 'file');
    for (const file of files) {
      file.losePower(this.#random);
      file.links = 0;
    }
    DirectoryNode.losePower(directories, this.#random);
    for (const node of this.#root.walk()) {
      if (node.kind !== 'directory') continue;
      for (const entry of node.entries.values()) if (entry.kind === 'file') entry.links++;
    }
    this.#usedBytes = files.reduce((sum, file) => sum + (file.links > 0 ? file.sizeBytes : 0), 0);
  }

  #dropLink(file: FileNode): void {
    file.links--;
    if (file.links === 0) this.#usedBytes -= file.sizeBytes;
  }

  #parent(path: string): { directory: DirectoryNode; name: string } {
    const names = namesOf(path);
    const name = names.pop();
    if (name === undefined) throw new DfsError('IO_ERROR', `"${path}" is the node's folder itself`);
    return { directory: this.directory(names.join('/')), name };
  }
}
