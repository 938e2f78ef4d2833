import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { eventLine } from '../../src/cli/lab/lab-output.js';
import { statusLines } from '../../src/cli/lab/node-tables.js';
import { member, node, status } from '../tui/fake-control.js';

test('statusLines show role, term, place in the log and lag of each master, and who leads', () => {
  const nodes = [
    node('m-1', { state: 'stopped', pid: null, member: member(null, { term: 4 }) }),
    node('m-2', { member: member('leader', { term: 5, appliedIndex: 40 }) }),
    node('m-3', { state: 'starting', member: member('learner', { term: 5, appliedIndex: 12, lag: 28 }) }),
    node('dn-1'),
  ];
  const lines = statusLines(status({ nodes, leader: 'm-2', term: 5 }));
  expect(lines[0]).toMatch(/^NODE +ROLE +STATE +TERM +INDEX +LAG +PID/);
  expect(lines[1]).toMatch(/^m-1 +master +stopped +4 +8 +0 +-/);
  expect(lines[2]).toMatch(/^m-2 +leader +live +5 +40 +0 +4002/);
  expect(lines[3]).toMatch(/^m-3 +learner +starting +5 +12 +28 /);
  expect(lines[4]).toMatch(/^dn-1 +datanode +live +- +- +- /);
  expect(lines[5]).toBe('m-2 leads in term 5');
  const unled = statusLines(status({ nodes, leader: null, masterReachable: false }));
  expect(unled).toContain('no master leads');
  expect(unled.at(-1)).toBe('note: no leader answers: figures of datanodes and chunks are out of date');
});

test('eventLine says who leads', () => {
  expect(eventLine({ event: 'leader', atMs: 0, node: 'm-2', term: 5 })).toBe('00:00:00  m-2 leads in term 5');
});

test('statusLines: columns align behind wide names, and no name steers the terminal', () => {
  const nodes = [node('dn-1', { rack: '机架\u001b[2J' }), node('dn-2', { rack: 'r' })];
  const { isTTY } = process.stdout;
  try {
    process.stdout.isTTY = true;
    const [, first = '', second = ''] = statusLines(status({ nodes }));
    expect(first).toContain('机架?[2J');
    const before = (line: string): number => stringWidth(line.slice(0, line.lastIndexOf('  ')));
    expect(before(first)).toBe(before(second));
  } finally {
    process.stdout.isTTY = isTTY;
  }
});
