import { expect, test } from 'vitest';
import type { DamageFault, FaultWord, PlannedFault } from '../../../src/supervisor/api/fault.js';
import { NEMESIS_FAULTS } from '../../../src/lab/scenario/schema/scenario-schema.js';
import { planFaults, resolveScenario } from '../../../src/lab/scenario/plan/schedule.js';
import type { Scenario, Step } from '../../../src/lab/scenario/model/scenario.js';

const FAULTS = NEMESIS_FAULTS;

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
  expect(all.some(({ action, nodes }) => action === 'powercut' && nodes.length >= 6)).toBe(true);
  expect(all.some(({ action, nodes }) => action === 'kill' && nodes.includes('m-1'))).toBe(true);
  expect(
    all.some(({ action, nodes }) => ['wipe', 'bitflip', 'truncate', 'remove'].includes(action) && nodes.includes('m-1')),
  ).toBe(false);
});

// It waited for a leader for a minute, before the step that started the only master again.
test('no node is added while a fault may have ended the only master', () => {
  const nemesis = { faults: ['eio', 'kill', 'add'] as const, intervalMs: 500, selector: { roles: ['master'] as const } };
  let added = 0;
  for (let seed = 0; seed < 60; seed += 1) {
    const active = new Set<number>();
    let isDown = false;
    for (const fault of planFaults({ ...SCENARIO, nemesis }, seed).faults) {
      if (fault.action === 'eio') active.add(fault.id);
      if (fault.action === 'lift') active.delete(fault.of);
      if (fault.action === 'kill' || fault.action === 'restart') isDown = fault.action === 'kill';
      if (fault.action !== 'add') continue;
      added += 1;
      expect([seed, isDown, active.size]).toEqual([seed, false, 0]);
    }
  }
  expect(added).toBeGreaterThan(20);
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
    expect(again.late.map(({ id, choiceSeed }) => [id, choiceSeed])).toEqual(late.map(({ id, choiceSeed }) => [id, choiceSeed]));
    expect(late).toHaveLength(3);
    // Nothing is left to the seed.
    expect(planFaults(resolved, seed + 1).faults).toEqual(faults);
    expect(resolveScenario(resolved, seed)).toEqual(resolved);
  }
});

const GROUP: Scenario = { ...SCENARIO, cluster: { ...SCENARIO.cluster, masters: 3 } };
const isDamage = (fault: PlannedFault): fault is PlannedFault & DamageFault =>
  ['bitflip', 'truncate', 'remove'].includes(fault.action);
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
      if (isDamage(fault)) expect(['log', 'checkpoint']).toContain(fault.file);
      if (fault.action === 'wipe' || isDamage(fault)) expect([masters.length, [...away]]).toEqual([1, []]);
      if (down.some((word) => word === fault.action)) for (const name of masters) away.add(name);
    }
  }
  expect([wiped > 20, rotten > 20]).toEqual([true, true]);
});

test('planFaults: chunks are damaged on datanodes, and a single master keeps its disk', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    for (const fault of planFaults(SCENARIO, seed).faults) {
      if (fault.action === 'wipe' || isDamage(fault)) expect(fault.nodes.filter(isMaster)).toEqual([]);
      if (isDamage(fault)) expect(['chunk', 'meta']).toContain(fault.file);
    }
  }
});

test('planFaults: the nemesis adds three datanodes at most, by the next free names, and strikes them too', () => {
  let most = 0;
  let struck = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const { faults } = planFaults(SCENARIO, seed);
    const added = faults.filter(({ action }) => action === 'add').flatMap(({ nodes }) => nodes);
    expect(added).toEqual(['dn-6', 'dn-7', 'dn-8'].slice(0, added.length));
    most = Math.max(most, added.length);
    for (const fault of faults) {
      if (fault.action === 'add') continue;
      const isNew = fault.nodes.some((name) => added.includes(name));
      if (isNew) struck += 1;
      const sinceMs = Math.min(...faults.filter(({ action }) => action === 'add').map(({ atMs }) => atMs));
      if (isNew) expect(fault.atMs).toBeGreaterThan(sinceMs);
    }
  }
  expect([most, struck > 20]).toEqual([3, true]);
});

test('planFaults: partitions of shapes divide all masters, or all datanodes, and only while all of them are well', () => {
  const shapes = new Set<string>();
  for (let seed = 1; seed <= 200; seed += 1) {
    const { faults } = planFaults(GROUP, seed);
    for (const fault of faults) {
      if (fault.action !== 'partition' || fault.shape === undefined) continue;
      shapes.add(`${fault.shape} of ${isMaster(fault.nodes[0] ?? '') ? 'masters' : 'datanodes'}`);
      expect(fault.targets).toBeUndefined();
      const masters = fault.nodes.filter(isMaster);
      expect([0, fault.nodes.length]).toContain(masters.length);
      expect(fault.nodes.length).toBeGreaterThanOrEqual(3);
    }
  }
  expect(shapes.size).toBe(6);
});

test('planFaults: the nemesis names files of the nodes that it strikes with failing calls', () => {
  const files = new Set<string>();
  for (let seed = 1; seed <= 100; seed += 1) {
    for (const fault of planFaults(GROUP, seed).faults) {
      if (fault.action !== 'eio' || fault.file === undefined) continue;
      files.add(fault.file);
      expect(fault.nodes.every(isMaster)).toBe(['log', 'checkpoint'].includes(fault.file));
    }
  }
  expect([...files].sort()).toEqual(['checkpoint', 'chunk', 'log', 'meta']);
});

test('planFaults: by `is` the nemesis strikes late, and a master at a time but for now and then', () => {
  const nemesis = { faults: ['kill', 'bitflip'] as const, intervalMs: 400, selector: { is: 'leader' as const } };
  const byLeader: Scenario = { ...GROUP, nemesis };
  let strikes = 0;
  let alone = 0;
  for (let seed = 1; seed <= 40; seed += 1) {
    const { faults, late } = planFaults(byLeader, seed);
    expect(faults).toEqual([]);
    for (const { step } of late)
      expect([step.selector, step.mode.kind, step.source]).toEqual([{ is: 'leader' }, 'one', 'nemesis']);
    strikes += late.length;
    const ends = late.map(({ step }) => step.atMs + (step.durationMs ?? 0));
    alone += late.filter(({ step }, index) => ends.slice(0, index).every((endMs) => endMs <= step.atMs)).length;
    const resolved = resolveScenario(byLeader, seed);
    expect(planFaults(resolved, seed).late.map(({ id, choiceSeed }) => [id, choiceSeed])).toEqual(
      late.map(({ id, choiceSeed }) => [id, choiceSeed]),
    );
  }
  expect(strikes).toBeGreaterThan(200);
  expect(alone / strikes).toBeGreaterThan(0.7);
});
