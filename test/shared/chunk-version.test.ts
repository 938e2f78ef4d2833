import { expect, test } from 'vitest';
import { isSamePlan, nextVersion, PLANS_MAX, plansOf, STAMPS } from '../../src/shared/chunk-version.js';

test('nextVersion: grows with every plan, whatever the stamps are, also after versions without', () => {
  let version = 0;
  for (const [plans, stamp] of [0, 0, 7, STAMPS - 1, 1].entries()) {
    const next = nextVersion(version, stamp);
    expect(next).toBeGreaterThan(version);
    expect(plansOf(next)).toBe(stamp === 0 ? plans + 1 : plans - 1);
    version = next;
  }
  expect(Number.isSafeInteger(nextVersion(PLANS_MAX * STAMPS - 1, STAMPS - 1))).toBe(true);
});

test('isSamePlan: the same number of plans and another stamp; versions without stamps say nothing', () => {
  expect(isSamePlan(nextVersion(0, 5), nextVersion(0, 6))).toBe(true);
  expect(isSamePlan(nextVersion(0, 5), nextVersion(nextVersion(0, 5), 5))).toBe(false);
  expect(isSamePlan(3, 3)).toBe(false);
});
