import { expect, test } from 'vitest';
import { awaitLive, REAL_START_POLL_MS } from '../../../src/supervisor/observe/await-live.js';
import type { AwaitLiveOptions } from '../../../src/supervisor/observe/await-live.js';
import type { ClusterStatus } from '../../../src/supervisor/api/cluster-status.js';

/** A cluster that is live after some time. @returns the number of polls until then */
async function pollsUntilLive(afterMs: number, options?: AwaitLiveOptions): Promise<number> {
  let nowMs = 0;
  let polls = 0;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const watch = {
    refresh: async () => {
      polls++;
    },
    // The other fields are not read.
    status: () => ({ nodes: [], leader: nowMs < afterMs ? null : 'm-1' }) as unknown as ClusterStatus,
  };
  await awaitLive(watch, clock, 'Not live', () => false, options);
  return polls;
}

test('awaitLive polls processes at intervals that leave them time to start, and virtual time every 10 ms', async () => {
  expect(await pollsUntilLive(1_000)).toBe(101);
  expect(await pollsUntilLive(1_000, { pollMs: REAL_START_POLL_MS })).toBe(21);
});

test('awaitLive names the nodes that are not live when its time is over', async () => {
  await expect(pollsUntilLive(100, { only: { nodeIds: [], withinMs: 50 } })).rejects.toThrow('Not live: no master leads');
});
