import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseScenario } from '../../../src/supervisor/scenario/parse-scenario.js';
import type { Scenario } from '../../../src/supervisor/scenario/scenario.js';
import type { Problem } from '../../../src/supervisor/scenario/yaml-source.js';

const HEAD = `apiVersion: lab/v1
kind: Scenario
cluster: { datanodes: 5, racks: 2, replication: 3 }
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
duration: 1m
steps:
  - { at: 5s, node: { action: kill, selector: { role: datanode, state: live }, mode: fixed, value: 2 } }
  - { at: 1500ms, duration: 15s, network: { action: partition, selector: { rack: [rack-1, rack-2] }, mode: all, direction: both, kind: reset } }
  - at: 20s
    network: { action: heal }
nemesis: { faults: [kill], interval: 10s }
probes:
  - { invariant: acked-files-readable, mode: end }
  - { eventually: "under_replicated <= 3", within: 20s, mode: end }
final: { heal: all, settle: 7s }
`);
  expect(scenario).toEqual({
    name: 'all',
    description: 'Everything',
    seed: 42,
    cluster: { datanodes: 9, racks: 3, replication: 3, chunkSizeBytes: 1_048_576, profile: 'realistic' },
    workload: [
      { clients: 4, filesPerSecond: 50, sizeBytesMin: 1_048_576, sizeBytesMax: 8_388_608 },
      { clients: 1, sizeBytesMin: 0, sizeBytesMax: 0 },
    ],
    durationMs: 60_000,
    steps: [
      {
        atMs: 5_000,
        action: 'kill',
        kind: 'stall',
        selector: { roles: ['datanode'], states: ['live'] },
        mode: { kind: 'fixed', count: 2 },
        line: 11,
      },
      {
        atMs: 1_500,
        durationMs: 15_000,
        action: 'partition',
        kind: 'reset',
        selector: { racks: ['rack-1', 'rack-2'] },
        mode: { kind: 'all' },
        line: 12,
      },
      { atMs: 20_000, action: 'heal', kind: 'stall', mode: { kind: 'all' }, line: 13 },
    ],
    nemesis: { faults: ['kill'], intervalMs: 10_000 },
    probes: [
      {
        condition: { text: 'under_replicated <= 3', metric: 'under_replicated', operator: '<=', value: 3 },
        withinMs: 20_000,
      },
    ],
    settleMs: 7_000,
  });
});

test('parseScenario fills in the defaults of the lab', () => {
  const scenario = parsed('apiVersion: lab/v1\nkind: Scenario\nworkload: [{ type: write-verify, size: 1MiB }]\nduration: 5s\n');
  expect(scenario).toEqual({
    name: 'fallback',
    description: '',
    cluster: { datanodes: 5, racks: 1, replication: 3, chunkSizeBytes: 4_194_304, profile: 'fast' },
    workload: [{ clients: 1, sizeBytesMin: 1_048_576, sizeBytesMax: 1_048_576 }],
    durationMs: 5_000,
    steps: [],
    probes: [],
    settleMs: 10_000,
  });
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
    'node action must be a word, not a list (use kill, stop, restart, pause, resume)',
  ],
  ['steps: [{ at: 5s, node: { action: kill, selector: dn-1 } }]', 51, '"selector" must be a mapping, not "dn-1"'],
  [
    'steps: [{ at: 5s, node: { action: kill, selector: {} } }]',
    51,
    '"selector" is empty: give at least one of name, role, rack, state',
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
    '"eventually": unknown metric "under_replicted": did you mean "under_replicated"? (metrics: chunks, healthy, under_replicated, missing, orphans, repairs, files, live, stale, dead, stopped, paused, partitioned)',
  ],
  ['final: { settle: 2h }', 18, '"settle" is 7200s: it must be from 0ms to 3600s'],
  // What must be there
  ['steps: [{ at: 5s }]', 9, 'a step needs "node" or "network"'],
  ['steps: [{ network: { action: heal } }]', 9, 'a step needs "at"'],
  ['steps: [{ at: 5s, node: { selector: { name: dn-1 } } }]', 25, '"node" needs "action"'],
  ['steps: [{ at: 5s, node: { action: kill } }]', 25, '"node" needs "selector"'],
  ['steps: [{ at: 5s, node: { action: kill, selector: { role: datanode }, mode: fixed } }]', 25, 'mode fixed needs "value"'],
  ['nemesis: { faults: [kill] }', 10, '"nemesis" needs "interval"'],
  ['probes: [{ within: 5s }]', 10, 'a probe needs "invariant" or "eventually"'],
  // YAML itself
  ['duration: 30s', 1, 'this key stands twice in the same mapping: remove one'],
  ['steps: [{ at: 5s, network: { action: heal } ]', 9, 'the bracket opened here is not closed where it should be'],
  ["metadata: { name: 'all }", 19, 'the quote opened here is not closed where it should be'],
  ['\tsteps: []', 1, 'a tab as indentation: use spaces'],
  ['seed: *nowhere', 7, 'nothing is named "nowhere"'],
];

