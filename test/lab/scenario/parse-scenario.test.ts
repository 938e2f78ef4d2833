import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseScenario } from '../../../src/lab/scenario/grammar/parse-scenario.js';
import type { FaultSpec } from '../../../src/supervisor/api/fault.js';
import type { Scenario } from '../../../src/lab/scenario/model/scenario.js';
import type { Problem } from '../../../src/lab/scenario/grammar/yaml-source.js';

const HEAD = `apiVersion: lab/v1
kind: Scenario
cluster: { masters: 1, datanodes: 5, racks: 2, replication: 3 }
workload: [{ type: write-verify, clients: 4, size: 1-8MiB }]
duration: 60s
`;
const HEAD_LINES = 5;

function parsed(text: string): Scenario {
  const result = parseScenario(text, 'fallback');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.scenario;
}

function problems(text: string): readonly Problem[] {
  const result = parseScenario(text, 'fallback');
  return result.ok ? [] : result.problems;
}

test('parseScenario reads the whole grammar of this release', () => {
  const scenario = parsed(`apiVersion: lab/v1
kind: Scenario
metadata: { name: all, description: "Everything" }
seed: 42
cluster: { masters: 1, datanodes: 9, racks: 3, replication: 3, chunkSize: 1MiB, runtime: process, profile: realistic }
workload:
  - { type: write-verify, clients: 4, rate: 50/s, size: 1-8MiB }
  - { type: write-verify, size: 0 }
  - { type: metadata, clients: 3, rate: 20/s, names: 4, size: 1B-2KiB }
duration: 1m
steps:
  - { at: 5s, node: { action: kill, selector: { role: datanode, state: live }, mode: fixed, value: 2 } }
  - { at: 1500ms, duration: 15s, network: { action: partition, selector: { rack: [rack-1, rack-2] }, mode: all, direction: both, kind: reset } }
  - at: 20s
    network: { action: heal }
  - when: "under_replicated > 0"
    timeout: 10s
    duration: 15s
    network: { action: isolate, selector: { is: leader }, target: { role: [master, datanode] }, direction: to }
nemesis: { faults: [kill, kill, drift], interval: 10s, selector: { role: datanode } }
probes:
  - { invariant: acked-files-readable, mode: end }
  - { invariant: no-corruption, mode: continuous }
  - { eventually: "under_replicated <= 3", within: 20s, mode: end }
  - { sometimes: "repairs > 0" }
final: { heal: all, settle: 7s }
`);
  const sizes = (min: number, max: number) => ({ sizeBytesMin: min, sizeBytesMax: max });
  expect(scenario).toEqual({
    name: 'all',
    description: 'Everything',
    seed: 42,
    cluster: {
      masters: 1,
      datanodes: 9,
      racks: 3,
      replication: 3,
      chunkSizeBytes: 1_048_576,
      profile: 'realistic',
      runtime: 'process',
    },
    workload: [
      { type: 'write-verify', clients: 4, filesPerSecond: 50, ...sizes(1_048_576, 8_388_608) },
      { type: 'write-verify', clients: 1, ...sizes(0, 0) },
      { type: 'metadata', clients: 3, opsPerSecond: 20, names: 4, ...sizes(1, 2_048) },
    ],
    durationMs: 60_000,
    steps: [
      {
        atMs: 5_000,
        fault: { action: 'kill' },
        selector: { roles: ['datanode'], states: ['live'] },
        mode: { kind: 'fixed', count: 2 },
        line: 12,
        column: 5,
      },
      {
        atMs: 1_500,
        durationMs: 15_000,
        fault: { action: 'partition', kind: 'reset', direction: 'both' },
        selector: { racks: ['rack-1', 'rack-2'] },
        mode: { kind: 'all' },
        line: 13,
        column: 5,
      },
      { atMs: 20_000, fault: { action: 'heal' }, mode: { kind: 'all' }, line: 14, column: 5 },
      {
        atMs: 0,
        when: {
          condition: { text: 'under_replicated > 0', metric: 'under_replicated', operator: '>', value: 0 },
          timeoutMs: 10_000,
        },
        durationMs: 15_000,
        fault: { action: 'isolate', kind: 'stall', direction: 'to' },
        selector: { is: 'leader' },
        target: { roles: ['master', 'datanode'] },
        mode: { kind: 'all' },
        line: 16,
        column: 5,
      },
    ],
    nemesis: { faults: ['kill', 'kill', 'drift'], selector: { roles: ['datanode'] }, intervalMs: 10_000, line: 20, column: 20 },
    probes: [
      {
        kind: 'eventually',
        condition: { text: 'under_replicated <= 3', metric: 'under_replicated', operator: '<=', value: 3 },
        withinMs: 20_000,
      },
      { kind: 'sometimes', condition: { text: 'repairs > 0', metric: 'repairs', operator: '>', value: 0 } },
    ],
    settleMs: 7_000,
  });
});

