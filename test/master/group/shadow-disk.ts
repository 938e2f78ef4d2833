/**
 * What a member's disk must hold: kept beside the real one, from what the storage was given and has called durable. A start is compared
 * with it: nothing that was durable is forgotten, nothing that was replaced comes back.
 */
import { isSameAddress } from '../../../src/raft/membership.js';
import type { StoredState } from '../../../src/raft/member-state.js';
import type { EntryId, HardState, WriteBatch } from '../../../src/raft/types.js';

const keyOf = ({ index, term }: EntryId): string => `${index}/${term}`;

export class ShadowDisk {
  /** By index: the term of the entry that is durable there. */
  #terms: number[] = [];
  /** The same, with what is not durable yet. */
  #given: number[] = [];
  /** A checkpoint covers everything up to it. */
  #base = 0;
  #hardState: HardState | null = null;
  #pending: WriteBatch[] = [];
  /** Entries that were durable once and that corruption has taken. */
  readonly #rotten = new Set<string>();
  /** Entries that were durable once: what damage leaves of a log is how it was at some time. */
  readonly #ever = new Set<string>();
  #hasStarted = false;

  get lastIndex(): number {
    return this.#terms.length === 0 ? this.#base : Math.max(this.#base, this.#terms.length - 1);
  }

  get hardState(): HardState | null {
    return this.#hardState;
  }

  given(batch: WriteBatch): void {
    this.#pending.push(batch);
    put(this.#given, batch);
  }

  /** The oldest batch is durable. */
  persisted(): void {
    const batch = this.#pending.shift();
    if (batch === undefined) return;
    put(this.#terms, batch);
    for (const entry of batch.entries) this.#ever.add(keyOf(entry));
    this.#base = batch.snapshot?.index ?? this.#base;
    this.#hardState = batch.hardState ?? this.#hardState;
  }

  /** Nothing is on its way to the disk. */
  get isSettled(): boolean {
    return this.#pending.length === 0;
  }

  /** The term of an entry as the member's core has it; undefined: unknown, or none. */
  termAt(index: number): number | undefined {
    return this.#given[index];
  }

  /** The entry, or a checkpoint that contains it, is durable. */
  holds(index: number, term: number): boolean {
    return index <= this.#base || this.#terms[index] === term;
  }

  /** The core has the entry, durable or not. */
  has(index: number, term: number): boolean {
    return index <= this.#base || this.#given[index] === term;
  }

  /** True as well when corruption has taken it: one disk that rots is what a majority is for. */
  held(index: number, term: number): boolean {
    return this.holds(index, term) || this.#rotten.has(keyOf({ index, term }));
  }

  /**
   * Compares with what a start has found, which then counts.
   * @param mayBeDamaged bytes of it were flipped
   * @returns what is wrong, or null
   */
  opened(stored: StoredState, mayBeDamaged: boolean): string | null {
    const wrong = this.#hasStarted ? this.#compare(stored, mayBeDamaged) : null;
    const isShortened = stored.hardState.isDamaged;
    if (isShortened) this.#terms.forEach((term, index) => this.#rotten.add(keyOf({ index, term })));
    this.#hasStarted = true;
    this.#pending = [];
    this.#hardState = stored.hardState;
    this.#base = stored.snapshot?.index ?? 0;
    this.#terms = [];
    if (stored.snapshot !== null) this.#terms[stored.snapshot.index] = stored.snapshot.term;
    for (const { index, term } of stored.entries) {
      this.#terms[index] = term;
      this.#ever.add(keyOf({ index, term }));
    }
    this.#given = this.#terms.slice();
    return wrong;
  }

  #compare({ hardState, snapshot, entries }: StoredState, mayBeDamaged: boolean): string | null {
    const wrongVote = this.#hardState === null ? null : this.#compareVotes(this.#hardState, hardState, mayBeDamaged);
    if (wrongVote !== null) return wrongVote;
    const base = snapshot?.index ?? 0;
    const installing = this.#pending.find((batch) => batch.snapshot !== null)?.snapshot;
    const isInstalled = installing !== undefined && installing !== null && base >= installing.index;
    const underWay = new Set(this.#pending.flatMap((batch) => batch.entries.map(keyOf)));
    const wasThere = (entry: EntryId): boolean =>
      this.holds(entry.index, entry.term) || underWay.has(keyOf(entry)) || (hardState.isDamaged && this.#ever.has(keyOf(entry)));
    const invented = entries.find((entry) => !wasThere(entry));
    if (invented !== undefined) return `it has entry ${keyOf(invented)}, which is not in its log`;
    if (hardState.isDamaged || isInstalled) return null;
    const replacedFrom = Math.min(...this.#pending.map((batch) => batch.entries[0]?.index ?? Infinity));
    for (let index = base + 1; index <= this.lastIndex && index < replacedFrom; index += 1) {
      const term = this.#terms[index];
      if (term !== undefined && entries[index - base - 1]?.term !== term) return `it has lost entry ${index}/${term}`;
    }
    return null;
  }

  #compareVotes(before: HardState, now: HardState, mayBeDamaged: boolean): string | null {
    const isVoteKept = before.votedFor === null || (now.votedFor !== null && isSameAddress(before.votedFor, now.votedFor));
    if (now.term < before.term) return `it is in term ${now.term}, and was in term ${before.term}`;
    if (now.term === before.term && !isVoteKept) return `it has lost its vote of term ${now.term}`;
    if (now.isDamaged && !before.isDamaged && !mayBeDamaged) return 'it calls itself damaged, and is not';
    const mayBeRepaired = this.#pending.some((batch) => batch.hardState?.isDamaged === false);
    return before.isDamaged && !now.isDamaged && !mayBeRepaired ? 'it has forgotten that it is damaged' : null;
  }
}

function put(terms: number[], { snapshot, entries }: WriteBatch): void {
  if (snapshot !== null) {
    terms.length = snapshot.index;
    terms[snapshot.index] = snapshot.term;
  }
  for (const { index, term } of entries) {
    terms.length = index;
    terms[index] = term;
  }
}
