import { expect, test } from 'vitest';
import { RuleTable } from '../../src/supervisor/fabric/fabric-rules.js';
import { cutsOf, healedCuts, rulesOf } from '../../src/supervisor/partition-rules.js';
import type { Cut } from '../../src/supervisor/partition-rules.js';

const NODES = ['m-1', 'dn-1', 'dn-2', 'dn-3'];
const cut = (kind: Cut['kind'], ...group: string[]): Cut => ({ group: new Set(group), kind });
const table = (...cuts: Cut[]): RuleTable => new RuleTable(rulesOf(cuts, NODES));

test('rulesOf cuts a group off from nodes and clients in both directions, and nothing inside it', () => {
  const rules = table(cut('stall', 'dn-1', 'dn-2'));
  for (const inside of ['dn-1', 'dn-2']) {
    for (const outside of ['m-1', 'dn-3', 'client', 'client-7']) {
      expect([rules.actionFor(inside, outside), rules.actionFor(outside, inside)]).toEqual(['stall', 'stall']);
    }
  }
  expect(rules.actionFor('dn-1', 'dn-2')).toBe('pass');
  expect(rules.actionFor('m-1', 'dn-3')).toBe('pass');
  expect(rules.actionFor('client', 'm-1')).toBe('pass');
});

test('rulesOf isolates each of two nodes also from the other', () => {
  const rules = table(cut('stall', 'dn-1'), cut('stall', 'dn-2'));
  expect(rules.actionFor('dn-1', 'dn-2')).toBe('stall');
});

test('rulesOf lets the later of two cuts decide about a pair', () => {
  const rules = table(cut('stall', 'dn-1'), cut('reset', 'dn-1', 'dn-2'));
  expect(rules.actionFor('dn-1', 'm-1')).toBe('reset');
  expect(rules.actionFor('dn-1', 'dn-2')).toBe('stall');
});

test('healedCuts takes nodes out of their groups, or ends everything', () => {
  const cuts = [cut('stall', 'dn-1', 'dn-2'), cut('reset', 'dn-1')];
  expect(healedCuts(cuts)).toEqual([]);
  expect(healedCuts(cuts, ['dn-1'])).toEqual([cut('stall', 'dn-2')]);
});

test('rulesOf is empty without cuts, and an empty table passes everything', () => {
  expect(rulesOf([], NODES)).toEqual([]);
  expect(new RuleTable([]).actionFor('a', 'b')).toBe('pass');
});

test('rulesOf cuts only one direction where the cut has one', () => {
  const to = table({ ...cut('stall', 'dn-1'), direction: 'to' });
  expect([to.actionFor('dn-1', 'm-1'), to.actionFor('m-1', 'dn-1')]).toEqual(['stall', 'pass']);
  expect([to.actionFor('dn-1', 'client'), to.actionFor('client', 'dn-1')]).toEqual(['stall', 'pass']);
  const from = table({ ...cut('stall', 'dn-1'), direction: 'from' });
  expect([from.actionFor('dn-1', 'm-1'), from.actionFor('m-1', 'dn-1')]).toEqual(['pass', 'stall']);
  expect(from.actionFor('client-3', 'dn-1')).toBe('stall');
});

test('rulesOf cuts a group off from its targets only, never from itself', () => {
  const rules = table({ ...cut('reset', 'dn-1', 'dn-2'), others: new Set(['dn-2', 'dn-3']) });
  for (const inside of ['dn-1', 'dn-2']) {
    expect([rules.actionFor(inside, 'dn-3'), rules.actionFor('dn-3', inside)]).toEqual(['reset', 'reset']);
    expect([rules.actionFor(inside, 'm-1'), rules.actionFor('client', inside)]).toEqual(['pass', 'pass']);
  }
  expect(rules.actionFor('dn-1', 'dn-2')).toBe('pass');
});

test('rulesOf lets a cut of one direction leave what another one does to the other', () => {
  const rules = table({ ...cut('stall', 'dn-1'), direction: 'to' }, { ...cut('reset', 'dn-1'), direction: 'from' });
  expect([rules.actionFor('dn-1', 'm-1'), rules.actionFor('m-1', 'dn-1')]).toEqual(['stall', 'reset']);
});

test('healedCuts takes nodes out of the targets too, and ends a cut that has none left', () => {
  const both = { ...cut('stall', 'dn-1'), others: new Set(['dn-2', 'dn-3']) };
  expect(healedCuts([both], ['dn-2'])).toEqual([{ ...cut('stall', 'dn-1'), others: new Set(['dn-3']) }]);
  expect(healedCuts([both], ['dn-2', 'dn-3'])).toEqual([]);
});

test('cutsOf makes one cut of a partition, and one for each isolated node', () => {
  const both = { kind: 'stall', direction: 'both' } as const;
  expect(cutsOf({ action: 'partition', ...both }, ['dn-1', 'dn-2'])).toEqual([
    { group: new Set(['dn-1', 'dn-2']), kind: 'stall', direction: 'both' },
  ]);
  const isolated = cutsOf({ action: 'isolate', ...both }, ['dn-1', 'dn-2'], ['m-1']);
  expect(isolated.map(({ group, others }) => [[...group], [...(others ?? [])]])).toEqual([
    [['dn-1'], ['m-1']],
    [['dn-2'], ['m-1']],
  ]);
});