/** What each action means, in full and with what may be left out. */
const FAULTS: readonly (readonly [scope: string, action: string, fault: FaultSpec])[] = [
  ['node', 'powercut', { action: 'powercut' }],
  ['node', 'wipe', { action: 'wipe' }],
  ['network', 'partition', { action: 'partition', kind: 'stall', direction: 'both' }],
  ['network', 'delay, delay: 50ms', { action: 'delay', delayMs: 50, jitterMs: 0, direction: 'both' }],
  [
    'network',
    'delay, delay: 1.001s, jitter: 10ms, direction: from',
    { action: 'delay', delayMs: 1_001, jitterMs: 10, direction: 'from' },
  ],
  ['network', 'bandwidth, rate: 1.5MiB/s', { action: 'bandwidth', bytesPerSecond: 1_572_864, direction: 'both' }],
  ['network', 'reset, direction: to', { action: 'reset', direction: 'to' }],
  ['network', 'refuse', { action: 'refuse', direction: 'both' }],
  ['node', 'slow, percent: 80', { action: 'slow-cpu', percent: 80 }],
  ['network', 'partition, shape: group', { action: 'partition', kind: 'stall', direction: 'both' }],
  ['io', 'bitflip', { action: 'bitflip', file: 'chunk' }],
  ['io', 'bitflip, target: meta, offset: 7', { action: 'bitflip', file: 'meta', offsetBytes: 7 }],
  ['io', 'truncate, offset: 64KiB', { action: 'truncate', file: 'chunk', offsetBytes: 65_536 }],
  [
    'io',
    'eio, calls: read, target: chunk, offset: 0',
    { action: 'eio', calls: 'read', percent: 100, file: 'chunk', offsetBytes: 0 },
  ],
  ['io', 'truncate, target: meta', { action: 'truncate', file: 'meta' }],
  ['io', 'remove, target: chunk', { action: 'remove', file: 'chunk' }],
  ['io', 'eio', { action: 'eio', calls: 'any', percent: 100 }],
  ['io', 'eio, calls: sync, percent: 10', { action: 'eio', calls: 'sync', percent: 10 }],
  ['io', 'enospc', { action: 'enospc' }],
  ['io', 'slow, delay: 20ms', { action: 'slow', delayMs: 20 }],
  ['io', 'fill, free: 1MiB', { action: 'fill', freeBytes: 1_048_576 }],
  ['io', 'fill, free: 4096', { action: 'fill', freeBytes: 4_096 }],
  ['clock', 'jump, by: -5s', { action: 'jump', offsetMs: -5_000 }],
  ['clock', 'skew, by: +250ms', { action: 'skew', offsetMs: 250 }],
  ['clock', 'drift, ppm: -500', { action: 'drift', ppm: -500 }],
];

test.each(FAULTS)('parseScenario reads %s: %s', (scope, action, fault) => {
  const [step] = parsed(`${HEAD}steps: [{ at: 5s, ${scope}: { action: ${action}, selector: { name: dn-1 } } }]\n`).steps;
  expect(step?.fault).toEqual(fault);
});

test('parseScenario: a step waits for its condition to the end of the scenario, unless told otherwise', () => {
  const text =
    'steps: [{ at: 20s, when: "repairs > 2", node: { action: kill, selector: { holds: /a/b, in-pipeline: true } } }]\n';
  const [step] = parsed(HEAD + text).steps;
  expect(step).toMatchObject({ atMs: 20_000, when: { timeoutMs: 40_000 }, selector: { holds: '/a/b', inPipeline: true } });
});

test('parseScenario fills in the defaults of the lab', () => {
  const scenario = parsed('apiVersion: lab/v1\nkind: Scenario\nworkload: [{ type: write-verify, size: 1MiB }]\nduration: 5s\n');
  expect(scenario).toEqual({
    name: 'fallback',
    description: '',
    cluster: { masters: 3, datanodes: 5, racks: 1, replication: 3, chunkSizeBytes: 4_194_304, profile: 'fast' },
    workload: [{ type: 'write-verify', clients: 1, sizeBytesMin: 1_048_576, sizeBytesMax: 1_048_576 }],
    durationMs: 5_000,
    steps: [],
    probes: [],
    settleMs: 10_000,
  });
});

test('parseScenario fills in what each type of workload needs', () => {
  const types = ['big-file', 'many-small', 'read-heavy', 'rename-storm'];
  const { workload } = parsed(HEAD.replace(/workload: .*/, `workload: [${types.map((type) => `{ type: ${type} }`).join(', ')}]`));
  const sized = (type: string, min: number, max: number) => ({ type, clients: 1, sizeBytesMin: min, sizeBytesMax: max });
  expect(workload).toEqual([
    sized('big-file', 67_108_864, 67_108_864),
    sized('many-small', 1_024, 8_192),
    { ...sized('read-heavy', 65_536, 1_048_576), names: 20 },
    { ...sized('rename-storm', 64, 1_024), names: 4 },
  ]);
});

test('parseScenario follows aliases, and stops following a bomb of them', () => {
  const steps = (count: number): string =>
    `steps:\n  - &kill { at: 5s, node: { action: kill, selector: { name: dn-1 } } }\n${'  - *kill\n'.repeat(count)}`;
  expect(parsed(HEAD + steps(3)).steps).toHaveLength(4);
  expect(problems(HEAD + steps(5_000))[0]?.message).toBe('more than 100 aliases in one file');
  const self = problems(`${HEAD}steps: &s [*s]\n`);
  expect(self).toHaveLength(1);
});

