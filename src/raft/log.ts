/**
 * The end of the log that is held in memory, from the last compaction on, with the sets of members that it made.
 *
 *   compacted          in memory
 *   ────────┤ base ├──────────────┤ commit ├───────┤ stable ├──────┤ last
 *
 * Held here and not read through an interface of the driver's: what a follower may still need from before it comes faster as a
 * snapshot than from the disk, and a core that waits for no reading has no state between question and answer. The driver bounds it
 * with `compact`; `RaftConfig.logBytesMax` refuses proposals when it does not.
 */
import assert from 'node:assert/strict';
import type { Entry, EntryId, Members, Snapshot } from './types.js';

/** What an entry costs besides its data, roughly. */
const ENTRY_BYTES = 64;

export function bytesOf({ body }: Entry): number {
  return (
    ENTRY_BYTES + (body.kind === 'data' ? body.data.byteLength : body.kind === 'members' ? ENTRY_BYTES * body.members.length : 0)
  );
}

export class RaftLog {
  /** The entry before the first in memory. */
  #base: EntryId;
  #entries: Entry[] = [];
  /** Never empty; the last one is effective as soon as it is in the log (thesis §4.1), committed or not. */
  #members: { readonly index: number; readonly members: Members }[];
  /** Bytes of the entries in memory. */
  bytes = 0;

  constructor(base: Pick<Snapshot, 'index' | 'term' | 'members'>, entries: readonly Entry[]) {
    this.#base = { index: base.index, term: base.term };
    this.#members = [{ index: base.index, members: base.members }];
    this.append(entries);
  }

  get base(): EntryId {
    return this.#base;
  }

  get last(): EntryId {
    const entry = this.#entries.at(-1);
    return entry === undefined ? this.#base : { index: entry.index, term: entry.term };
  }

  get members(): Members {
    return this.#members.at(-1)?.members ?? [];
  }

  /** The index of the current set: another may be proposed only when this is committed. */
  get membersIndex(): number {
    return this.#members.at(-1)?.index ?? 0;
  }

  /** The set before the current one. After a restart it is not known yet whether the last change is committed; all before it are. */
  get membersBefore(): Members {
    return this.#members.at(-2)?.members ?? [];
  }

  /** The set that was effective at an index not before the base. */
  membersAt(index: number): Members {
    return this.#members.findLast((set) => set.index <= index)?.members ?? [];
  }

  /** Undefined: compacted, or not there yet. */
  termAt(index: number): number | undefined {
    return index === this.#base.index ? this.#base.term : this.entryAt(index)?.term;
  }

  entryAt(index: number): Entry | undefined {
    return this.#entries[index - this.#base.index - 1];
  }

  has({ index, term }: EntryId): boolean {
    return this.termAt(index) === term;
  }

  /** True when a log that ends with `last` holds at least as much (thesis §3.6.1): a member with less must not be elected. */
  isUpToDate(last: EntryId): boolean {
    const own = this.last;
    return last.term > own.term || (last.term === own.term && last.index >= own.index);
  }

  /** Entries from an index on, as many as fit, but one at least if there is one. */
  slice(from: number, bytesMax: number, lastIndex = this.last.index): Entry[] {
    const taken: Entry[] = [];
    let bytes = 0;
    for (let index = from; index <= lastIndex; index += 1) {
      const entry = this.entryAt(index);
      if (entry === undefined) assert.fail(`entry ${index} is compacted: the log begins after ${this.#base.index}`);
      bytes += bytesOf(entry);
      if (taken.length > 0 && bytes > bytesMax) break;
      taken.push(entry);
    }
    return taken;
  }

  /** Puts entries where they belong, in place of whatever stands there and after. */
  append(entries: readonly Entry[]): void {
    const [first] = entries;
    if (first === undefined) return;
    if (first.index <= this.#base.index || first.index > this.last.index + 1) assert.fail(`entry ${first.index} leaves a gap`);
    if (first.index <= this.last.index) this.#truncate(first.index);
    for (const entry of entries) {
      this.#entries.push(entry);
      this.bytes += bytesOf(entry);
      if (entry.body.kind === 'members') this.#members.push({ index: entry.index, members: entry.body.members });
    }
  }

  #truncate(from: number): void {
    for (const entry of this.#entries.splice(from - this.#base.index - 1)) this.bytes -= bytesOf(entry);
    while (this.membersIndex >= from) this.#members.pop();
  }

  /** Forgets entries up to an index, which stays as the base. */
  compact(index: number): void {
    const term = this.termAt(index);
    if (term === undefined || index <= this.#base.index) return;
    const members = this.membersAt(index);
    for (const entry of this.#entries.splice(0, index - this.#base.index)) this.bytes -= bytesOf(entry);
    this.#base = { index, term };
    this.#members = [{ index, members }, ...this.#members.filter((set) => set.index > index)];
  }

  /** Nothing is left but the snapshot. */
  reset(snapshot: Snapshot): void {
    this.#entries = [];
    this.bytes = 0;
    this.#base = { index: snapshot.index, term: snapshot.term };
    this.#members = [{ index: snapshot.index, members: snapshot.members }];
  }

  /** The last index up to `index` whose term is not above `term`: nothing after it can agree with a log that has `term` at `index`. */
  lastAgreeing(index: number, term: number): EntryId {
    let at = Math.min(index, this.last.index);
    while (at > this.#base.index && (this.termAt(at) ?? 0) > term) at -= 1;
    return { index: at, term: this.termAt(at) ?? 0 };
  }
}
