import { expect, test } from 'vitest';
import { RuleTable } from '../../src/supervisor/fabric/fabric-rules.js';
import { healedCuts, rulesOf } from '../../src/supervisor/partition-rules.js';
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
