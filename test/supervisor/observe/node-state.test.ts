import { expect, test } from 'vitest';
import { nodeState, opinionOfMaster } from '../../../src/supervisor/observe/node-state.js';

const running = { isRunning: true, isPaused: false, launchedAtMs: 1_000 };

test('nodeState puts the process before the opinion', () => {
  const opinion = { state: 'live', heardAtMs: 2_000 } as const;
  expect(nodeState({ ...running, isRunning: false }, opinion, 2_100, 3_000)).toBe('stopped');
  expect(nodeState({ ...running, isPaused: true }, opinion, 2_100, 3_000)).toBe('paused');
  expect(nodeState({ ...running, launchedAtMs: null }, opinion, 2_100, 3_000)).toBe('starting');
});

test('nodeState takes an opinion only of this life of the node, unless the node stays silent', () => {
  const old = { state: 'dead', heardAtMs: 500 } as const;
  expect(nodeState(running, old, 1_200, 3_000)).toBe('starting');
  expect(nodeState(running, null, 1_200, 3_000)).toBe('starting');
  expect(nodeState(running, { state: 'live', heardAtMs: 1_001 }, 1_200, 3_000)).toBe('live');
  expect(nodeState(running, { state: 'stale', heardAtMs: 1_001 }, 2_200, 3_000)).toBe('stale');
  expect(nodeState(running, old, 4_200, 3_000)).toBe('dead');
  expect(nodeState(running, null, 4_200, 3_000)).toBe('dead');
});

test('opinionOfMaster judges by how long the master has been silent, and shows one without a vote as starting', () => {
  expect(opinionOfMaster(4_900, 100, true, 900, 3_000)).toEqual({ state: 'live', heardAtMs: 4_900 });
  expect(opinionOfMaster(4_900, 100, false, 900, 3_000)).toEqual({ state: 'starting', heardAtMs: 4_900 });
  expect(opinionOfMaster(4_000, 1_000, true, 900, 3_000).state).toBe('stale');
  expect(opinionOfMaster(1_000, 4_000, false, 900, 3_000).state).toBe('dead');
});
