import { expect, test } from 'vitest';
import { StateDigest } from '../../../../src/master/state/tables/digest.js';

const member = (text: string) => ({ digestPart: 0, digestText: () => text });

test('StateDigest: the sum says what is in it, whatever came and went before', () => {
  const worn = new StateDigest();
  const kept = Array.from({ length: 50 }, (_, i) => member(`kept ${i}`));
  for (let i = 0; i < 2_000; i += 1) {
    const passing = member(`passing ${i}`);
    worn.put(passing);
    const stays = kept[i % kept.length];
    if (stays !== undefined) worn.put(stays);
    worn.remove(passing);
  }
  const fresh = new StateDigest();
  for (const stays of kept.reverse()) fresh.put(member(stays.digestText()));
  expect(worn.sum).toBe(fresh.sum);
});
