/** Random choices among items, from a seed. */

/** The source of random numbers. */
interface Integers {
  /** A whole number, min <= n <= max. */
  integer(min: number, max: number): number;
}

/** One of the items; undefined when there are none. */
export function pickOne<T>(random: Integers, items: readonly T[]): T | undefined {
  return items[random.integer(0, items.length - 1)];
}

/**
 * `count` of the items (all of them when there are fewer), in the order they had.
 * Selection sampling: each item is taken with probability (still wanted) / (still to come); Knuth, TAOCP 2, 3.4.2, algorithm S.
 */
export function pickSome<T>(random: Integers, items: readonly T[], count: number): T[] {
  let wanted = Math.min(count, items.length);
  return items.filter((_, index) => {
    const isTaken = random.integer(0, items.length - index - 1) < wanted;
    if (isTaken) wanted -= 1;
    return isTaken;
  });
}
