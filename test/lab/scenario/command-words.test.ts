import { expect, test } from 'vitest';
import { MIB } from '../../../src/shared/limits.js';
import { COMMAND_WORDS, MODE_KEYS, SELECTOR_KEYS } from '../../../src/lab/scenario/grammar/command-words.js';
import { FAULT_WORDS, FAULTS } from '../../../src/supervisor/api/fault-table.js';
import type { FaultSpec } from '../../../src/supervisor/api/fault.js';
import { parseFaultCommand } from '../../../src/lab/scenario/grammar/command-line.js';
import { faultText } from '../../../src/lab/scenario/grammar/fault-text.js';
import type { ScenarioCluster } from '../../../src/lab/scenario/model/scenario.js';

const CLUSTER: ScenarioCluster = {
  masters: 3,
  datanodes: 5,
  racks: 1,
  replication: 3,
  chunkSizeBytes: 4 * MIB,
  profile: 'fast',
};

/** A value that the grammar takes for each key that wants one of its own form. */
const VALUES: Readonly<Record<string, string>> = {
  by: '-5s',
  delay: '50ms',
  duration: '10s',
  free: '64MiB',
  holds: '/a',
  jitter: '10ms',
  mode: 'one',
  name: 'dn-1',
  offset: '4096',
  percent: '50',
  ppm: '1000',
  rack: 'rack-1',
  rate: '1MiB/s',
  target: 'dn-2',
  'target-holds': '/a',
  'target-rack': 'rack-1',
};

const keysIn = (word: string): string[] => COMMAND_WORDS.find((one) => one.word === word)?.keys.map(({ key }) => key) ?? [];

test('COMMAND_WORDS: every word of the faults is there once, explained', () => {
  expect(COMMAND_WORDS.map(({ word }) => word)).toEqual(FAULT_WORDS);
  for (const { help, keys } of COMMAND_WORDS) {
    expect(help).not.toBe('');
    // A key that only names itself has no explanation in the table yet.
    for (const key of keys) expect(key.help).not.toBe(key.key);
  }
});

test('COMMAND_WORDS: keys are those of the grammar', () => {
  expect(keysIn('kill')).toEqual(['duration']);
  expect(keysIn('restart')).toEqual([]);
  expect(keysIn('add')).toEqual(['value']);
  expect(keysIn('delay')).toEqual(expect.arrayContaining(['delay', 'jitter', 'direction', 'target', 'duration']));
  expect(keysIn('delay')).not.toContain('kind');
  expect(keysIn('partition')).toEqual(expect.arrayContaining(['kind', 'direction', 'target', 'duration']));
  expect(keysIn('heal')).toEqual([]);
  expect(keysIn('bitflip')).toContain('target');
  expect(keysIn('bitflip')).not.toContain('duration');
  expect(
    COMMAND_WORDS.flatMap(({ word, keys }) => keys.filter((key) => key.isNeeded).map(({ key }) => `${word} ${key}`)),
  ).toEqual(
    expect.arrayContaining(['delay delay', 'bandwidth rate', 'slow delay', 'fill free', 'jump by', 'skew by', 'drift ppm']),
  );
});

const READABLE = COMMAND_WORDS.filter(({ word }) => word !== 'add' && word !== 'slow-cpu');

test.each(READABLE)('parseFaultCommand: $word takes each key of the table, alone with those that are needed', (word) => {
  const valueOf = (key: string, words: readonly string[]): string => words[0] ?? VALUES[key] ?? '1';
  const needed = word.keys.filter(({ isNeeded }) => isNeeded);
  const { role } = FAULTS[word.word];
  const isOnReplicas = word.word === 'bitflip' || word.word === 'truncate' || word.word === 'remove';
  const onMaster = role === 'master' ? 'm-1' : isOnReplicas || role === 'datanode' ? 'dn-1' : 'dn-1 m-1';
  for (const { key, words } of [...word.keys, ...SELECTOR_KEYS, ...MODE_KEYS.slice(0, 1)]) {
    const isSelector = SELECTOR_KEYS.some((other) => other.key === key);
    const others = needed.filter((other) => other.key !== key).map((other) => `${other.key}=${valueOf(other.key, other.words)}`);
    const who = isSelector || word.nodes === 'optional' ? '' : onMaster;
    // Masters alone have no chunk, and datanodes no part in the group.
    if ((key === 'role' || key === 'is') && onMaster === 'dn-1') continue;
    if (role === 'master' && isSelector && key !== 'role' && key !== 'is') continue;
    const command = [word.word, who, ...others, `${key}=${valueOf(key, words)}`].join(' ');
    expect(parseFaultCommand(command, CLUSTER), command).not.toHaveProperty('problems');
  }
});

const SPECS: readonly FaultSpec[] = [
  { action: 'kill' },
  { action: 'partition', kind: 'stall', direction: 'both' },
  { action: 'isolate', kind: 'reset', direction: 'from' },
  { action: 'delay', delayMs: 50, jitterMs: 10, direction: 'to' },
  { action: 'bandwidth', bytesPerSecond: MIB, direction: 'both' },
  { action: 'refuse', direction: 'to' },
  { action: 'bitflip', file: 'meta' },
  { action: 'eio', calls: 'sync', percent: 50 },
  { action: 'enospc' },
  { action: 'slow', delayMs: 1_500 },
  { action: 'fill', freeBytes: 1_000 },
  { action: 'jump', offsetMs: -3_600_000 },
  { action: 'drift', ppm: -1_000 },
];

test.each(SPECS)('faultText: $action is a command that means the same', (fault) => {
  const isTimed = fault.action !== 'bitflip';
  const text = faultText(fault, { nodes: ['dn-1', 'dn-3'], ...(isTimed ? { durationMs: 2_500 } : {}) });
  expect(parseFaultCommand(text, CLUSTER)).toMatchObject({
    step: { fault, selector: { names: ['dn-1', 'dn-3'] }, ...(isTimed ? { durationMs: 2_500 } : {}) },
  });
});

test('parseFaultCommand: says where a command is wrong', () => {
  const columnOf = (text: string): number | undefined => {
    const parsed = parseFaultCommand(text, CLUSTER);
    return 'problems' in parsed ? parsed.problems[0]?.column : undefined;
  };
  expect(columnOf('kill dn-1')).toBeUndefined();
  expect(columnOf('  kil dn-1')).toBe(3);
  expect(columnOf('delay dn-1 delay=50ms jitter=x')).toBe(30);
  expect(columnOf('delay dn-1 delay=50ms colour=red')).toBe(23);
  expect(columnOf('kill mode=fixed')).toBeDefined();
  expect(columnOf('partition dn-1,dn-2')).toBeUndefined();
  expect(columnOf('partition dn-1,dn-99')).toBe(16);
  expect(columnOf('partition dn-1 kind=hard')).toBe(21);
  expect(columnOf('bitflip holds="/a b"')).toBeUndefined();
});
