import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RuleTable } from '../../../src/supervisor/network/fabric-rules.js';
import type { LinkEffect } from '../../../src/supervisor/network/fabric-rules.js';
import { NothingToDamage } from '../../../src/supervisor/api/fault.js';
import type { Direction, PartitionShape } from '../../../src/supervisor/api/fault.js';
import { areasOf, cutsOf, healedAreas, rulesOf } from '../../../src/supervisor/network/link-rules.js';
import type { Cut, LinkArea } from '../../../src/supervisor/network/link-rules.js';

const NODES = ['m-1', 'dn-1', 'dn-2', 'dn-3'];
const cut = (kind: Cut['kind'], ...group: string[]): Cut => ({ group: new Set(group), kind });

/** Which kinds are in force from one name to another. */
function table(...placed: readonly (LinkArea & { readonly kind: string })[]): (source: string, target: string) => string {
  const kinds = placed.map(({ kind }) => kind);
  const faults = placed.map((area, id) => ({ fault: { kind: area.kind, id } as LinkEffect & { id: number }, areas: [area] }));
  const rules = new RuleTable(rulesOf(faults, NODES).rules);
  return (source, target) =>
    rules
      .faultsOn(source, target)
      .map((id) => kinds[id])
      .join();
}

test('rulesOf cuts a group off from nodes and clients in both directions, and nothing inside it', () => {
  const on = table(cut('stall', 'dn-1', 'dn-2'));
  for (const inside of ['dn-1', 'dn-2']) {
    for (const outside of ['m-1', 'dn-3', 'client', 'client-7']) {
      expect([on(inside, outside), on(outside, inside)]).toEqual(['stall', 'stall']);
    }
  }
  expect(on('dn-1', 'dn-2')).toBe('');
  expect(on('m-1', 'dn-3')).toBe('');
  expect(on('client', 'm-1')).toBe('');
  expect(on('dn-1', 'dn-1')).toBe('');
});

test('rulesOf isolates each of two nodes also from the other', () => {
  const on = table(cut('stall', 'dn-1'), cut('stall', 'dn-2'));
  expect(on('dn-1', 'dn-2')).toBe('stall,stall');
});

test('rulesOf lets everything that concerns a pair be in force on it', () => {
  const delay = { ...cut('stall', 'dn-1', 'dn-2'), kind: 'delay' };
  const on = table(cut('stall', 'dn-1'), delay, { ...cut('stall', 'm-1'), kind: 'refuse', others: new Set(['client']) });
  expect(on('dn-1', 'm-1')).toBe('stall,delay');
  expect(on('dn-1', 'dn-2')).toBe('stall');
  expect(on('dn-2', 'dn-3')).toBe('delay');
  expect([on('client', 'm-1'), on('client-1', 'm-1')]).toEqual(['refuse', '']);
});

test('healedAreas takes nodes out of either side, or ends everything', () => {
  const areas = [cut('stall', 'dn-1', 'dn-2'), cut('reset', 'dn-1')];
  expect(healedAreas(areas)).toEqual([]);
  expect(healedAreas(areas, ['dn-1'])).toEqual([cut('stall', 'dn-2')]);
  const both = { ...cut('stall', 'dn-1'), others: new Set(['dn-2', 'dn-3']) };
  expect(healedAreas([both], ['dn-2'])).toEqual([{ ...cut('stall', 'dn-1'), others: new Set(['dn-3']) }]);
  expect(healedAreas([both], ['dn-2', 'dn-3'])).toEqual([]);
});

test('rulesOf is empty without faults, and an empty table passes everything', () => {
  expect(rulesOf([], NODES)).toEqual({ faults: [], rules: [] });
  expect(new RuleTable([]).faultsOn('a', 'b')).toEqual([]);
});

test('rulesOf cuts only one direction where the cut has one', () => {
  const to = table({ ...cut('stall', 'dn-1'), direction: 'to' });
  expect([to('dn-1', 'm-1'), to('m-1', 'dn-1')]).toEqual(['stall', '']);
  expect([to('dn-1', 'client'), to('client', 'dn-1')]).toEqual(['stall', '']);
  const from = table({ ...cut('stall', 'dn-1'), direction: 'from' });
  expect([from('dn-1', 'm-1'), from('m-1', 'dn-1')]).toEqual(['', 'stall']);
  expect(from('client-3', 'dn-1')).toBe('stall');
});

test('rulesOf cuts a group off from its targets only, never from itself', () => {
  const on = table({ ...cut('reset', 'dn-1', 'dn-2'), others: new Set(['dn-2', 'dn-3']) });
  for (const inside of ['dn-1', 'dn-2']) {
    expect([on(inside, 'dn-3'), on('dn-3', inside)]).toEqual(['reset', 'reset']);
    expect([on(inside, 'm-1'), on('client', inside)]).toEqual(['', '']);
  }
  expect(on('dn-1', 'dn-2')).toBe('');
});

test('rulesOf lets a cut of one direction leave what another one does to the other', () => {
  const on = table({ ...cut('stall', 'dn-1'), direction: 'to' }, { ...cut('reset', 'dn-1'), direction: 'from' });
  expect([on('dn-1', 'm-1'), on('m-1', 'dn-1')]).toEqual(['stall', 'reset']);
});