/** One mistake each, on the last line: its column and what is said about it. */
const MISTAKES: readonly (readonly [line: string, column: number, message: string])[] = [
  // Words
  ['step: []', 1, 'unknown key "step" in a scenario: did you mean "steps"?'],
  [
    'bogus: []',
    1,
    'unknown key "bogus" in a scenario (use apiVersion, kind, metadata, seed, cluster, workload, duration, steps, nemesis, probes, final)',
  ],
  ['steps: [{ att: 5s, network: { action: heal } }]', 11, 'unknown key "att" in a step: did you mean "at"?'],
  ['steps: [{ at: 5s, node: { action: kil, selector: { name: dn-1 } } }]', 35, 'unknown node action "kil": did you mean "kill"?'],
  [
    'steps: [{ at: 5s, node: { action kill, selector: { name: dn-1 } } }]',
    27,
    'unknown key "action kill" in "node": did you mean "action: kill"?',
  ],
  [
    'steps: [{ at: 5s, network: { action: partitoin, selector: { name: dn-1 } } }]',
    38,
    'unknown network action "partitoin": did you mean "partition"?',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { nmae: dn-1 } } }]',
    53,
    'unknown key "nmae" in "selector": did you mean "name"?',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-6 } } }]',
    59,
    'unknown node "dn-6": this cluster has m-1 and dn-1 to dn-5',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { rack: rack-3 } } }]',
    59,
    'unknown rack "rack-3": this cluster has rack-1 to rack-2',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { role: datanod } } }]',
    59,
    'unknown role "datanod": did you mean "datanode"?',
  ],
  ['steps: [{ at: 5s, node: { action: kill, selector: { state: deda } } }]', 60, 'unknown state "deda": did you mean "dead"?'],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-1 }, mode: al } }]',
    73,
    'unknown mode "al": did you mean "all"?',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-1 }, duration: 5s } }]',
    67,
    'unknown key "duration" in "node": it belongs to the step, beside "at"',
  ],
  [
    'steps: [{ at: 5s, network: { action: isolate, selector: { name: dn-1 }, kind: stal } }]',
    79,
    'unknown kind "stal": did you mean "stall"?',
  ],
  [
    'probes: [{ invariant: acked-file-readable }]',
    23,
    'unknown invariant "acked-file-readable": did you mean "acked-files-readable"?',
  ],
  ['probes: [{ eventualy: "missing == 0" }]', 12, 'unknown key "eventualy" in a probe: did you mean "eventually"?'],
  ['nemesis: { faults: [kil], interval: 5s }', 21, 'unknown nemesis fault "kil": did you mean "kill"?'],
  ['final: { heal: al }', 16, 'unknown heal "al": did you mean "all"?'],
  // Types
  ['seed: forty-two', 7, '"seed" must be a whole number from 0 to 4294967295, not "forty-two"'],
  ['steps: 5', 8, '"steps" must be a list, not "5"'],
  ['steps: [kill]', 9, 'a step must be a mapping, not "kill"'],
  ['metadata: { name: [a] }', 19, '"name" must be text, not a list'],
  ['steps: [{ at: [5s], network: { action: heal } }]', 15, '"at" must be a duration such as 5s, not a list'],
  [
    'steps: [{ at: 5s, node: { action: [kill], selector: { name: dn-1 } } }]',
    35,
    'node action must be a word, not a list (use kill, powercut, stop, restart, pause, resume, wipe, backup, restore-old, refound, add, slow, clone)',
  ],
  ['steps: [{ at: 5s, node: { action: kill, selector: dn-1 } }]', 51, '"selector" must be a mapping, not "dn-1"'],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: {} } }]',
    51,
    '"selector" is empty: give at least one of name, role, rack, is, state, holds, in-pipeline',
  ],
  // Values
  ['seed: -1', 7, '"seed" is -1: it must be from 0 to 4294967295'],
  [
    'steps: [{ at: 5, network: { action: heal } }]',
    15,
    '"at": "5" is not a duration: write a number with ms, s, m or h, as in 250ms or 5s',
  ],
  ['steps: [{ at: 61s, network: { action: heal } }]', 15, '"at" is after the end: the scenario lasts 60s'],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { role: datanode }, mode: fixed, value: 6 } }]',
    91,
    '"value" is 6, and the selector matches 5 nodes at most',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { rack: rack-2 }, mode: minority } }]',
    75,
    'there is no minority of 2 nodes',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { role: master, rack: rack-1 } } }]',
    51,
    'the selector matches no node of this cluster',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { role: datanode }, value: 2 } }]',
    78,
    '"value" goes with mode fixed or percent, not all',
  ],
  [
    'steps: [{ at: 5s, duration: 1s, node: { action: restart, selector: { name: dn-1 } } }]',
    29,
    '"duration" of restart: there is nothing to undo',
  ],
  ['nemesis: { faults: [kill], interval: 10ms }', 38, '"interval" is 10ms: it must be from 100ms to 3600s'],
  [
    'probes: [{ eventually: "under_replicted == 0" }]',
    24,
    '"eventually": unknown metric "under_replicted": did you mean "under_replicated"? (metrics: chunks, healthy, under_replicated, missing, unreported, orphans, repairs, files, replicas, starting, live, stale, dead, stopped, paused, partitioned, term, safe_mode, leaders, leader_changes, masters_live)',
  ],
  ['final: { settle: 2h }', 18, '"settle" is 7200s: it must be from 0ms to 3600s'],
  // What belongs to some faults only, and what stands against something else
  [
    'steps: [{ at: 5s, node: { action: partition, selector: { name: dn-1 } } }]',
    35,
    'unknown node action "partition": it goes under "network", not "node"',
  ],
  [
    'steps: [{ at: 5s, network: { action: delay, delay: 50, selector: { name: dn-1 } } }]',
    52,
    '"delay": "50" is not a duration: write a number with ms, s, m or h, as in 250ms or 5s',
  ],
  [
    'steps: [{ at: 5s, network: { action: delay, delay: 2m, selector: { name: dn-1 } } }]',
    52,
    '"delay" is 120s: it must be from 1ms to 60s',
  ],
  [
    'steps: [{ at: 5s, network: { action: delay, delay: 5ms, kind: stall, selector: { name: dn-1 } } }]',
    63,
    '"delay" has no "kind"',
  ],
  [
    'steps: [{ at: 5s, network: { action: bandwidth, rate: 5/s, selector: { name: dn-1 } } }]',
    55,
    '"rate" "5/s" is not a rate: write a size a second, as in 1MiB/s',
  ],
  [
    'steps: [{ at: 5s, network: { action: isolate, direction: out, selector: { name: dn-1 } } }]',
    58,
    'unknown direction "out": write "to"',
  ],
  [
    'steps: [{ at: 5s, network: { action: isolate, target: { name: dn-1 }, selector: { name: dn-1 } } }]',
    55,
    '"selector" and "target" are the same node: there is nothing between them',
  ],
  [
    'steps: [{ at: 5s, io: { action: eio, percent: 0, selector: { name: dn-1 } } }]',
    47,
    '"percent" is 0: it must be from 1 to 100',
  ],
  [
    'steps: [{ at: 5s, io: { action: eio, calls: reed, selector: { name: dn-1 } } }]',
    45,
    'unknown calls "reed": did you mean "read"?',
  ],
  [
    'steps: [{ at: 5s, io: { action: fill, free: 1MB, selector: { name: dn-1 } } }]',
    45,
    '"free": "1MB" is not a size: write bytes, or a number with KiB, MiB, GiB or TiB, as in 64MiB',
  ],
  [
    'steps: [{ at: 5s, clock: { action: jump, by: 5, selector: { name: dn-1 } } }]',
    46,
    '"by": "5" is not a duration: write a number with ms, s, m or h, with a minus if need be, as in -5s',
  ],
  [
    'steps: [{ at: 5s, clock: { action: jump, by: -25h, selector: { name: dn-1 } } }]',
    46,
    '"by" is -90000s: it must be from -86400s to 86400s',
  ],
  ['steps: [{ at: 5s, clock: { action: drift, by: 5s, selector: { name: dn-1 } } }]', 47, '"drift" has no "by"'],
  [
    'steps: [{ at: 5s, clock: { action: drift, ppm: 1e6, selector: { name: dn-1 } } }]',
    48,
    '"ppm" is 1000000: it must be from -500000 to 500000',
  ],
  [
    'steps: [{ at: 5s, duration: 9s, io: { action: remove, selector: { name: dn-1 } } }]',
    29,
    '"duration" of remove: damage is not undone',
  ],
  ['steps: [{ at: 5s, timeout: 9s, node: { action: kill, selector: { name: dn-1 } } }]', 28, '"timeout" goes with "when"'],
  [
    'steps: [{ at: 5s, when: "repairs > 0", timeout: 56s, node: { action: kill, selector: { name: dn-1 } } }]',
    49,
    '"timeout" is after the end: the scenario lasts 60s',
  ],
  [
    'steps: [{ at: 60s, when: "repairs > 0", node: { action: kill, selector: { name: dn-1 } } }]',
    15,
    'the step would begin to wait when the scenario ends',
  ],
  [
    'steps: [{ when: "repairs => 0", node: { action: kill, selector: { name: dn-1 } } }]',
    17,
    '"when": unknown operator "=>": use one of == != <= >= < >',
  ],
  [
    'steps: [{ at: 1.5ms, node: { action: kill, selector: { name: dn-1 } } }]',
    15,
    '"at" is "1.5ms": times are whole milliseconds',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { is: follower } } }]',
    57,
    '"is: follower" matches no node: the only master of this cluster is its leader',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { is: leader, holds: /a } } }]',
    51,
    'the selector matches no node of this cluster',
  ],
  ['steps: [{ at: 5s, node: { action: kill, selector: { holds: a } } }]', 60, '"holds" "a" is not a path: it begins with "/"'],
  ['steps: [{ at: 5s, node: { action: kill, selector: { in-pipeline: no } } }]', 66, '"in-pipeline" can only be true, not "no"'],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-1 }, mode: percent, value: 101 } }]',
    89,
    '"value" is 101: it must be from 1 to 100',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-1 }, mode: al, value: 2 } }]',
    73,
    'unknown mode "al": did you mean "all"?',
  ],
  [
    'steps: [{ at: 5s, choiceSeed: -1, node: { action: kill, selector: { name: dn-1 } } }]',
    31,
    '"choiceSeed" is -1: it must be from 0 to 4294967295',
  ],
  [
    'nemesis: { faults: [restart], interval: 5s }',
    21,
    'unknown nemesis fault "restart": the nemesis takes back what it did by itself',
  ],
  ['nemesis: { faults: [], interval: 5s }', 20, '"faults" is an empty list'],
  ['probes: [{ sometimes: "repairs > 0", within: 5s }]', 46, '"within" goes with "eventually"'],
  ['probes: [{ sometimes: "repairs > 0", mode: end }]', 44, '"sometimes" has no "mode": it looks at the whole run'],
  [
    '"__proto__": 5',
    1,
    'unknown key "__proto__" in a scenario (use apiVersion, kind, metadata, seed, cluster, workload, duration, steps, nemesis, probes, final)',
  ],
  // What must be there
  ['steps: [{ at: 5s }]', 9, 'a step needs "node", "network", "io" or "clock"'],
  ['steps: [{ network: { action: heal } }]', 9, 'a step needs "at" or "when"'],
  ['steps: [{ at: 5s, node: { selector: { name: dn-1 } } }]', 25, '"node" needs "action"'],
  ['steps: [{ at: 5s, node: { action: kill } }]', 25, '"node" needs "selector"'],
  ['steps: [{ at: 5s, node: { action: kill, selector: { role: datanode }, mode: fixed } }]', 25, 'mode fixed needs "value"'],
  ['steps: [{ at: 5s, network: { action: delay, selector: { name: dn-1 } } }]', 28, 'network action delay needs "delay"'],
  ['steps: [{ at: 5s, io: { action: slow, selector: { name: dn-1 } } }]', 23, 'io action slow needs "delay"'],
  ['steps: [{ at: 5s, clock: { action: jump, selector: { name: dn-1 } } }]', 26, 'clock action jump needs "by"'],
  ['steps: [{ at: 5s, io: { action: enospc } }]', 23, '"io" needs "selector"'],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-1 } }, io: { action: enospc, selector: { name: dn-1 } } }]',
    9,
    'a step does one thing: "node", "network", "io" or "clock", not several of them',
  ],
  [
    'probes: [{ invariant: no-corruption, sometimes: "files > 0" }]',
    10,
    'a probe asks one thing: "invariant", "eventually" or "sometimes", not several of them',
  ],
  ['nemesis: { faults: [kill] }', 10, '"nemesis" needs "interval"'],
  ['probes: [{ within: 5s }]', 10, 'a probe needs "invariant", "eventually" or "sometimes"'],
  // YAML itself
  ['duration: 30s', 1, 'this key stands twice in the same mapping: remove one'],
  ['steps: [{ at: 5s, network: { action: heal } ]', 9, 'the bracket opened here is not closed where it should be'],
  ["metadata: { name: 'all }", 19, 'the quote opened here is not closed where it should be'],
  ['\tsteps: []', 1, 'a tab as indentation: use spaces'],
  ['seed: *nowhere', 7, 'nothing is named "nowhere"'],
];

