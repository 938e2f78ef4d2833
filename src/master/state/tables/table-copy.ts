/**
 * A copy of a table as it was at one moment, taken member by member while the table goes on changing.
 *
 *   ids   1 ────────────── doneTo ───────────────── newId ──────▶
 *           copied: changes    not copied: saved       came later:
 *           do not matter      before they change      not part of it
 *
 * The table is a Map whose keys ascend: its iterator goes on where it stopped, whatever was removed or added meanwhile. So no list of
 * ids is needed, and nothing costs more with a larger table. Memory: one saved member for each that changed before it was copied.
 */
import { IdHeap } from './id-heap.js';

interface Identified {
  readonly id: number;
}

export class TableCopy<Live extends Image, Image extends Identified> {
  readonly #live: Iterator<Live>;
  readonly #newId: number;
  readonly #imageOf: (live: Live) => Image;
  /** The next of the table, not copied yet. */
  #ahead: Live | null = null;
  #isAtEnd = false;
  #doneTo = 0;
  /** As they were when the copy began; their ids are in the heap, too. */
  readonly #saved = new Map<number, Image>();
  readonly #savedIds = new IdHeap();

  /**
   * @param live the table's own iterator, by ascending ids
   * @param newId members with ids from this one on come later
   * @param imageOf what is kept of a member before it changes
   */
  constructor(live: Iterator<Live>, newId: number, imageOf: (live: Live) => Image) {
    this.#live = live;
    this.#newId = newId;
    this.#imageOf = imageOf;
  }

  /** Must come before every change of a member, and before its removal. */
  save(member: Live): void {
    const { id } = member;
    if (id <= this.#doneTo || id >= this.#newId || this.#saved.has(id)) return;
    this.#saved.set(id, this.#imageOf(member));
    this.#savedIds.add(id);
  }

  /** The next member as it was, by ascending ids; to be read at once. undefined at the end. */
  next(): Image | undefined {
    const live = this.#lookAhead();
    const savedId = this.#savedIds.least;
    if (savedId === undefined || (live !== null && live.id < savedId)) {
      if (live === null) return undefined;
      this.#ahead = null;
      this.#doneTo = live.id;
      return live;
    }
    if (live?.id === savedId) this.#ahead = null;
    this.#savedIds.removeLeast();
    const image = this.#saved.get(savedId);
    this.#saved.delete(savedId);
    this.#doneTo = savedId;
    return image;
  }

  #lookAhead(): Live | null {
    if (this.#ahead !== null || this.#isAtEnd) return this.#ahead;
    const result = this.#live.next();
    if (result.done === true || result.value.id >= this.#newId) this.#isAtEnd = true;
    else this.#ahead = result.value;
    return this.#ahead;
  }
}
