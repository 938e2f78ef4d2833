/** A member's disk: what is durable, and batches on the way, of which a crash keeps any beginning, torn between any two records. */
import type { StoredState } from '../../../src/raft/member-state.js';
import type { Entry, HardState, Snapshot, WriteBatch } from '../../../src/raft/types.js';

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  readonly data: Uint8Array;
}

type DiskRecord =
  | { readonly kind: 'snapshot'; readonly stored: StoredSnapshot }
  | { readonly kind: 'hard-state'; readonly hardState: HardState }
  | { readonly kind: 'entry'; readonly entry: Entry };

export class SimDisk {
  #hardState: HardState;
  stored: StoredSnapshot | null = null;
  /** What follows the snapshot. */
  #entries: Entry[];
  #rotten: Entry[] = [];
  #queue: { readonly number: number; readonly records: readonly DiskRecord[] }[] = [];

  constructor({ hardState, entries }: StoredState) {
    this.#hardState = hardState;
    this.#entries = [...entries];
  }

  get isIdle(): boolean {
    return this.#queue.length === 0;
  }

  write(batch: WriteBatch, data: Uint8Array | null): void {
    const records: DiskRecord[] = [];
    if (batch.snapshot !== null && data !== null) records.push({ kind: 'snapshot', stored: { snapshot: batch.snapshot, data } });
    if (batch.hardState !== null) records.push({ kind: 'hard-state', hardState: batch.hardState });
    for (const entry of batch.entries) records.push({ kind: 'entry', entry });
    this.#queue.push({ number: batch.number, records });
  }

  /** The last batch that an fsync begun now makes durable. */
  get lastWritten(): number {
    return this.#queue.at(-1)?.number ?? 0;
  }

  fsynced(number: number): void {
    while ((this.#queue[0]?.number ?? Infinity) <= number) for (const record of this.#queue.shift()!.records) this.#put(record);
  }

  /** Loses or tears what is not fsynced. @param keptOf how many of so many records stay */
  crash(keptOf: (records: number) => number): void {
    const records = this.#queue.flatMap((batch) => batch.records);
    this.#queue = [];
    for (const record of records.slice(0, keptOf(records.length))) this.#put(record);
  }

  #put(record: DiskRecord): void {
    if (record.kind === 'hard-state') this.#hardState = record.hardState;
    else if (record.kind === 'snapshot') {
      this.stored = record.stored;
      this.#entries = [];
    } else {
      this.#entries.length = record.entry.index - this.#baseIndex - 1;
      this.#entries.push(record.entry);
    }
  }

  get #baseIndex(): number {
    return this.stored?.snapshot.index ?? 0;
  }

  /** A checkpoint made here: the log before it goes. */
  checkpoint(stored: StoredSnapshot): void {
    this.#entries = this.#entries.filter(({ index }) => index > stored.snapshot.index);
    this.stored = stored;
  }

  /** The last entries are gone; it is known that they were there. */
  rot(count: number): void {
    this.#rotten.push(...this.#entries.splice(Math.max(0, this.#entries.length - count)));
    this.#hardState = { ...this.#hardState, isDamaged: true };
  }

  /** True when the entry was durable once: one disk that rots is what a majority is for. */
  held(index: number, term: number): boolean {
    return this.holds(index, term) || this.#rotten.some((entry) => entry.index === index && entry.term === term);
  }

  /** True when the entry, or a snapshot that contains it, is durable. */
  holds(index: number, term: number): boolean {
    return index <= this.#baseIndex || this.#entries[index - this.#baseIndex - 1]?.term === term;
  }

  get lastIndex(): number {
    return this.#baseIndex + this.#entries.length;
  }

  get hardState(): HardState {
    return this.#hardState;
  }

  read(): StoredState {
    return { hardState: this.#hardState, snapshot: this.stored?.snapshot ?? null, entries: this.#entries.slice() };
  }
}
