/**
 * Changes of names in a node's folder that no syncDirectory covers yet. They reach the disk in order, directory by directory, as in the
 * journal of a file system; what a power cut leaves of a directory is a beginning of them.
 *
 *   link, unlink, move ──▶ pending ──syncDirectory, or too many──▶ durable (and forgotten)
 */
import type { SeededRandom } from '../faults/seeded-random.js';
import type { FileJournal } from './file-journal.js';

/** Unsynced changes of one directory; of more, the oldest count as written back. */
const CHANGES_MAX = 512;

/** A file or directory, whatever it is called at the moment. */
export interface Named {
  readonly kind: 'file' | 'directory';
  /** Of a file that was opened for writing; null: nobody wrote to it in this life. */
  journal: FileJournal | null;
  /** Where processes see it; null: removed, or replaced. */
  path: string | null;
  /** What it is called in the attic; null: it is not there. */
  kept: string | null;
  /** Open for writing. */
  handles: number;
}

/** One change of a directory: names to drop, then a name to set; both for a rename within it, which is atomic. */
export interface NameChange {
  readonly unlinked?: string;
  readonly linked?: { readonly name: string; readonly node: Named };
  /** Of a move's first half: the second half, which must be durable first, or the file would be nowhere. */
  readonly after?: { readonly directory: string; readonly change: NameChange };
}

interface Directory {
  /** Of names that changes concern: what they stand for on the disk. */
  readonly durable: Map<string, Named | null>;
  pending: NameChange[];
}

/** What a name stands for. */
export interface Entry {
  readonly directory: string;
  readonly name: string;
  readonly node: Named | null;
}

export class NameJournal {
  readonly #directories = new Map<string, Directory>();

  /** @param before what the names of the change stood for: `unlinked`, and the one that `linked` takes */
  add(directory: string, change: NameChange, before: ReadonlyMap<string, Named | null>): void {
    const own = this.#directory(directory);
    for (const [name, node] of before) if (!own.durable.has(name)) own.durable.set(name, node);
    own.pending.push(change);
    if (own.pending.length > CHANGES_MAX) this.settle(directory, own.pending.slice(0, CHANGES_MAX / 2));
  }

  /** The changes that a syncDirectory which begins now covers. */
  covered(directory: string): readonly NameChange[] {
    return [...(this.#directories.get(directory)?.pending ?? [])];
  }

  /** These changes of a directory, the oldest ones, are on the disk. */
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

  /** Settles the oldest change of all that is pending in the directory with the most of them. @returns false: nothing was pending */
  settleSome(): boolean {
    const [directory, own] =
      [...this.#directories].sort(([, one], [, other]) => other.pending.length - one.pending.length)[0] ?? [];
    if (directory === undefined || own === undefined) return false;
    this.settle(directory, own.pending.slice(0, 1));
    return true;
  }

  /** Everything is on the disk. */
  settleAll(): void {
    this.#directories.clear();
  }

  /** All that changes or their undoing may still give a name to. */
  referenced(): Set<Named> {
    const nodes = new Set<Named>();
    for (const { durable, pending } of this.#directories.values()) {
      for (const node of durable.values()) if (node !== null) nodes.add(node);
      for (const { linked } of pending) if (linked !== undefined) nodes.add(linked.node);
    }
    return nodes;
  }

  /** A power cut: chance decides how many changes of each directory are kept. Everything is settled afterwards. @returns all names that changes concerned */
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

  /** Whether a change survives; one in a directory whose own making does not survive is lost with it. */
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
