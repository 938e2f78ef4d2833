import { expect, test } from 'vitest';
import { LongGone } from '../../../src/lab/simulation/long-gone.js';

const exit = (node: string, atMs: number) => ({ event: 'node-exit' as const, atMs, node, code: null, signal: 'SIGKILL' });

test('LongGone: a node counts only when it has had no process for longer than masters and clients can be late', () => {
  const gone = new LongGone({ deadAfterMs: 3_000, masterPatienceMs: 30_000 });
  expect(gone.has({ id: 'dn-1', pid: null }, 100_000)).toBe(false);
  gone.observe(exit('dn-1', 10_000));
  expect(gone.has({ id: 'dn-1', pid: null }, 46_000)).toBe(false);
  expect(gone.has({ id: 'dn-1', pid: null }, 46_001)).toBe(true);
  expect(gone.has({ id: 'dn-2', pid: null }, 46_001)).toBe(false);
  // It is back.
  expect(gone.has({ id: 'dn-1', pid: 7 }, 46_001)).toBe(false);
  gone.observe(exit('dn-1', 50_000));
  expect(gone.has({ id: 'dn-1', pid: null }, 60_000)).toBe(false);
});