test.each(MISTAKES)('parseScenario says one thing about %s', (line, column, message) => {
  expect(problems(`${HEAD}${line}\n`)).toMatchObject([{ line: HEAD_LINES + 1, column, message }]);
});

const LOSS =
  /^(network action|nemesis fault) "loss" is refused: a byte stream has no loss, because TCP sends again what was lost/;

test.each([
  'steps: [{ at: 5s, network: { action: loss, selector: { name: dn-1 } } }]',
  'nemesis: { faults: [loss], interval: 5s }',
])('parseScenario says why it refuses %s', (line) => {
  expect(problems(`${HEAD}${line}\n`).map(({ message }) => message)).toEqual([expect.stringMatching(LOSS)]);
});

const PART = '{ at: 9s, node: { action: kill, selector: { name: dn-7 } } }';

test('parseScenario: later steps may name the nodes that an addition makes, and earlier ones may not', () => {
  const add = (at: string): string => `{ at: ${at}, node: { action: add, value: 2 } }`;
  const [first, kill] = parsed(`${HEAD}steps: [${add('3s')}, ${PART}]\n`).steps;
  expect(first).toMatchObject({ fault: { action: 'add' }, mode: { kind: 'fixed', count: 2 } });
  expect(first?.selector).toBeUndefined();
  expect(kill?.selector).toEqual({ names: ['dn-7'] });
  // Wherever it stands in the file.
  expect(problems(`${HEAD}steps: [${PART}, ${add('9s')}]\n`)).toEqual([]);
  expect(problems(`${HEAD}steps: [${add('10s')}, ${PART}]\n`).map(({ message }) => message)).toEqual([
    'unknown node "dn-7": this cluster has m-1 and dn-1 to dn-5',
  ]);
});

