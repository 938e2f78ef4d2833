/** The operations of unknown outcome of one part of a history, grouped into kinds with the same effect, and their dependencies. */
import { isLook } from '../history/operation.js';
import type { Operation } from '../history/operation.js';
import { footprintOf } from './footprint.js';
import type { PathTable } from './path-table.js';

/** A set of kinds, or of operations: one bit for each number. */
export type BitSet = bigint;

interface Member {
  readonly operation: Operation;
  readonly bit: BitSet;
  /** The first known change that was invoked after this operation was settled and cannot be swapped with it; Infinity: none. */
  readonly lateFrom: number;
}

/** Operations that differ only in their times. */
interface UnknownKind {
  /** Ordered by the time at which they are settled: where several could take effect, the earliest is the best choice. */
  readonly members: readonly Member[];
  readonly bit: BitSet;
  /** The kinds that cannot be swapped with this one. */
  readonly dependsOn: BitSet;
}

export interface UnknownCandidate extends Member {
  readonly kind: UnknownKind;
}

/** Progress of the known operations. */
export interface Progress {
  /** All operations before this number took effect. */
  readonly first: number;
  /** The operations after `first` that took effect, ascending. */
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
  /** By facet that is read or written: the kinds that do so. */
  readonly #readers = new Map<number, BitSet>();
  readonly #writers = new Map<number, BitSet>();
  readonly #dependences = new Map<Operation, BitSet>();
  readonly #over = new Map<number, BitSet>();

  /**
   * @param operations of unknown outcome, in order of invocation
   * @param known operations of known outcome, in order of invocation
   * @param settledMs by id: the time after which an unknown operation can no longer take effect
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

  /** The kinds that cannot be swapped with an operation. */
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
   * Of each kind, the first operation that may still take effect, as long as it can matter to any of some operations: these depend
   * on it, or on another one that depends on it, and so on.
   * @param untilMs operations with a later invocation are ignored
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

  /** Operations that can no longer take effect after all known ones before `first`: whether they have makes no difference. */
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

  /**
   * Reads are excluded: the search takes them as early as possible, before operations that they cannot distinguish from nothing.
   */
  #isBarrier(operation: Operation, kind: BitSet): boolean {
    return operation.outcome === 'ok' && !isLook(operation) && (this.dependsOn(operation) & kind) !== 0n;
  }

  /** True when an operation took effect that comes later and cannot be swapped with this one. */
  #isLate({ first, beyond }: Progress, { lateFrom }: Member, { bit }: UnknownKind): boolean {
    if (lateFrom === Infinity) return false;
    if (lateFrom < first) return true;
    return beyond.some((index) => {
      const operation = this.#known[index];
      return index >= lateFrom && operation !== undefined && this.#isBarrier(operation, bit);
    });
  }
}
