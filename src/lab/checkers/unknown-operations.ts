/** The operations of unknown outcome of one part of a history, sorted into kinds that do the same, and which depend on which. */
import { isLook } from '../history/operation.js';
import type { Operation } from '../history/operation.js';
import { footprintOf } from './footprint.js';
import type { PathTable } from './path-table.js';

/** A set of kinds, or of operations: a bit for each number. */
export type BitSet = bigint;

interface Member {
  readonly operation: Operation;
  readonly bit: BitSet;
  /** The first known change that was asked for after this one was settled and that cannot be swapped with it; Infinity: none. */
  readonly lateFrom: number;
}

/** Operations that differ in nothing but their times. */
interface UnknownKind {
  /** Those that are settled first in front: where several could take effect, it is best to take these. */
  readonly members: readonly Member[];
  readonly bit: BitSet;
  /** The kinds that this one cannot be swapped with. */
  readonly dependsOn: BitSet;
}

export interface UnknownCandidate extends Member {
  readonly kind: UnknownKind;
}

/** How far the known operations got. */
export interface Progress {
  /** All before this one took effect. */
  readonly first: number;
  /** Those after `first` that took effect, ascending. */
  readonly beyond: readonly number[];
}

const signatureOf = ({ kind, path, toPath, parents, recursive, sha256 }: Operation): string =>
  JSON.stringify([kind, path, toPath, parents === true, recursive === true, sha256]);

const addTo = (masks: Map<number, BitSet>, facets: readonly number[], bit: BitSet): void => {
  for (const facet of facets) masks.set(facet, (masks.get(facet) ?? 0n) | bit);
};

export class UnknownOperations {
  readonly #table: PathTable;
  readonly #known: readonly Operation[];
  readonly #kinds: readonly UnknownKind[];
  /** By what is read or written: the kinds that do. */
  readonly #readers = new Map<number, BitSet>();
  readonly #writers = new Map<number, BitSet>();
  readonly #dependences = new Map<Operation, BitSet>();
  readonly #over = new Map<number, BitSet>();

  /**
   * @param operations of unknown outcome, in order of invocation
   * @param known the others, in order of invocation
   * @param settledMs by id: from when on an unknown one cannot take effect any more
   */
  constructor(
    operations: readonly Operation[],
    known: readonly Operation[],
    settledMs: ReadonlyMap<number, number>,
    table: PathTable,
  ) {
    this.#table = table;
    this.#known = known;
    const groups = new Map<string, { operation: Operation; bit: BitSet }[]>();
    for (const [index, operation] of operations.entries()) {
      const group = groups.get(signatureOf(operation)) ?? [];
      group.push({ operation, bit: 1n << BigInt(index) });
      groups.set(signatureOf(operation), group);
    }
    const kinds = [...groups.values()].flatMap((members, index) => {
      const example = members[0]?.operation;
      return example === undefined ? [] : [{ members, bit: 1n << BigInt(index), example }];
    });
    for (const { bit, example } of kinds) {
      const { reads, writes } = footprintOf(example, table);
      addTo(this.#readers, reads, bit);
      addTo(this.#writers, writes, bit);
    }
    this.#kinds = kinds.map(({ members, bit, example }) => ({
      members: members
        .map((member) => ({ ...member, lateFrom: this.#lateFrom(settledMs.get(member.operation.id), bit) }))
        .sort((a, b) => (a.lateFrom === b.lateFrom ? 0 : a.lateFrom - b.lateFrom)),
      bit,
      dependsOn: this.dependsOn(example),
    }));
  }

  get isEmpty(): boolean {
    return this.#kinds.length === 0;
  }

  /** The kinds that an operation cannot be swapped with. */
  dependsOn(operation: Operation): BitSet {
    const known = this.#dependences.get(operation);
    if (known !== undefined) return known;
    const { reads, writes } = footprintOf(operation, this.#table);
    let found = 0n;
    for (const facet of [...reads, ...writes]) found |= this.#writers.get(facet) ?? 0n;
    for (const facet of writes) found |= this.#readers.get(facet) ?? 0n;
    this.#dependences.set(operation, found);
    return found;
  }

  /**
   * Of each kind the first that may still take effect, as long as it can matter to any of some operations: these depend on it, or on
   * another one that depends on it, and so on.
   * @param untilMs later ones are out of the question
   */
  candidates(at: Progress, used: BitSet, untilMs: number, goals: readonly Operation[]): UnknownCandidate[] {
    const open = this.#kinds.flatMap((kind): UnknownCandidate[] => {
      const next = kind.members.find(
        (member) => (used & member.bit) === 0n && member.operation.invokedMs <= untilMs && !this.#isLate(at, member, kind),
      );
      return next === undefined ? [] : [{ ...next, kind }];
    });
    if (open.length === 0) return open;
    let matter = goals.reduce((mask, goal) => mask | this.dependsOn(goal), 0n);
    for (let before = -1n; before !== matter;) {
      before = matter;
      for (const { kind } of open) if ((matter & kind.bit) !== 0n) matter |= kind.dependsOn;
    }
    return open.filter(({ kind }) => (matter & kind.bit) !== 0n);
  }

  /** Those that cannot take effect any more once all known operations before one did: whether they have makes no difference. */
  over(first: number): BitSet {
    const known = this.#over.get(first);
    if (known !== undefined) return known;
    let over = 0n;
    for (const { members } of this.#kinds) for (const { bit, lateFrom } of members) if (lateFrom < first) over |= bit;
    this.#over.set(first, over);
    return over;
  }

  #lateFrom(settledMs: number | undefined, kind: BitSet): number {
    if (settledMs === undefined) return Infinity;
    const index = this.#known.findIndex((operation) => operation.invokedMs > settledMs && this.#isBarrier(operation, kind));
    return index < 0 ? Infinity : index;
  }

  /** Looks are none: the search takes them as early as it can, before what they do not tell apart from nothing. */
  #isBarrier(operation: Operation, kind: BitSet): boolean {
    return operation.outcome === 'ok' && !isLook(operation) && (this.dependsOn(operation) & kind) !== 0n;
  }

  /** Something took effect that comes after it and cannot be swapped with it. */
  #isLate({ first, beyond }: Progress, { lateFrom }: Member, { bit }: UnknownKind): boolean {
    if (lateFrom === Infinity) return false;
    if (lateFrom < first) return true;
    return beyond.some((index) => {
      const operation = this.#known[index];
      return index >= lateFrom && operation !== undefined && this.#isBarrier(operation, bit);
    });
  }
}