/** What belongs to additions, CPUs, shapes and places only. */
const LIMITS: readonly (readonly [step: string, message: string])[] = [
  ['node: { action: add, selector: { name: dn-1 } }', '"add" has no "selector": the nodes are new, and named in turn'],
  ['node: { action: add, mode: one }', '"add" has no "mode": "value" says how many nodes'],
  ['duration: 5s, node: { action: add }', '"duration" of add: a node that was added stays'],
  [
    'when: "dead > 0", node: { action: add }',
    '"when" of add: the plan names the new nodes, and so it needs their time: give "at"',
  ],
  ['node: { action: add, value: 46 }', 'the cluster would then have 51 datanodes: 50 at most'],
  ['node: { action: slow, selector: { name: dn-1 } }', 'node action slow needs "percent"'],
  ['node: { action: slow, percent: 100, selector: { name: dn-1 } }', '"percent" is 100: it must be from 1 to 99'],
  ['node: { action: kill, percent: 10, selector: { name: dn-1 } }', '"kill" has no "percent"'],
  [
    'node: { action: slow-cpu, percent: 10, selector: { name: dn-1 } }',
    'unknown node action "slow-cpu": write "slow" under "node"',
  ],
  ['network: { action: isolate, shape: ring, selector: { role: datanode } }', '"isolate" has no "shape"'],
  [
    'network: { action: partition, shape: circle, selector: { role: datanode } }',
    'unknown shape "circle" (use group, halves, bridge, ring)',
  ],
  [
    'network: { action: partition, shape: halves, target: { name: m-1 }, selector: { role: datanode } }',
    '"target" requires the shape group: halves divides the chosen nodes among themselves',
  ],
  [
    'network: { action: partition, shape: bridge, selector: { role: datanode }, mode: fixed, value: 2 }',
    'shape bridge divides 3 nodes or more, and 2 are chosen at most',
  ],
  [
    'network: { action: partition, shape: halves, selector: { role: datanode }, mode: one }',
    'shape halves divides 2 nodes or more, and 1 is chosen at most',
  ],
  ['io: { action: remove, offset: 5, selector: { name: dn-1 } }', '"remove" has no "offset"'],
  ['io: { action: enospc, target: chunk, selector: { name: dn-1 } }', '"enospc" has no "target"'],
  [
    'io: { action: eio, calls: sync, offset: 5, selector: { name: dn-1 } }',
    '"offset" applies to reads and writes: calls sync have no offset',
  ],
  ['io: { action: eio, target: log, selector: { name: dn-1 } }', 'only masters have a log, and the selector matches none'],
  [
    'io: { action: bitflip, target: checkpoint, selector: { role: master } }',
    'bitflip of the only master is refused: its metadata would be gone',
  ],
];

