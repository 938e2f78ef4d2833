/**
 * A node's folder on a real disk that records all changes not yet made durable by an fsync, to simulate a power cut: unsynced
 * changes are then undone or torn, as on simulated disks. Append-only files need only memory for this; a removed or replaced file
 * is kept in the folder of unlinked files until its directory is synced.
 */
import { posix } from 'node:path';
import { DfsError, isDfsError } from '../../shared/errors.js';
import type { DirectoryEntry, Disk, DiskFile, DiskLock, DiskSpace, OpenMode } from '../../shared/runtime.js';
import { shortestPath } from '../rules/disk-path.js';
import { SeededRandom } from '../faults/seeded-random.js';
import { NodeDiskFile } from '../node/node-disk-file.js';
import type { UnlinkedFiles } from './unlinked-files.js';
import { FileJournal } from './file-journal.js';
import { Gate } from './gate.js';
import { NameJournal } from './name-journal.js';
import type { Named } from './name-journal.js';
import { restoreNames, unlessGone } from './restore-names.js';
import { applyPlan, UndoFile } from './undo-file.js';

/** Maximum number of removed and replaced files that are kept: beyond it the oldest removals count as durable. */
const KEPT_BYTES_MAX = 64 * 2 ** 20;
/** Maximum number of closed files with unsynced changes: beyond it the oldest count as written back. */
const CLOSED_FILES_MAX = 512;

export class UndoDisk implements Disk {
  readonly root: string;
  readonly #disk: Disk;
  readonly #unlinkedFiles: UnlinkedFiles;
  readonly #gate = new Gate();
  readonly #names = new NameJournal();
  /** Tracked files and directories, by their current path. */
  readonly #nodes = new Map<string, Named>();
  /** Directories known to exist. */
  readonly #directories = new Set(['.']);
  /** Unlinked files that are kept, with their sizes. */
  readonly #kept = new Map<Named, number>();

  /** @param disk the disk of the node's folder */
  constructor(disk: Disk, unlinkedFiles: UnlinkedFiles) {
    this.root = disk.root;
    this.#disk = disk;
    this.#unlinkedFiles = unlinkedFiles;
  }

  /** True after a power cut: calls neither begin nor settle. */
  get isCut(): boolean {
    return this.#gate.isShut;
  }

