/** The canary of campaigns: found by every check with the planted defects, and by none without them. */
import { beforeEach, expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import { canaryLine, runCanary } from '../../../src/lab/campaign/canary.js';
import type { CanaryEvent } from '../../../src/lab/campaign/canary.js';
import { runRealCanary } from '../../../src/lab/campaign/real-canary.js';
import { runHere } from '../../../src/lab/campaign/run-one.js';
import { createFakeWorld } from '../scenario/fake-world.js';
import { simulateSeed } from '../../../src/lab/simulation/simulate-seed.js';
import { ROLES } from '../simulation/fixtures.js';

function canary(isLying: boolean): Promise<CanaryEvent> {
  return runCanary(true, async ({ scenario, seed }) => {
    tried.push(seed);
    // A longer run without defects shows no more.
    if (seed > 1 && !isLying) return [];
    const { checks } = await simulateSeed({ scenario, seed, isLying }, { roles: ROLES });
    return checks.flatMap(({ checker, verdict }) => (verdict === 'fail' ? [checker] : []));
  });
}

let tried: number[] = [];
beforeEach(() => (tried = []));

test('the canary is found by every check that it is for', async () => {
  const event = await canary(true);
  expect(event).toMatchObject({ verdict: 'found', missed: [] });
  expect(tried).toEqual([1]);
  expect(canaryLine(event)).toBe('canary: the planted defects were found by all 8 checks');
});

test('the canary without its defects is missed by every check', async () => {
  const event = await canary(false);
  expect(event).toMatchObject({ verdict: 'missed', found: [] });
  expect(tried).toEqual([1, 2, 3]);
  expect(canaryLine(event)).toMatch(/^canary: MISSED.*linearizability/);
});

const signal = new AbortController().signal;

test.each([true, false])('runRealCanary finds the defects in a world of real time, with history %s', async (hasHistory) => {
  const fake = await createFakeWorld();
  const connect: typeof fake.world.connect = (...where) => {
    const client = fake.world.connect(...where);
    // The fake file system refuses nothing by itself.
    const createFile = async (path: string, content: Uint8Array): Promise<void> => {
      if (await client.exists(path)) throw new DfsError('ALREADY_EXISTS', `${path} is there`);
      await client.createFile(path, content);
    };
    return { ...client, createFile };
  };
  try {
    const event = await runRealCanary({ runOne: runHere({ ...fake.world, connect }), runtime: undefined, hasHistory, signal });
    expect(event).toMatchObject({ verdict: 'found', missed: [] });
    expect(event.found).toHaveLength(hasHistory ? 8 : 3);
  } finally {
    await fake.remove();
  }
});

test('runRealCanary is missed when no run finds anything, and rejects when a run is not judged', async () => {
  const options = { runtime: undefined, hasHistory: false, signal };
  expect(await runRealCanary({ ...options, runOne: async () => 0 })).toMatchObject({ verdict: 'missed', found: [] });
  await expect(runRealCanary({ ...options, runOne: async () => 255 })).rejects.toMatchObject({ code: 'INTERNAL' });
});