test.each(LIMITS)('parseScenario says one thing about { at: 5s, %s }', (step, message) => {
  expect(problems(`${HEAD}steps: [{ at: 5s, ${step} }]\n`).map((problem) => problem.message)).toEqual([message]);
});

/** What scenario files of later releases may hold. */
const LATER: readonly (readonly [line: string, message: string])[] = [
  ...['state: live', 'holds: /a', 'in-pipeline: true'].map(
    (pair) =>
      [
        `nemesis: { faults: [kill], interval: 5s, selector: { ${pair} } }`,
        `"${pair.split(':')[0] ?? ''}" in "selector" is not available yet`,
      ] as const,
  ),
  ...['bitflip', 'truncate', 'remove'].flatMap(
    (action) =>
      [
        [
          `steps: [{ at: 5s, io: { action: ${action}, target: log, selector: { role: master } } }]`,
          `${action} of the only master is refused: its metadata would be gone`,
        ],
        [
          `steps: [{ at: 5s, io: { action: ${action}, selector: { is: leader } } }]`,
          `${action} of a chunk affects datanodes, but the selector matches masters only: masters have "target: log"`,
        ],
      ] as const,
  ),
  [
    'steps: [{ at: 5s, node: { action: wipe, selector: { name: m-1 } } }]',
    'wipe of the only master is refused: its metadata would be gone',
  ],
  [
    'nemesis: { faults: [kill, wipe], interval: 5s, selector: { role: master } }',
    'wipe of the only master is refused: its metadata would be gone',
  ],
  ['steps: [{ at: 5s, network: { action: isolate, selector: { name: client-1 } } }]', 'node "client-1" is not available yet'],
  ['probes: [{ invariant: minority-refuses }]', 'invariant "minority-refuses" is not available yet'],
  ['probes: [{ always: "missing == 0" }]', '"always" in a probe is not available yet'],
  [
    'probes: [{ invariant: deleted-stay-deleted, mode: continuous }]',
    'deleted-stay-deleted is checked at the end: mode "continuous" of it is not available yet',
  ],
  [
    'probes: [{ invariant: masters-agree, mode: continuous }]',
    'masters-agree is checked at the end: mode "continuous" of it is not available yet',
  ],
  [
    'probes: [{ eventually: "missing == 0", mode: continuous }]',
    '"eventually" is asked at the end: mode "continuous" of it is not available yet',
  ],
];

test.each(LATER)('parseScenario refuses by name: %s', (line, message) => {
  expect(problems(`${HEAD}${line}\n`).map((problem) => problem.message)).toEqual([message]);
});

