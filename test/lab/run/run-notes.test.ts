import { expect, test } from 'vitest';
import { runNotes } from '../../../src/lab/run/run-notes.js';
import { newCounters } from '../../../src/lab/workloads/workload-counters.js';

test('runNotes: failed operations are explained, with the last error', () => {
  expect(runNotes({ counters: newCounters() })).toEqual([]);
  const one = { ...newCounters(), errors: 1, lastError: 'ETIMEDOUT: open /f' };
  expect(runNotes({ counters: one })).toEqual([
    '1 operation failed, which breaks no guarantee while faults are active; with: ETIMEDOUT: open /f',
  ]);
  expect(runNotes({ counters: { ...one, errors: 5 } })[0]).toContain('5 operations failed');
});

test('runNotes: a rate that was asked for and not reached is said', () => {
  const pace = { type: 'write-verify', perSecond: 40, rounds: 80, workedMs: 10_000 } as const;
  const notes = (...paces: readonly object[]): readonly string[] =>
    runNotes({ counters: newCounters(), paces: paces.map((change) => ({ ...pace, ...change })) });
  expect(notes({})).toEqual(['write-verify: 40/s asked, 8/s done']);
  expect(notes({ rounds: 380 }, { perSecond: undefined })).toEqual([]);
});