test.each(MISTAKES)('parseScenario says one thing about %s', (line, column, message) => {
  expect(problems(`${HEAD}${line}\n`)).toEqual([{ line: HEAD_LINES + 1, column, message }]);
});

/** What scenario files of later releases may hold. */
const LATER: readonly (readonly [line: string, message: string])[] = [
  ['steps: [{ when: "under_replicated > 0", network: { action: heal } }]', '"when" in a step is not available yet'],
  ['steps: [{ at: 5s, io: { action: bitflip } }]', '"io" in a step is not available yet'],
  ['steps: [{ at: 5s, clock: { action: jump } }]', '"clock" in a step is not available yet'],
  ...['powercut', 'slow', 'wipe', 'add'].map(
    (action) =>
      [
        `steps: [{ at: 5s, node: { action: ${action}, selector: { name: dn-1 } } }]`,
        `node action "${action}" is not available yet`,
      ] as const,
  ),
  ...['delay', 'bandwidth', 'reset', 'refuse'].map(
    (action) =>
      [
        `steps: [{ at: 5s, network: { action: ${action}, selector: { name: dn-1 } } }]`,
        `network action "${action}" is not available yet`,
      ] as const,
  ),
  [
    'steps: [{ at: 5s, network: { action: isolate, selector: { name: dn-1 }, direction: to } }]',
    'direction "to" is not available yet',
  ],
  [
    'steps: [{ at: 5s, network: { action: isolate, selector: { name: dn-1 }, target: {} } }]',
    '"target" in "network" is not available yet',
  ],
  ...['is', 'holds', 'in-pipeline'].map(
    (key) =>
      [
        `steps: [{ at: 5s, node: { action: kill, selector: { ${key}: leader } } }]`,
        `"${key}" in "selector" is not available yet`,
      ] as const,
  ),
  ['steps: [{ at: 5s, network: { action: isolate, selector: { name: client-1 } } }]', 'node "client-1" is not available yet'],
  ['nemesis: { faults: [pause], interval: 5s }', 'nemesis fault "pause" is not available yet'],
  ['probes: [{ sometimes: "repairs > 0" }]', '"sometimes" in a probe is not available yet'],
  ['probes: [{ invariant: one-leader-per-term }]', 'invariant "one-leader-per-term" is not available yet'],
  ['probes: [{ invariant: no-corruption, mode: continuous }]', 'mode "continuous" is not available yet'],
];

test.each(LATER)('parseScenario refuses by name: %s', (line, message) => {
  expect(problems(`${HEAD}${line}\n`).map((problem) => problem.message)).toEqual([message]);
});

test.each([
  ['{ masters: 3 }', '3 masters are not available yet: this release runs one'],
  ['{ runtime: thread }', 'runtime "thread" is not available yet'],
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
  ['{ type: write-verify, size: 1MiB, clients: 100 }', '"clients" is 100: it must be from 1 to 32'],
])('parseScenario says one thing about the workload %s', (workload, message) => {
  const text = HEAD.replace(/workload: .*/, `workload: [${workload}]`);
  expect(problems(text).map((problem) => problem.message)).toEqual([message]);
});

test('parseScenario refuses files that are no scenario', () => {
  expect(problems('')).toEqual([{ line: 1, column: 1, message: 'a scenario must be a mapping, not nothing' }]);
  expect(problems('- a\n')).toEqual([{ line: 1, column: 1, message: 'a scenario must be a mapping, not a list' }]);
  expect(problems('kind: Pod\n')[0]?.message).toBe('a scenario needs "apiVersion"');
  expect(problems(`${HEAD}---\n${HEAD}`)).toHaveLength(1);
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
