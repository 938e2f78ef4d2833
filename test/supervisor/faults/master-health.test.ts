import { expect, test } from 'vitest';
import { assertLogsSpared } from '../../../src/supervisor/faults/master-health.js';

const masters = (...whole: readonly boolean[]): { readonly id: string; readonly isWhole: boolean }[] =>
  whole.map((isWhole, index) => ({ id: `m-${index + 1}`, isWhole }));

test.each([
  // Of all: a disk is lost.
  [masters(true), ['m-1'], true, /m-1 is the only master: its log has no other copy/],
  [masters(true, true, true), ['m-3'], true, null],
  [masters(true, false, true), ['m-3'], true, /without m-3, 1 of 3 masters are whole \(not m-2\), and 2 are needed/],
  [masters(true, true, false), ['m-3'], true, null],
  [masters(true, true, true), ['m-2', 'm-3'], true, /1 of 3 masters are whole, and 2 are needed/],
  [masters(true, true, true, true, true), ['m-4', 'm-5'], true, null],
  [masters(true, true, true, false, true), ['m-5'], true, /3 of 5 masters are whole \(not m-4\), and 4 are needed/],
  [masters(true, true, true, true, true), ['m-3', 'm-4', 'm-5'], true, /and 3 are needed/],
  // Of a part: a bit flips.
  [masters(true, true, true, false, true), ['m-5'], false, null],
  [masters(true, true, false, false, true), ['m-5'], false, /2 of 5 masters are whole \(not m-3, m-4\), and 3 are needed/],
  [masters(true), ['m-1'], false, /only master/],
  // No master at all.
  [masters(false, false, false), ['dn-1'], true, null],
] as const)('assertLogsSpared: %j without %j', (all, losing, needsAll, message) => {
  const check = (): void => assertLogsSpared(all, losing, needsAll);
  if (message === null) expect(check).not.toThrow();
  else
    expect(check).toThrow(
      expect.objectContaining({ name: 'NothingToStrike', message: expect.stringMatching(message) as string }),
    );
});
