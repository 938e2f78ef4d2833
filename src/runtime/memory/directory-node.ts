/** A directory on a simulated disk: the names visible to processes, and the names that survive a power cut. */
import type { FileNode } from './file-node.js';
import type { SeededRandom } from '../faults/seeded-random.js';

export type DiskNode = FileNode | DirectoryNode;

/** One change of a directory's names. Changes reach the disk in order, as in a journal. */
interface EntryChange {
  /** A name to remove, then a name to set; both for a rename within a directory, which is atomic. */
  readonly unlinked?: string;
  readonly linked?: { readonly name: string; readonly node: DiskNode };
  /** For the first half of a move: the second half, which must be durable first, because otherwise the file would have no name. */
  readonly after?: { readonly directory: DirectoryNode; readonly change: EntryChange };
}

export class DirectoryNode {
  readonly kind = 'directory';
  /** The entries visible to processes. */
  readonly entries = new Map<string, DiskNode>();
  /** The entries that survive a power cut; `entries` = this with `#pending` applied. */
  readonly #durable = new Map<string, DiskNode>();
  readonly #pending: EntryChange[] = [];

  link(name: string, node: DiskNode): void {
    this.#change({ linked: { name, node } });
  }

  unlink(name: string): void {
    this.#change({ unlinked: name });
  }

  /** Moves `name` of this directory to `toName` of `to`, replacing what is there. */
  move(name: string, node: DiskNode, to: DirectoryNode, toName: string): void {
    if (to === this) {
      this.#change({ unlinked: name, linked: { name: toName, node } });
      return;
    }
    const change: EntryChange = { linked: { name: toName, node } };
    to.#change(change);
    this.#change({ unlinked: name, after: { directory: to, change } });
  }

  /** The entry of a name now and after any power cut; undefined while uncertain. */
  settled(name: string): DiskNode | undefined {
    const isOpen = this.#pending.some(({ unlinked, linked }) => unlinked === name || linked?.name === name);
    return isOpen ? undefined : this.#durable.get(name);
  }

  /** fsync of the directory. */
  sync(): void {
    for (const { after } of this.#pending) if (after !== undefined) after.directory.#syncUpTo(after.change);
    this.#makeDurable(this.#pending.length);
  }

  /**
   * A power cut for a whole tree: in each directory a prefix of the unsynced changes reached the disk.
   * @param directories every directory that exists, for processes or on the disk
   */
  static losePower(directories: readonly DirectoryNode[], random: SeededRandom): void {
    const kept = new Map(directories.map((directory) => [directory, random.integer(0, directory.#pending.length)]));
    for (let isStable = false; !isStable;) {
      isStable = true;
      for (const [directory, count] of kept) {
        const tooEarly = directory.#pending.findIndex(
          ({ after }) =>
            after !== undefined && after.directory.#pending.indexOf(after.change) >= (kept.get(after.directory) ?? Infinity),
        );
        if (tooEarly === -1 || tooEarly >= count) continue;
        kept.set(directory, tooEarly);
        isStable = false;
      }
    }
    for (const [directory, count] of kept) {
      directory.#makeDurable(count);
      directory.#pending.length = 0;
      directory.entries.clear();
      for (const [name, node] of directory.#durable) directory.entries.set(name, node);
    }
  }

  /** This node and all nodes below it that are visible to processes or durable, each once; this one first. */
  *walk(seen = new Set<DiskNode>()): Generator<DiskNode> {
    seen.add(this);
    yield this;
    for (const node of [...this.entries.values(), ...this.#durable.values()]) {
      if (seen.has(node)) continue;
      if (node.kind === 'directory') {
        yield* node.walk(seen);
      } else {
        seen.add(node);
        yield node;
      }
    }
  }

  #syncUpTo(change: EntryChange): void {
    this.#makeDurable(this.#pending.indexOf(change) + 1);
  }

  #makeDurable(count: number): void {
    for (const change of this.#pending.splice(0, count)) applyChange(this.#durable, change);
  }

  #change(change: EntryChange): void {
    applyChange(this.entries, change);
    this.#pending.push(change);
  }
}

function applyChange(entries: Map<string, DiskNode>, change: EntryChange): void {
  if (change.unlinked !== undefined) entries.delete(change.unlinked);
  if (change.linked !== undefined) entries.set(change.linked.name, change.linked.node);
}
