import { expect, test } from 'vitest';
import type { KeyName, KeyPress } from '../../src/tui/model/key-press.js';
import { LOAD_START, pressKey } from '../../src/tui/model/press-key.js';
import { reduce } from '../../src/tui/model/reducer.js';
import { initialState, type Effect, type TuiState } from '../../src/tui/model/state.js';
import { FakeLoad } from '../lab/live/fake-load.js';
import { chunk, node, status } from './fake-control.js';

const key = (name: KeyName): KeyPress => ({ key: name });

function ready(overrides: Parameters<typeof status>[0] = {}): TuiState {
  return reduce(initialState(80, 24), { type: 'status', status: status(overrides) });
}

/** The state and the effects after typing; a text is typed character by character. */
function typing(state: TuiState, ...presses: readonly (string | KeyPress)[]): { state: TuiState; effects: Effect[] } {
  const effects: Effect[] = [];
  let now = state;
  for (const press of presses) {
    for (const one of typeof press === 'string' ? Array.from(press, (char): KeyPress => ({ char })) : [press]) {
      const pressed = pressKey(now, one);
      now = pressed.state;
      if (pressed.effect !== null) effects.push(pressed.effect);
    }
  }
  return { state: now, effects };
}

test('pressKey: the cursor starts on a datanode and stops at both ends', () => {
  expect(ready().cursorId).toBe('dn-1');
  expect(typing(ready(), 'jj').state.cursorId).toBe('dn-3');
  expect(typing(ready(), 'jjjjjjjjj').state.cursorId).toBe('dn-5');
  expect(typing(ready(), key('up'), key('up')).state.cursorId).toBe('m-1');
  expect(typing(ready(), 'G', key('home')).state.cursorId).toBe('m-1');
});

test('pressKey: orders act on the node under the cursor', () => {
  const { effects } = typing(ready(), 'jxKsrpichowwd');
  const name = ['dn-2'];
  const onNode = (action: string): object => ({
    type: 'step',
    step: { node: { action, selector: { name } } },
    label: `${action} dn-2`,
  });
  const onLinks = (action: string): object => ({
    type: 'step',
    step: { network: { action, selector: { name } } },
    label: `${action} dn-2`,
  });
  expect(effects).toEqual([
    onNode('kill'),
    onNode('kill'),
    onNode('stop'),
    onNode('restart'),
    onNode('pause'),
    onLinks('isolate'),
    onLinks('partition'),
    onLinks('heal'),
    onNode('powercut'),
    onNode('wipe'),
    {
      type: 'step',
      step: { network: { action: 'delay', selector: { name }, delay: '50ms', jitter: '10ms' } },
      label: 'delay dn-2 delay=50ms jitter=10ms',
    },
  ]);
});

test('pressKey: Space marks a group, on which orders act in the order shown; Esc unmarks', () => {
  const { state, effects } = typing(ready(), 'jj  ', key('home'), 'c');
  expect(state.markedIds).toEqual(['dn-3', 'dn-4']);
  expect(effects).toMatchObject([{ label: 'partition dn-3 dn-4' }]);
  expect(typing(state, key('escape'), 'c').effects).toMatchObject([{ label: 'partition m-1' }]);
  expect(typing(ready(), ' k ').state.markedIds).toEqual([]);
});

test('pressKey: t lets the master under the cursor lead, and nobody else', () => {
  expect(typing(ready(), key('home'), 't').effects).toEqual([{ type: 'transfer-leadership', to: 'm-1' }]);
  expect(typing(ready(), 't').effects).toEqual([{ type: 'say', text: expect.stringMatching(/One master can lead/) as string }]);
  const nodes = [node('m-1'), node('m-2'), node('dn-1')];
  expect(typing(ready({ nodes }), key('home'), '  t').effects.map(({ type }) => type)).toEqual(['say']);
});

test('pressKey: p pauses, and resumes what is paused', () => {
  const nodes = [node('m-1'), node('dn-1', { state: 'paused' }), node('dn-2')];
  expect(typing(ready({ nodes }), 'pjp').effects).toMatchObject([{ label: 'resume dn-1' }, { label: 'pause dn-2' }]);
});

test('pressKey: a group of everybody has no rest to be cut off from', () => {
  expect(typing(ready(), key('home'), '      c').effects).toEqual([
    { type: 'say', text: 'Cannot cut all nodes off from the rest: unmark some' },
  ]);
});

test('pressKey: says so when there is no node yet', () => {
  expect(typing(initialState(80, 24), 'x j').effects).toEqual([{ type: 'say', text: 'No node to kill yet' }]);
});

