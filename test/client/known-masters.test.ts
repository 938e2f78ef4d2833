import { expect, test } from 'vitest';
import { KnownMasters, MASTERS_MAX } from '../../src/client/session/known-masters.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';

function knownTo(configured: readonly string[]): KnownMasters {
  return new KnownMasters(new Simulation({ seed: 1 }).machine('client').boot().rpc, configured);
}

test('inOrder: from the one that leads on, and silent ones last', () => {
  const masters = knownTo(['a:1', 'b:1', 'c:1', 'b:1']);
  expect(masters.inOrder()).toEqual(['a:1', 'b:1', 'c:1']);
  masters.leads('b:1');
  expect(masters.inOrder()).toEqual(['b:1', 'c:1', 'a:1']);
  masters.fellSilent('b:1');
  expect(masters.inOrder()).toEqual(['c:1', 'a:1', 'b:1']);
  masters.spoke('b:1');
  expect(masters.inOrder()).toEqual(['c:1', 'a:1', 'b:1']);
});

test('moveOn: not when another call has moved on before', () => {
  const masters = knownTo(['a:1', 'b:1', 'c:1']);
  masters.moveOn('a:1', 'c:1');
  masters.moveOn('a:1', 'b:1');
  expect(masters.inOrder()[0]).toBe('c:1');
});

test('learn: so many and no more; the one named longest ago goes, never one that was given', () => {
  const masters = knownTo(['a:1', 'b:1']);
  for (let i = 0; i < 100; i++) {
    expect(masters.learn(`named-${i}:1`)).toBe(true);
    // Named again and again, it stays.
    masters.learn('named-0:1');
  }
  expect(masters.size).toBe(MASTERS_MAX);
  const known = masters.inOrder();
  expect(known).toEqual(expect.arrayContaining(['a:1', 'b:1', 'named-0:1', 'named-99:1']));
  expect(known).not.toContain('named-50:1');
});

test('learn: what is no address is not asked', () => {
  const masters = knownTo(['a:1']);
  for (const text of ['', 'nowhere', 'b:0', 'b:1:2', 'http://b:1', 'b:99999']) expect(masters.learn(text)).toBe(false);
  expect(masters.size).toBe(1);
});
