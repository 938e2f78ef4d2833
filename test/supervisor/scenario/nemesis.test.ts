import { expect, test } from 'vitest';
import { CLOCK_ACTIONS, IO_ACTIONS, NETWORK_ACTIONS, NODE_ACTIONS } from '../../../src/supervisor/faults.js';
import type { FaultWord, PlannedFault } from '../../../src/supervisor/faults.js';
import { planFaults, resolveScenario } from '../../../src/supervisor/scenario/schedule.js';
import type { Scenario, Step } from '../../../src/supervisor/scenario/scenario.js';

const CURES: readonly FaultWord[] = ['restart', 'resume', 'heal'];
const FAULTS = [...NODE_ACTIONS, ...NETWORK_ACTIONS, ...IO_ACTIONS, ...CLOCK_ACTIONS].filter((word) => !CURES.includes(word));

const SCENARIO: Scenario = {
  name: 'test',
  description: '',
  cluster: { masters: 1, datanodes: 5, racks: 2, replication: 3, chunkSizeBytes: 65_536, profile: 'fast' },
  workload: [],
  durationMs: 20_000,
  steps: [],
  nemesis: { faults: FAULTS, intervalMs: 500, selector: { roles: ['master', 'datanode'] } },
  probes: [],
  settleMs: 10_000,
};

const STEPS: readonly Step[] = [
  { atMs: 2_000, fault: { action: 'kill' }, selector: { roles: ['datanode'] }, mode: { kind: 'fixed', count: 2 }, line: 7 },
  { atMs: 2_000, durationMs: 900, fault: { action: 'pause' }, selector: { racks: ['rack-1'] }, mode: { kind: 'one' }, line: 8 },
  { atMs: 4_000, fault: { action: 'restart' }, selector: { states: ['dead'] }, mode: { kind: 'all' }, line: 9 },
  {
    atMs: 5_000,
    durationMs: 1_000,
    fault: { action: 'partition', kind: 'stall', direction: 'to' },
    selector: { roles: ['datanode'] },
    target: { is: 'leader' },
    mode: { kind: 'minority' },
    line: 10,
  },
  { atMs: 6_000, fault: { action: 'slow', delayMs: 5 }, selector: { inPipeline: true }, mode: { kind: 'one' }, line: 11 },
  {
    atMs: 100,
    when: { condition: { text: 'dead > 0', metric: 'dead', operator: '>', value: 0 }, timeoutMs: 5_000 },
    fault: { action: 'kill' },
    selector: { roles: ['datanode'] },
    mode: { kind: 'one' },
    line: 12,
  },
];

const words = (faults: readonly PlannedFault[]): Set<string> => new Set(faults.map(({ action }) => action));

test('the nemesis knows every fault word, and strikes the master too where it may', () => {
  const all = Array.from({ length: 60 }, (_, seed) => planFaults(SCENARIO, seed).faults).flat();
  for (const word of FAULTS) expect(words(all), word).toContain(word);
  expect(all.some(({ action, nodes }) => action === 'powercut' && nodes.length === 6)).toBe(true);
  expect(all.some(({ action, nodes }) => action === 'kill' && nodes.includes('m-1'))).toBe(true);
  expect(
    all.some(({ action, nodes }) => ['wipe', 'bitflip', 'truncate', 'remove'].includes(action) && nodes.includes('m-1')),
  ).toBe(false);
});

test('every fault that lasts is taken back once, unless the end of the run does it', () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const { faults } = planFaults(SCENARIO, seed);
    expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
    const lifted = faults.flatMap((fault) => (fault.action === 'lift' ? [fault.of] : []));
    expect(new Set(lifted).size).toBe(lifted.length);
    for (const of of lifted) expect(faults.find(({ id }) => id === of)?.action).toBeDefined();
    const stays = faults.filter(
      (fault) => 'direction' in fault && fault.atMs < SCENARIO.durationMs - 1_000 && !lifted.includes(fault.id),
    );
    expect(stays).toEqual([]);
  }
});

test('a resolved scenario strikes the same, without nemesis and without chance', () => {
  for (let seed = 0; seed < 60; seed += 1) {
    const scenario = { ...SCENARIO, steps: STEPS };
    const resolved = resolveScenario(scenario, seed);
    expect(resolved.nemesis).toBeUndefined();
    expect(resolved.seed).toBe(seed);
    const { faults, late } = planFaults(scenario, seed);
    const again = planFaults(resolved, seed);
    expect(again.faults).toEqual(faults);
    expect(again.late.map(({ id, lot }) => [id, lot])).toEqual(late.map(({ id, lot }) => [id, lot]));
    expect(late).toHaveLength(2);
    // Nothing is left to the seed.
    expect(planFaults(resolved, seed + 1).faults).toEqual(faults);
    expect(resolveScenario(resolved, seed)).toEqual(resolved);
  }
});

const GROUP: Scenario = { ...SCENARIO, cluster: { ...SCENARIO.cluster, masters: 3 } };
const isMaster = (name: string): boolean => name.startsWith('m-');

test('planFaults: of three masters the nemesis takes a disk or a bit of a log only while the others are well', () => {
  const down: readonly FaultWord[] = ['kill', 'powercut', 'stop', 'wipe', 'pause'];
  let wiped = 0;
  let rotten = 0;
  for (let seed = 1; seed <= 200; seed += 1) {
    const away = new Set<string>();
    for (const fault of planFaults(GROUP, seed).faults) {
      const masters = fault.nodes.filter(isMaster);
      if (fault.action === 'restart' || fault.action === 'resume') for (const name of masters) away.delete(name);
      if (masters.length === 0 || fault.source !== 'nemesis') continue;
      if (fault.action === 'wipe') wiped += 1;
      if (fault.action === 'bitflip') rotten += 1;
      if (fault.action === 'bitflip') expect(fault.file).toBe('log');
      if (fault.action === 'wipe' || fault.action === 'bitflip') expect([masters.length, [...away]]).toEqual([1, []]);
      expect(fault.action === 'truncate' || fault.action === 'remove').toBe(false);
      if (down.some((word) => word === fault.action)) for (const name of masters) away.add(name);
    }
  }
  expect([wiped > 20, rotten > 20]).toEqual([true, true]);
});

test('planFaults: chunks are damaged on datanodes, and a single master keeps its disk', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    for (const fault of planFaults(SCENARIO, seed).faults) {
      if (fault.action === 'wipe' || 'file' in fault) expect(fault.nodes.filter(isMaster)).toEqual([]);
      if ('file' in fault) expect(fault.file).not.toBe('log');
    }
  }
});