test.each([
  ['{ masters: 2 }', '2 masters survive no more failures than one less, because a majority must be left: take 1, 3 or 5'],
  ['{ masters: 4 }', '4 masters survive no more failures than one less, because a majority must be left: take 1, 3 or 5'],
  ['{ masters: 6 }', '"masters" is 6: it must be from 1 to 5'],
  ['{ runtime: simulation }', 'unknown runtime "simulation": for that there is lab sim, which takes any scenario'],
  ['{ datanodes: 51 }', '"datanodes" is 51: it must be from 1 to 50'],
  ['{ datanodes: 3, replication: 4 }', '"replication" is 4: it must be from 1 to 3'],
  ['{ datanodes: 3, racks: 4 }', '"racks" is 4: it must be from 1 to 3'],
  ['{ chunkSize: 1KiB }', '"chunkSize" is 1KiB: it must be from 64KiB to 1GiB'],
  ['{ chunkSize: 4MB }', '"chunkSize": "4MB" is not a size: write bytes, or a number with KiB, MiB, GiB or TiB, as in 64MiB'],
  ['{ profile: slow }', 'unknown profile "slow" (use fast, realistic)'],
])('parseScenario says one thing about cluster: %s', (cluster, message) => {
  const text = HEAD.replace(/cluster: .*/, `cluster: ${cluster}`);
  const step = 'steps: [{ at: 5s, node: { action: kill, selector: { name: dn-2 } } }]\n';
  expect(problems(text + step).map((problem) => problem.message)).toEqual([message]);
});

test.each([
  ['{ type: append, size: 1MiB }', 'workload type "append" is not available yet (use write-verify)'],
  ['{ type: write-verfy, size: 1MiB }', 'unknown workload type "write-verfy": did you mean "write-verify"?'],
  ['{ type: write-verify }', 'a workload needs "size"'],
  ['{ type: write-verify, size: 8-1MiB }', '"size" "8-1MiB" starts above its end'],
  ['{ type: write-verify, size: 1GiB }', '"size" is 1GiB: it must be from 0B to 64MiB'],
  ['{ type: write-verify, size: 1MiB, rate: 5 }', '"rate" "5" is not a rate: write a number a second, as in 50/s'],
  ['{ type: write-verify, size: 1MiB, names: 6 }', '"write-verify" has no "names"'],
  ['{ type: metadata, size: 1KiB, names: 0 }', '"names" is 0: it must be from 1 to 100'],
  ['{ type: big-file, size: 2GiB }', '"size" is 2GiB: it must be from 1B to 1GiB'],
  ['{ type: big-file, names: 6 }', '"big-file" has no "names"'],
  ['{ type: many-small, size: 2MiB }', '"size" is 2MiB: it must be from 0B to 1MiB'],
  [
    '{ type: read-heavy, names: 100, size: 64MiB }',
    'a set of 100 files of 64MiB would stay for the whole run: at most 2GiB are kept',
  ],
  ['{ type: large-file }', 'unknown workload type "large-file": write "big-file"'],
  ['{ type: metadata-register, size: 1KiB }', 'unknown workload type "metadata-register": write "metadata"'],
  ['{ type: metadata }', 'a workload needs "size"'],
  ['{ type: metadta, size: 1KiB }', 'unknown workload type "metadta": did you mean "metadata"?'],
  ['{ type: write-verify, size: 1MiB, clients: 100 }', '"clients" is 100: it must be from 1 to 32'],
])('parseScenario says one thing about the workload %s', (workload, message) => {
  const text = HEAD.replace(/workload: .*/, `workload: [${workload}]`);
  expect(problems(text).map((problem) => problem.message)).toEqual([message]);
});

test('parseScenario refuses files that are no scenario', () => {
  expect(problems('')).toMatchObject([{ line: 1, column: 1, message: 'a scenario must be a mapping, not nothing' }]);
  expect(problems('- a\n')).toMatchObject([{ line: 1, column: 1, message: 'a scenario must be a mapping, not a list' }]);
  expect(problems('kind: Pod\n')[0]?.message).toBe('a scenario needs "apiVersion"');
  expect(problems(`${HEAD}---\n${HEAD}`)).toHaveLength(1);
});

test('parseScenario tells of every mistake, whether the schema or the reader finds it, in the order of the file', () => {
  const text = `steps:
  - { at: 70s, network: { action: heal } }
  - { at: 5s, node: { action: kil, selector: { name: dn-9 } } }
  - { at: 5s, node: { action: kill, selector: { name: dn-9 } } }
final: { settle: 2h, heal: some }
`;
  expect(problems(HEAD + text).map(({ line, message }) => [line - HEAD_LINES, message])).toEqual([
    [2, '"at" is after the end: the scenario lasts 60s'],
    [3, 'unknown node action "kil": did you mean "kill"?'],
    [4, 'unknown node "dn-9": this cluster has m-1 and dn-1 to dn-5'],
    [5, 'unknown heal "some" (use all)'],
  ]);
});

test('parseScenario reads no deeper than anybody writes', () => {
  const nested = `steps: ${'['.repeat(40)}${']'.repeat(40)}`;
  expect(problems(HEAD + nested)).toMatchObject([{ message: 'mappings and lists are nested more than 32 deep' }]);
  expect(problems(`${HEAD}steps: ${'['.repeat(200_000)}`)).toHaveLength(1);
});