  async lock(): Promise<DiskLock> {
    return this.#gate.run(async () => {
      const lock = await this.#disk.lock();
      // Files kept by an earlier process, which was killed: its changes count as durable.
      await this.#unlinkedFiles.clear();
      return lock;
    });
  }

  async open(path: string, mode: OpenMode, isPostponable?: boolean): Promise<DiskFile> {
    const at = shortestPath(path);
    if (mode === 'read') return this.#gate.run(async () => gated(await this.#disk.open(at, mode, isPostponable), this.#gate));
    return this.#gate.inTurn(() => this.#open(at, mode, isPostponable));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#gate.inTurn(() => this.#rename(shortestPath(from), shortestPath(to)));
  }

  remove(path: string): Promise<void> {
    return this.#gate.inTurn(() => this.#remove(shortestPath(path)));
  }

  list(path: string): Promise<DirectoryEntry[]> {
    return this.#gate.run(() => this.#disk.list(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#gate.inTurn(() => this.#makeDirectory(shortestPath(path)));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#gate.run(async () => {
      const directory = shortestPath(path);
      const covered = this.#names.covered(directory);
      await this.#disk.syncDirectory(directory);
      if (covered.length === 0) return;
      this.#names.settle(directory, covered);
      await this.#tidy();
    });
  }

  space(): Promise<DiskSpace> {
    return this.#gate.run(() => this.#disk.space());
  }

  /**
   * Cuts the power: from now on no call begins or settles, and the folder is durably brought to its state after a power cut.
   * @param choiceSeed seed of the choice of that state
   */
  async powerCut(choiceSeed: number): Promise<void> {
    await this.#gate.shut();
    const random = new SeededRandom(String(choiceSeed), 'power cut');
    const nodes = new Set([...this.#nodes.values(), ...this.#names.referenced()]);
    for (const { journal, path, kept } of nodes) {
      if (journal === null || journal.isSettled || (path === null && kept === null)) continue;
      const plan = journal.lose(random);
      await unlessGone(async () => {
        const file = await (path === null
          ? NodeDiskFile.open(this.#unlinkedFiles.pathOf(kept ?? ''), 'update')
          : this.#disk.open(path, 'update'));
        try {
          await applyPlan(file, plan);
          await file.sync();
        } finally {
          await file.close();
        }
      });
    }
    await restoreNames(this.#disk, this.#unlinkedFiles, this.#nodes, this.#names.lose(random));
    await this.#unlinkedFiles.clear();
  }

  /** Releases the recorded changes: all of them count as durable. */
  close(): Promise<void> {
    return this.#unlinkedFiles.clear();
  }

  async #open(path: string, mode: Exclude<OpenMode, 'read'>, isPostponable?: boolean): Promise<DiskFile> {
    const { file, isNew } = await this.#openOrMake(path, mode, isPostponable);
    let node = this.#nodes.get(path);
    if (isNew || node === undefined) {
      node = { kind: 'file', journal: null, path, kept: null, handles: 0 };
      this.#nodes.set(path, node);
    }
    const known = node;
    known.handles++;
    if (isNew) {
      const [directory, name] = split(path);
      this.#names.add(directory, { linked: { name, node } }, new Map([[name, null]]));
    }
    try {
      known.journal ??= new FileJournal(isNew ? 0 : await file.sizeBytes());
    } catch (error) {
      known.handles--;
      await file.close();
      throw error;
    }
    let isOpen = true;
    return new UndoFile(file, this.#gate, known.journal, (isClosed) => {
      if (isClosed && isOpen) known.handles--;
      if (isClosed) isOpen = false;
      this.#forget(known);
    });
  }

  async #openOrMake(
    path: string,
    mode: OpenMode,
    isPostponable?: boolean,
  ): Promise<{ readonly file: DiskFile; readonly isNew: boolean }> {
    if (mode !== 'create') return { file: await this.#disk.open(path, mode, isPostponable), isNew: mode === 'exclusive' };
    try {
      return { file: await this.#disk.open(path, 'update', isPostponable), isNew: false };
    } catch (error) {
      if (!isDfsError(error, 'NOT_FOUND')) throw error;
      return { file: await this.#disk.open(path, 'exclusive', isPostponable), isNew: true };
    }
  }

  async #rename(from: string, to: string): Promise<void> {
    if (from === to) return this.#disk.rename(from, to);
    if (await this.#isDirectory(from)) return this.#renameDirectory(from, to);
    const replaced = await this.#keep(to);
    try {
      await this.#disk.rename(from, to);
    } catch (error) {
      if (replaced?.name !== undefined) await this.#unlinkedFiles.discard(replaced.name);
      throw error;
    }
    const node = this.#nodeAt(from);
    const old = replaced === null ? null : this.#nodeAt(to);
    this.#nodes.delete(from);
    if (old !== null && replaced !== null) this.#isKept(old, replaced);
    node.path = to;
    this.#nodes.set(to, node);
    const [fromDirectory, fromName] = split(from);
    const [toDirectory, toName] = split(to);
    const linked = { name: toName, node };
    if (fromDirectory === toDirectory) {
      const before = new Map([
        [fromName, node],
        [toName, old],
      ]);
      this.#names.add(fromDirectory, { unlinked: fromName, linked }, before);
    } else {
      const change = { linked };
      this.#names.add(toDirectory, change, new Map([[toName, old]]));
      const after = { directory: toDirectory, change };
      this.#names.add(fromDirectory, { unlinked: fromName, after }, new Map([[fromName, node]]));
    }
    await this.#tidy();
  }

  /** Counts as durable at once, with all names; no node uses this call. */
  async #renameDirectory(from: string, to: string): Promise<void> {
    await this.#disk.rename(from, to);
    this.#names.settleAll();
    for (const [path, node] of [...this.#nodes]) {
      if (!path.startsWith(`${from}/`)) continue;
      this.#nodes.delete(path);
      node.path = `${to}${path.slice(from.length)}`;
      this.#nodes.set(node.path, node);
    }
    for (const path of [...this.#directories]) {
      if (path === from || path.startsWith(`${from}/`)) this.#directories.delete(path);
    }
    await this.#tidy();
  }

  async #remove(path: string): Promise<void> {
    const [directory, name] = split(path);
    const isDirectory = await this.#isDirectory(path);
    let node: Named;
    if (isDirectory) {
      await this.#disk.remove(path);
      this.#directories.delete(path);
      node = this.#nodes.get(path) ?? { kind: 'directory', journal: null, path, kept: null, handles: 0 };
      node.path = null;
    } else {
      const taken = await this.#unlinkedFiles.take(path);
      node = this.#nodeAt(path);
      this.#isKept(node, taken);
    }
    this.#nodes.delete(path);
    this.#names.add(directory, { unlinked: name }, new Map([[name, node]]));
    await this.#tidy();
  }

  async #makeDirectory(path: string): Promise<void> {
    const missing: string[] = [];
    for (let at = path; !(await this.#isDirectory(at)); at = posix.dirname(at)) missing.unshift(at);
    await this.#disk.makeDirectory(path);
    for (const at of missing) {
      const [directory, name] = split(at);
      const node: Named = { kind: 'directory', journal: null, path: at, kept: null, handles: 0 };
      this.#directories.add(at);
      this.#nodes.set(at, node);
      this.#names.add(directory, { linked: { name, node } }, new Map([[name, null]]));
    }
  }

  async #isDirectory(path: string): Promise<boolean> {
    if (this.#directories.has(path)) return true;
    if (this.#nodes.get(path)?.kind === 'file') return false;
    try {
      await this.#disk.list(path);
    } catch (error) {
      if (error instanceof DfsError) return false;
      throw error;
    }
    this.#directories.add(path);
    return true;
  }

  /** @returns null when the path does not exist */
  async #keep(path: string): Promise<{ readonly name: string; readonly sizeBytes: number } | null> {
    try {
      return await this.#unlinkedFiles.keep(path);
    } catch (error) {
      // A rename over a directory fails: the disk itself reports the error.
      if (isDfsError(error, 'NOT_FOUND') || (await this.#isDirectory(path))) return null;
      throw error;
    }
  }

  #nodeAt(path: string): Named {
    return this.#nodes.get(path) ?? { kind: 'file', journal: null, path, kept: null, handles: 0 };
  }

  #isKept(node: Named, { name, sizeBytes }: { readonly name: string; readonly sizeBytes: number }): void {
    node.path = null;
    node.kept = name;
    this.#kept.set(node, sizeBytes);
  }

  /** Removes unlinked files that cannot be restored any more, and files beyond the maximum. */
  async #tidy(): Promise<void> {
    for (;;) {
      const referenced = this.#names.referenced();
      for (const node of [...this.#kept.keys()]) {
        if (referenced.has(node)) continue;
        this.#kept.delete(node);
        const { kept } = node;
        node.kept = null;
        if (kept !== null) await this.#unlinkedFiles.discard(kept);
      }
      // Other calls continued meanwhile.
      const referencedNow = this.#names.referenced();
      for (const node of [...this.#nodes.values()]) this.#forget(node, referencedNow);
      const keptBytes = [...this.#kept.values()].reduce((sum, bytes) => sum + bytes, 0);
      if (keptBytes <= KEPT_BYTES_MAX || !this.#names.settleSome()) return;
    }
  }

  /** Stops tracking a file without changes that can be undone. */
  #forget(node: Named, referenced?: ReadonlySet<Named>): void {
    const { path, journal, handles } = node;
    // Runs after every fsync: the most expensive check is last.
    if (path === null || handles > 0 || this.#nodes.get(path) !== node) return;
    if (journal?.isSettled === false && this.#nodes.size <= CLOSED_FILES_MAX) return;
    if (!(referenced ?? this.#names.referenced()).has(node)) this.#nodes.delete(path);
  }
}

/** Directory and name. */
const split = (path: string): [string, string] => [posix.dirname(path), posix.basename(path)];

/** A file opened for reading: its changes are not recorded. */
function gated(file: DiskFile, gate: Gate): DiskFile {
  return {
    read: (target, position) => gate.run(() => file.read(target, position)),
    write: (data, position) => gate.run(() => file.write(data, position)),
    sync: () => gate.run(() => file.sync()),
    truncate: (sizeBytes) => gate.run(() => file.truncate(sizeBytes)),
    sizeBytes: () => gate.run(() => file.sizeBytes()),
    close: () => gate.run(() => file.close()),
  };
}
