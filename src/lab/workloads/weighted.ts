/** Random choice, by seed, among items with weights. */
import assert from 'node:assert/strict';
import type { SeededRandom } from '../../runtime/faults/seeded-random.js';

export type Weighted<T> = readonly (readonly [weight: number, item: T])[];

/** @param items with weights that are integers >= 1 */
export function pickWeighted<T>(random: SeededRandom, items: Weighted<T>): T {
  let choiceSeed = random.integer(
    1,
    items.reduce((sum, [weight]) => sum + weight, 0),
  );
  const chosen = items.find(([weight]) => (choiceSeed -= weight) <= 0);
  assert(chosen !== undefined, 'there is nothing to choose from');
  return chosen[1];
}
