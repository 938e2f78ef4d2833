/**
 * Changes of names in a node's folder that no syncDirectory covers yet. The changes of a directory reach the disk in order, as in
 * the journal of a file system: after a power cut a prefix of the changes remains.
 *
 *   link, unlink, move ──▶ pending ──syncDirectory, or too many──▶ durable (and dropped)
 */
import type { SeededRandom } from '../faults/seeded-random.js';
import type { FileJournal } from './file-journal.js';

/** Maximum number of unsynced changes of a directory; beyond it the oldest changes count as written back. */
const CHANGES_MAX = 512;

/** A file or directory, independent of its current name. */
export interface Named {
  readonly kind: 'file' | 'directory';
  /** The journal of a file that was opened for writing; null: not written by this process. */
  journal: FileJournal | null;
  /** The path visible to processes; null: removed or replaced. */
  path: string | null;
  /** The name in the folder of unlinked files; null: not in that folder. */
  kept: string | null;
  /** Number of handles open for writing. */
  handles: number;
}

/** One change of a directory: a name to remove, then a name to set; both for a rename within the directory, which is atomic. */
export interface NameChange {
  readonly unlinked?: string;
  readonly linked?: { readonly name: string; readonly node: Named };
  /** For the first half of a move: the second half, which must be durable first, because otherwise the file would have no name. */
  readonly after?: { readonly directory: string; readonly change: NameChange };
}

interface Directory {
  /** The durable files and directories of the names that the changes affect. */
  readonly durable: Map<string, Named | null>;
  pending: NameChange[];
}

/** A name with its file or directory. */
export interface Entry {
  readonly directory: string;
  readonly name: string;
  readonly node: Named | null;
}

export class NameJournal {
  readonly #directories = new Map<string, Directory>();

  /** @param before the previous entries of the names in the change: `unlinked`, and the name in `linked` */
  add(directory: string, change: NameChange, before: ReadonlyMap<string, Named | null>): void {
    const own = this.#directory(directory);
    for (const [name, node] of before) if (!own.durable.has(name)) own.durable.set(name, node);
    own.pending.push(change);
    if (own.pending.length > CHANGES_MAX) this.settle(directory, own.pending.slice(0, CHANGES_MAX / 2));
  }

  /** The changes covered by a syncDirectory that begins now. */
  covered(directory: string): readonly NameChange[] {
    return [...(this.#directories.get(directory)?.pending ?? [])];
  }

  /** Marks these changes of a directory, the oldest ones, as durable. */
  settle(directory: string, changes: readonly NameChange[]): void {
    const own = this.#directories.get(directory);
    if (own === undefined) return;
    for (const change of changes) {
      if (!own.pending.includes(change)) continue;
      const { after } = change;
      if (after !== undefined) this.#settleUpTo(after.directory, after.change);
      own.pending = own.pending.filter((other) => other !== change);
      apply(own.durable, change);
    }
    const open = new Set(own.pending.flatMap(namesOf));
    for (const name of own.durable.keys()) if (!open.has(name)) own.durable.delete(name);
    if (own.pending.length === 0) this.#directories.delete(directory);
  }

  /**
   * Marks the oldest change in the directory with the most pending changes as durable. @returns false when no change was pending
   */
  settleSome(): boolean {
    const [directory, own] =
      [...this.#directories].sort(([, one], [, other]) => other.pending.length - one.pending.length)[0] ?? [];
    if (directory === undefined || own === undefined) return false;
    this.settle(directory, own.pending.slice(0, 1));
    return true;
  }

  /** Marks all changes as durable. */
  settleAll(): void {
    this.#directories.clear();
  }

  /** All files and directories that can still get a name from a pending change or its undo. */
  referenced(): Set<Named> {
    const nodes = new Set<Named>();
    for (const { durable, pending } of this.#directories.values()) {
      for (const node of durable.values()) if (node !== null) nodes.add(node);
      for (const { linked } of pending) if (linked !== undefined) nodes.add(linked.node);
    }
    return nodes;
  }

  /**
   * A power cut: a random number of changes of each directory is kept. No change is pending afterwards. @returns all names affected
   * by changes
   */
  lose(random: SeededRandom): Entry[] {
    const kept = new Map(
      [...this.#directories].map(([directory, { pending }]) => [directory, random.integer(0, pending.length)] as const),
    );
    for (let isStable = false; !isStable;) {
      isStable = true;
      for (const [directory, count] of kept) {
        const tooEarly = this.#directory(directory).pending.findIndex(
          ({ after }) => after !== undefined && !this.#isKept(after, kept),
        );
        if (tooEarly === -1 || tooEarly >= count) continue;
        kept.set(directory, tooEarly);
        isStable = false;
      }
    }
    const entries: Entry[] = [];
    for (const [directory, { durable, pending }] of this.#directories) {
      for (const change of pending.slice(0, kept.get(directory))) apply(durable, change);
      const names = new Set([...durable.keys(), ...pending.flatMap(namesOf)]);
      for (const name of names) entries.push({ directory, name, node: durable.get(name) ?? null });
    }
    this.settleAll();
    return entries;
  }

  /** Whether a change survives; a change in a directory that does not itself survive is lost with the directory. */
  #isKept(
    { directory, change }: { readonly directory: string; readonly change: NameChange },
    kept: ReadonlyMap<string, number>,
  ): boolean {
    const at = this.#directories.get(directory)?.pending.indexOf(change) ?? -1;
    if (at >= (kept.get(directory) ?? Infinity)) return false;
    for (const [parent, { pending }] of this.#directories) {
      const making = pending.findIndex(({ linked }) => linked?.node.kind === 'directory' && linked.node.path === directory);
      if (making >= (kept.get(parent) ?? Infinity)) return false;
    }
    return true;
  }

  #settleUpTo(directory: string, change: NameChange): void {
    const pending = this.#directories.get(directory)?.pending ?? [];
    this.settle(directory, pending.slice(0, pending.indexOf(change) + 1));
  }

  #directory(path: string): Directory {
    let directory = this.#directories.get(path);
    if (directory === undefined) {
      directory = { durable: new Map(), pending: [] };
      this.#directories.set(path, directory);
    }
    return directory;
  }
}

const namesOf = ({ unlinked, linked }: NameChange): string[] => [
  ...(unlinked === undefined ? [] : [unlinked]),
  ...(linked === undefined ? [] : [linked.name]),
];

function apply(entries: Map<string, Named | null>, { unlinked, linked }: NameChange): void {
  if (unlinked !== undefined) entries.set(unlinked, null);
  if (linked !== undefined) entries.set(linked.name, linked.node);
}