/** Steps of one line each, as a person or a program may write them. */
const longFile = (replaceLine: number, mistake: string): string => {
  const lines = [...HEAD.trimEnd().split('\n'), 'steps:'];
  while (lines.length < 999) {
    const at = `${lines.length * 50}ms`;
    lines.push(`  - { at: ${at}, node: { action: kill, selector: { name: dn-1 }, mode: one } }`);
  }
  lines.push('probes: [{ eventually: "missing == 0" }]');
  lines[replaceLine - 1] = mistake;
  return `${lines.join('\n')}\n`;
};

test.each([
  ['  - { at: 5s, nod: { action: kill, selector: { name: dn-1 } } }', 15],
  ['  - { at: 5s, node: { action: kil, selector: { name: dn-1 } } }', 31],
  ['  - { at: 5s, node: { action: kill, selector: { name: dn-7 } } }', 55],
  ['  - { at: 5s, node: { action: kill, selector: { name: dn-1 } }', 5],
  ['  - { at: 5s, node: { action: kill, selector: { name: "dn-1 } } }', 55],
  ['  - { at: 5s node: { action: kill, selector: { name: dn-1 } } }', 11],
  ['  { at: 5s, node: { action: kill, selector: { name: dn-1 } } }', 1],
  ['   - { at: 5s, node: { action: kill, selector: { name: dn-1 } } }', 4],
  [' - { at: 5s, node: { action: kill, selector: { name: dn-1 } } }', 2],
  ['  - { at: 1e9s, node: { action: kill, selector: { name: dn-1 } } }', 11],
])('parseScenario finds the one mistake on line 900 of 1,000: %s', (mistake, column) => {
  const found = problems(longFile(900, mistake));
  expect(found).toMatchObject([{ line: 900, column }]);
  expect(found[0]?.message).toMatch(/^.{10,200}$/);
});

test('parseScenario accepts every example that ships', async () => {
  const folder = join(import.meta.dirname, '../../../examples');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  expect(files).toContain('chaos.yaml');
  for (const file of files) {
    const scenario = parsed(await readFile(join(folder, file), 'utf8'));
    expect(scenario.name).toBe(file.replace('.yaml', ''));
    expect(scenario.description).not.toBe('');
  }
});

const GROUP_HEAD = HEAD.replace('masters: 1', 'masters: 3');
const groupProblems = (line: string): string[] => problems(`${GROUP_HEAD}${line}\n`).map(({ message }) => message);

test.each([
  'steps: [{ at: 5s, node: { action: kill, selector: { is: follower }, mode: fixed, value: 2 } }]',
  'steps: [{ at: 5s, node: { action: wipe, selector: { is: leader } } }]',
  'steps: [{ at: 5s, network: { action: isolate, selector: { is: leader }, target: { is: follower }, direction: to } }]',
  'steps: [{ at: 5s, network: { action: delay, delay: 5ms, selector: { role: datanode }, target: { is: leader } } }]',
  'steps: [{ at: 5s, io: { action: bitflip, target: log, selector: { is: follower } } }]',
  'steps: [{ at: 5s, clock: { action: jump, by: 5s, selector: { is: leader } } }]',
  'steps: [{ at: 5s, node: { action: powercut, selector: { role: master } } }]',
  'steps: [{ at: 5s, network: { action: isolate, selector: { name: dn-1 }, target: { state: live } } }]',
  'steps: [{ at: 5s, network: { action: isolate, selector: { is: leader }, target: { holds: /a } } }]',
  'steps: [{ at: 5s, network: { action: partition, shape: ring, selector: { role: master } } }]',
  'steps: [{ at: 5s, io: { action: truncate, target: log, offset: 4096, selector: { is: leader } } }]',
  'steps: [{ at: 5s, io: { action: remove, target: checkpoint, selector: { is: leader } } }]',
  'nemesis: { faults: [kill, wipe, bitflip, remove], interval: 5s, selector: { role: master } }',
  'nemesis: { faults: [kill], interval: 5s, selector: { is: leader } }',
  'probes: [{ invariant: one-leader-per-term, mode: continuous }, { invariant: masters-agree }]',
  'probes: [{ sometimes: "leader_changes > 0" }, { eventually: "leaders == 1" }, { eventually: "masters_live == 3" }]',
])('parseScenario: a group of masters takes %s', (line) => {
  expect(groupProblems(line)).toEqual([]);
});

test.each([
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { is: follower }, mode: fixed, value: 3 } }]',
    '"value" is 3, and the selector matches 2 nodes at most',
  ],
  [
    'steps: [{ at: 5s, network: { action: isolate, selector: { is: leader }, target: { is: leader } } }]',
    '"selector" and "target" are the same node: there is nothing between them',
  ],
  [
    'steps: [{ at: 5s, io: { action: bitflip, target: log, selector: { role: datanode } } }]',
    'only masters have a log, and the selector matches none',
  ],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: { name: m-4 } } }]',
    'unknown node "m-4": this cluster has m-1 to m-3 and dn-1 to dn-5',
  ],
])('parseScenario: a group of masters refuses %s', (line, message) => {
  expect(groupProblems(line)).toEqual([message]);
});
