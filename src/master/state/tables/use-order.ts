/**
 * Which of some members was used longest ago, kept as a doubly linked list through the members.
 *
 * A Map whose keys are deleted and set again would keep that order, too; but the entries that V8 has deleted stay in the chain of their
 * bucket until it rehashes, and with 100,000 members one that is used often made each use take a third of a millisecond.
 */

/** A member's place. Written by UseOrder only. */
export interface UsePlace<T> {
  older: T | null;
  newer: T | null;
}

interface Usable<T> {
  readonly place: UsePlace<T>;
}

export class UseOrder<T extends Usable<T>> {
  #oldest: T | null = null;
  #newest: T | null = null;

  /** Used longest ago. */
  get oldest(): T | null {
    return this.#oldest;
  }

  /** @param member not in the list: it becomes the newest */
  add(member: T): void {
    member.place.older = this.#newest;
    if (this.#newest === null) this.#oldest = member;
    else this.#newest.place.newer = member;
    this.#newest = member;
  }

  /** @param member in the list */
  remove(member: T): void {
    const { older, newer } = member.place;
    if (older === null) this.#oldest = newer;
    else older.place.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.place.older = older;
    member.place.older = null;
    member.place.newer = null;
  }
}