test('pressKey: Tab gives the keys to the chunks, which scroll inside their list', () => {
  const chunks = Array.from({ length: 20 }, (_, at) => chunk('/f', at, ['dn-1', 'dn-2', 'dn-3']));
  const state = typing(reduce(ready(), { type: 'chunks', chunks }), key('tab'), 'jjk').state;
  expect([state.focus, state.chunkOffset, state.cursorId]).toEqual(['chunks', 1, 'dn-1']);
  expect(typing(state, key('page-down')).state.chunkOffset).toBe(7);
  expect(typing(state, 'G').state.chunkOffset).toBe(13);
  expect(typing(state, 'Gg', key('page-up')).state.chunkOffset).toBe(0);
});

test('pressKey: u asks for a path; keys are text until Enter or Esc', () => {
  const asked = typing(ready(), 'u/tmp/quick.bin');
  expect(asked.effects).toEqual([]);
  expect(asked.state.prompt).toEqual({ before: '/tmp/quick.bin', after: '' });
  const entered = typing(asked.state, key('enter'));
  expect(entered.effects).toEqual([{ type: 'put', typed: '/tmp/quick.bin' }]);
  expect(entered.state.prompt).toBeNull();
  expect(typing(asked.state, key('escape')).state.prompt).toBeNull();
  expect(typing(asked.state, key('escape')).effects).toEqual([]);
  expect(typing(asked.state, key('ctrl-c')).effects).toEqual([{ type: 'leave' }]);
});

test('pressKey: l switches the load on, and off when it is on', () => {
  const load = new FakeLoad();
  expect(typing(ready(), 'l').effects).toEqual([{ type: 'load', run: true }]);
  const on = reduce(ready(), { type: 'load', load: { ...load.status(), isOn: true } });
  expect(typing(on, 'l').effects).toEqual([{ type: 'load', run: false }]);
  const beginning = reduce(ready(), { type: 'command-started', command: { id: 1, label: LOAD_START } });
  expect(typing(beginning, 'l').effects).toEqual([{ type: 'load', run: false }]);
  const off = reduce(on, { type: 'load', load: load.status() });
  expect(typing(off, 'l').effects).toEqual([{ type: 'load', run: true }]);
});

test('pressKey: help hides the orders, and q closes it before it leaves', () => {
  const help = typing(ready(), '?x').state;
  expect(help.helpOpen).toBe(true);
  expect(typing(help, 'xru').effects).toEqual([]);
  expect(typing(help, 'q').effects).toEqual([]);
  expect(typing(help, '?').state.helpOpen).toBe(false);
  expect(typing(help, 'qq').effects).toEqual([{ type: 'leave' }]);
  expect(typing(help, key('ctrl-c')).effects).toEqual([{ type: 'leave' }]);
});

test('pressKey: H heals all, Ctrl-L repaints, an unknown key does nothing', () => {
  expect(typing(ready(), 'Hz', key('ctrl-l')).effects).toEqual([
    { type: 'step', step: { network: { action: 'heal' } }, label: 'heal' },
    { type: 'repaint' },
  ]);
});

test('pressKey: with the chunks in focus no key acts on the nodes, whose cursor is elsewhere', () => {
  const chunks = typing(ready(), key('tab')).state;
  const { state, effects } = typing(chunks, 'xsrpichowdt ');
  expect(effects.map(({ type }) => type)).toEqual(effects.map(() => 'say'));
  expect([state.markedIds, state.focus, state.asked]).toEqual([[], 'chunks', null]);
  expect(typing(state, key('tab'), 'x').effects).toMatchObject([{ label: 'kill dn-1' }]);
  expect(typing(chunks, 'H').effects).toMatchObject([{ label: 'heal' }]);
});

test('pressKey: w asks once, and any other key is no', () => {
  const asked = typing(ready(), 'w');
  expect(asked.effects).toEqual([]);
  expect(asked.state.asked?.question).toMatch(/^wipe dn-1 empties the disk: press w again/);
  expect(typing(asked.state, 'w').effects).toMatchObject([{ label: 'wipe dn-1' }]);
  expect(typing(asked.state, 'w').state.asked).toBeNull();
  for (const other of ['j', 'z', 'x']) {
    expect(
      typing(asked.state, other, 'w').effects.filter((effect) => 'label' in effect && effect.label.startsWith('wipe')),
    ).toEqual([]);
  }
});

test('pressKey: q asks once while the load is on, and Ctrl-C never', () => {
  const on = reduce(ready(), { type: 'load', load: { ...new FakeLoad().status(), isOn: true } });
  expect(typing(on, 'q').effects).toEqual([]);
  expect(typing(on, 'qq').effects).toEqual([{ type: 'leave' }]);
  expect(typing(on, 'qjq').effects).toEqual([]);
  expect(typing(on, key('ctrl-c')).effects).toEqual([{ type: 'leave' }]);
  expect(typing(ready(), 'q').effects).toEqual([{ type: 'leave' }]);
});