test('cutsOf makes one cut of a partition, and one for each isolated node; areasOf one area for each node', () => {
  const both = { kind: 'stall', direction: 'both' } as const;
  expect(cutsOf({ action: 'partition', ...both }, ['dn-1', 'dn-2'], undefined, 0)).toEqual([
    { group: new Set(['dn-1', 'dn-2']), kind: 'stall', direction: 'both' },
  ]);
  const isolated = cutsOf({ action: 'isolate', ...both }, ['dn-1', 'dn-2'], ['m-1'], 0);
  expect(isolated.map(({ group, others }) => [[...group], [...(others ?? [])]])).toEqual([
    [['dn-1'], ['m-1']],
    [['dn-2'], ['m-1']],
  ]);
  expect(areasOf({ action: 'refuse', direction: 'to' }, ['dn-1', 'dn-1', 'dn-2'])).toEqual([
    { group: new Set(['dn-1']), direction: 'to' },
    { group: new Set(['dn-2']), direction: 'to' },
  ]);
});

interface Divided {
  readonly names: readonly string[];
  readonly cuts: readonly Cut[];
  /** Whom a node hears, itself too. */
  readonly heard: (node: string) => string[];
  readonly on: (source: string, target: string) => string;
}

function divide(shape: PartitionShape, count: number, choiceSeed: number, direction: Direction = 'both'): Divided {
  const names = Array.from({ length: count }, (_, index) => `n-${index + 1}`);
  const cuts = cutsOf({ action: 'partition', kind: 'stall', direction, shape }, names, undefined, choiceSeed);
  const on = table(...cuts);
  return { names, cuts, on, heard: (node) => names.filter((name) => name === node || on(name, node) === '') };
}

const LOT = fc.nat({ max: 2 ** 32 - 1 });
const forAll = (nodesMin: number, property: (count: number, choiceSeed: number) => void): void =>
  fc.assert(fc.property(fc.integer({ min: nodesMin, max: 12 }), LOT, property), { numRuns: 60 });

test('cutsOf halves: two halves that differ by one at most, each whole, and nobody hears the other one', () => {
  forAll(2, (count, choiceSeed) => {
    const { names, heard } = divide('halves', count, choiceSeed);
    const halves = new Set(names.map((name) => heard(name).join()));
    expect(halves.size).toBe(2);
    const sizes = [...halves].map((half) => half.split(',').length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
    expect(Math.abs((sizes[0] ?? 0) - (sizes[1] ?? 0))).toBeLessThanOrEqual(1);
  });
});

test('cutsOf bridge: exactly one node hears everybody, and the others one half and it', () => {
  forAll(3, (count, choiceSeed) => {
    const { names, heard } = divide('bridge', count, choiceSeed);
    const bridges = names.filter((name) => heard(name).length === count);
    expect(bridges).toHaveLength(1);
    const [bridge = ''] = bridges;
    const halves = new Set(names.filter((name) => name !== bridge).map((name) => heard(name).join()));
    expect(halves.size).toBe(2);
    for (const half of halves) expect(half.split(',')).toContain(bridge);
  });
});

test('cutsOf ring: each node hears a strict majority, no two the same one, and hearing is mutual', () => {
  forAll(3, (count, choiceSeed) => {
    const { names, heard } = divide('ring', count, choiceSeed);
    for (const name of names) {
      expect(heard(name).length).toBeGreaterThan(count / 2);
      for (const other of heard(name)) expect(heard(other)).toContain(name);
    }
    expect(new Set(names.map((name) => heard(name).join())).size).toBe(count);
  });
  expect(divide('ring', 5, 1).heard('n-1')).toHaveLength(3);
});

test('cutsOf: the lot alone decides who is where, and lots differ', () => {
  for (const shape of ['halves', 'bridge', 'ring'] as const) {
    const drawn = Array.from({ length: 20 }, (_, choiceSeed) =>
      JSON.stringify(divide(shape, 5, choiceSeed).names.map(divide(shape, 5, choiceSeed).heard)),
    );
    expect(new Set(drawn).size).toBeGreaterThan(3);
  }
});

test('cutsOf: a shape concerns the chosen nodes only, and one direction where there is one', () => {
  const { names, on } = divide('halves', 4, 7);
  for (const name of names) for (const other of ['client', 'm-1']) expect([on(name, other), on(other, name)]).toEqual(['', '']);
  const oneWay = divide('halves', 4, 7, 'to');
  for (const source of names) {
    for (const target of names) expect(oneWay.on(source, target) !== '' && oneWay.on(target, source) !== '').toBe(false);
  }
  expect(oneWay.names.filter((name) => oneWay.heard(name).length === 4)).toHaveLength(2);
});

test.each([
  ['halves', 1],
  ['bridge', 2],
  ['ring', 2],
] as const)('cutsOf %s of %i nodes is nothing to strike', (shape, count) => {
  expect(() => divide(shape, count, 0)).toThrow(NothingToDamage);
  expect(divide(shape, count + 1, 0).cuts.length).toBeGreaterThan(0);
});
