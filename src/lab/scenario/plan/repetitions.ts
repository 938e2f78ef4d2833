/** The seeds of a scenario that is run several times. Pure. */
import { SeededRandom } from '../../../runtime/faults/seeded-random.js';

/**
 * The first is the given one, so that one repetition is the plain run; each other one follows from it and its number alone.
 * None comes twice.
 * @param firstSeed 0 <= firstSeed < 2^32
 */
export function repetitionSeeds(firstSeed: number, count: number): number[] {
  const seeds = new Set([firstSeed]);
  for (let number = 2; seeds.size < count; number += 1) {
    const random = new SeededRandom(String(firstSeed), `repetition ${number}`);
    let seed = random.uint32();
    while (seeds.has(seed)) seed = random.uint32();
    seeds.add(seed);
  }
  return [...seeds];
}
