import { expect, test } from 'vitest';
import { conditionHolds, metricValue, parseCondition } from '../../../src/lab/scenario/model/expression.js';
import type { ClusterStatus, NodeState } from '../../../src/supervisor/api/cluster-status.js';

const STATES: readonly NodeState[] = ['live', 'live', 'stale', 'dead', 'stopped', 'paused'];

const STATUS: ClusterStatus = {
  clusterId: 'c',
  nodes: STATES.map((state, index) => ({
    id: `n-${index}`,
    role: 'datanode',
    state,
    pid: null,
    address: '',
    rack: '',
    usedBytes: 0,
    capacityBytes: 0,
    replicaCount: 3,
    disk: 'writable' as const,
    partitioned: index === 2,
    member: null,
  })),
  chunks: { total: 10, healthy: 7, underReplicated: 2, missing: 1, unreported: 0 },
  files: 5,
  safeMode: false,
  term: 1,
  leader: 'm-1',
  leaderChanges: 0,
  repairsCompleted: 4,
  orphanReplicas: 3,
  masterReachable: true,
  faults: [],
};

function holds(text: string, status: ClusterStatus = STATUS): boolean {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return conditionHolds(parsed.condition, status);
}

test.each([
  ['chunks == 10', true],
  ['healthy != 7', false],
  ['under_replicated > 1', true],
  ['under_replicated > 2', false],
  ['under_replicated >= 2', true],
  ['missing < 1', false],
  ['missing <= 1', true],
  ['  repairs==4 ', true],
  ['orphans == 3', true],
  ['files == 5', true],
  ['replicas == 18', true],
  ['starting == 0', true],
  ['term >= 2', false],
  ['safe_mode == 0', true],
  ['live == 2', true],
  ['stale == 1', true],
  ['dead == 2', true],
  ['stopped == 1', true],
  ['paused == 1', true],
  ['partitioned == 1', true],
])('conditionHolds: %s is %s', (text, expected) => {
  expect(holds(text)).toBe(expected);
});

test('conditionHolds is false while no master answers, whatever the old figures say', () => {
  const unled = { ...STATUS, masterReachable: false, leader: null, leaderChanges: 2 };
  expect(holds('chunks == 10', unled)).toBe(false);
  // Of the masters the lab knows by itself.
  expect([holds('leaders == 0', unled), holds('leader_changes > 1', unled), holds('leaders == 1')]).toEqual([true, true, true]);
});

test('metricValue gives the figure for messages', () => {
  expect(metricValue('under_replicated', STATUS)).toBe(2);
});

test.each([
  ['', 'is not a condition'],
  ['missing', 'is not a condition'],
  ['missing == 0 && dead == 0', 'is not a condition'],
  ['lost == 0', 'unknown metric "lost"'],
  ['mising == 0', 'did you mean "missing"?'],
  ['missing = 0', 'unknown operator "="'],
  ['missing == zero', '"zero" is not a whole number'],
  ['missing == -1', '"-1" is not a whole number'],
  ['missing == 1234567890123456', 'is not a whole number of at most 15 digits'],
  ['constructor == 0', 'unknown metric "constructor"'],
])('parseCondition refuses "%s"', (text, reason) => {
  const parsed = parseCondition(text);
  expect(parsed.ok ? '' : parsed.reason).toContain(reason);
});
