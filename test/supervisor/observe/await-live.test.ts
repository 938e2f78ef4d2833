import { expect, test } from 'vitest';
import { awaitLeader, awaitLive, REAL_START_POLL_MS } from '../../../src/supervisor/observe/await-live.js';
import type { AwaitLiveOptions } from '../../../src/supervisor/observe/await-live.js';
import type { ClusterStatus } from '../../../src/supervisor/api/cluster-status.js';

/** A cluster with a leader after some time; the clock moves with each sleep. */
function startingCluster(leaderAfterMs: number) {
  const seen = { nowMs: 0, polls: 0 };
  const clock = {
    nowMs: () => seen.nowMs,
    sleep: async (ms: number) => {
      seen.nowMs += ms;
    },
  };
  const watch = {
    refresh: async () => {
      seen.polls++;
    },
    // The other fields are not read.
    status: () => ({ nodes: [], leader: seen.nowMs < leaderAfterMs ? null : 'm-1' }) as unknown as ClusterStatus,
  };
  return { clock, watch, seen };
}

/** @returns the number of polls until the cluster is live */
async function pollsUntilLive(afterMs: number, options?: AwaitLiveOptions): Promise<number> {
  const { clock, watch, seen } = startingCluster(afterMs);
  await awaitLive(watch, clock, 'Not live', () => false, options);
  return seen.polls;
}

test('awaitLive polls processes at intervals that leave them time to start, and virtual time every 10 ms', async () => {
  expect(await pollsUntilLive(1_000)).toBe(101);
  expect(await pollsUntilLive(1_000, { pollMs: REAL_START_POLL_MS })).toBe(21);
});

test('awaitLive names the nodes that are not live when its time is over', async () => {
  await expect(pollsUntilLive(100, { only: { nodeIds: [], withinMs: 50 } })).rejects.toThrow('Not live: no master leads');
});

test('awaitLeader ends with the first leader, after two seconds without one, and when it is cancelled', async () => {
  const endMs = async (leaderAfterMs: number, isOver = false): Promise<number> => {
    const { clock, watch, seen } = startingCluster(leaderAfterMs);
    await awaitLeader(watch, clock, () => isOver);
    return seen.nowMs;
  };
  expect(await endMs(300)).toBe(300);
  expect(await endMs(Infinity)).toBe(2_000 + REAL_START_POLL_MS);
  expect(await endMs(Infinity, true)).toBe(0);
});
