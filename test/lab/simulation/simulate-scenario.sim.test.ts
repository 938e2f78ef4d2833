import { expect, test } from 'vitest';
import { simulateScenario } from '../../../src/lab/simulation/simulate-scenario.js';
import { simulateSeed } from '../../../src/lab/simulation/simulate-seed.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import { BUSY, exampleOf, PAUSING, ROLES, scenarioOf } from './fixtures.js';

const roles = ROLES;

test('simulateScenario: one seed gives one digest, alone and after others; other seeds give others', async () => {
  const scenario = scenarioOf(BUSY);
  const alone = await simulateScenario({ scenario, seed: 1, roles });
  const other = await simulateScenario({ scenario, seed: 2, roles });
  const after = await simulateScenario({ scenario, seed: 1, roles });
  expect(alone.verdict).toMatchObject({ verdict: 'pass', reasons: [] });
  expect(alone.verdict.faults).toEqual({ planned: 8, seen: 8, passed: 0 });
  expect(after).toEqual(alone);
  expect(other.digest).not.toBe(alone.digest);
});

const LEADERLESS = `apiVersion: lab/v1
kind: Scenario
metadata: { name: leaderless }
cluster: { masters: 3, datanodes: 4, replication: 3, chunkSize: 64KiB }
workload:
  - { type: write-verify, clients: 2, rate: 8/s, size: 1-10KiB }
duration: 4s
steps:
  - { at: 1s, duration: 2500ms, node: { action: kill, selector: { role: master } } }
  - { at: 1500ms, duration: 1s, node: { action: kill, selector: { is: leader } } }
  - { at: 2s, duration: 1s, node: { action: kill, selector: { is: leader } } }
`;

test('simulateScenario: steps that waited for a leader find one each, and the run goes on until they have ended', async () => {
  const { verdict, facts } = await simulateScenario({ scenario: scenarioOf(LEADERLESS), seed: 1, roles });
  expect(verdict).toMatchObject({ verdict: 'pass', reasons: [] });
  const ofOne = (action: string): string[] =>
    facts.faults.flatMap(({ fault, effects }) =>
      effects === 1 && /^\w+ m-\d$/.test(fault) && fault.startsWith(action) ? [fault] : [],
    );
  expect(new Set(ofOne('kill')).size).toBe(2);
  // Nobody led before 3.5s: without more time than the file says, the final heal would have had to do this.
  expect(new Set(ofOne('restart')).size).toBe(2);
});

test('simulateScenario: who is cut off from a majority is asked, and answers nothing', async () => {
  const { facts, checks } = await simulateScenario({ scenario: exampleOf('split-brain.yaml'), seed: 4, roles });
  expect(facts.minority?.tried).toBeGreaterThan(3);
  expect(checks).toContainEqual(expect.objectContaining({ checker: 'minority-acknowledges-nothing', verdict: 'pass' }));
});

test('simulateScenario: a client that is lied to makes the verdict "fail"', async () => {
  let reads = 0;
  const { verdict } = await simulateScenario({
    scenario: scenarioOf(BUSY),
    seed: 1,
    roles,
    wrapClient: (client) => ({
      ...client,
      readFile: async (path) => {
        const content = (await client.readFile(path)).slice();
        if (++reads === 5) content[0] = (content[0] ?? 0) ^ 1;
        return content;
      },
    }),
  });
  expect(verdict.verdict).toBe('fail');
  expect(verdict.reasons[0]).toMatch(/^no-corruption: /);
});

test('simulateScenario: a datanode whose disk forgets what it acknowledged makes the verdict "fail"', async () => {
  // Restarted with an empty folder: the promise survives one such node, not all of them.
  const forgetful: typeof ROLES = {
    ...ROLES,
    startDatanode: async (runtime, config) => {
      for (const { name } of await runtime.disk.list('.')) if (name.startsWith('chunk-')) await runtime.disk.remove(name);
      return ROLES.startDatanode(runtime, config);
    },
  };
  const steps = `steps:
  - { at: 2s, node: { action: kill, selector: { role: datanode }, mode: all } }
  - { at: 3s, node: { action: restart, selector: { role: datanode }, mode: all } }
`;
  const scenario = scenarioOf(`${BUSY.slice(0, BUSY.indexOf('steps:'))}${steps}final: { heal: all, settle: 2s }\n`);
  const { verdict } = await simulateScenario({ scenario, seed: 1, roles: forgetful });
  expect(verdict.verdict).toBe('fail');
  expect(verdict.reasons.join()).toMatch(/acked-files-readable: .*acknowledged, and cannot be read/);
  expect((await simulateScenario({ scenario, seed: 1, roles })).verdict.verdict).toBe('pass');
});

test('simulateScenario: a fault without effect makes the verdict "unknown", never "pass"', async () => {
  const steps = 'steps:\n  - { at: 1s, duration: 1ms, network: { action: refuse, selector: { name: dn-1 } } }\n';
  const scenario = scenarioOf(`${BUSY.slice(0, BUSY.indexOf('steps:'))}${steps}final: { heal: all, settle: 5s }\n`);
  const { verdict } = await simulateScenario({ scenario, seed: 1, roles });
  expect(verdict).toMatchObject({ verdict: 'unknown', exitCode: 2 });
  expect(verdict.reasons[0]).toMatch(/^refuse dn-1 at 1.0s had no effect: /);
});

test('simulateSeed: a cluster that does not start is an error with its reason, not a verdict', async () => {
  const broken = { ...ROLES, startMaster: () => Promise.reject(new Error('planted')) };
  const result = await simulateSeed({ scenario: scenarioOf(BUSY), seed: 1 }, { roles: broken });
  expect(result).toMatchObject({ verdict: 'error', digest: '', seed: 1 });
  expect(result.reasons[0]).toMatch(/^The simulation failed: .*planted/);
});

test('simulateScenario judges by the history too, and who watches changes nothing', async () => {
  const scenario = scenarioOf(PAUSING);
  const alone = await simulateScenario({ scenario, seed: 3, roles });
  const history: string[] = [];
  let logged = 0;
  const onHistory = (line: string): void => void history.push(line);
  const watched = await simulateScenario({
    scenario,
    seed: 3,
    roles,
    onHistory,
    onLog: () => (logged += 1),
    onSimEvent: () => {},
  });
  expect(watched).toEqual(alone);
  expect(alone.verdict).toMatchObject({ verdict: 'pass', reasons: [] });
  expect(alone.historyVerdict).toBe('pass');
  expect(alone.facts).toMatchObject({
    faults: [{ effects: 1 }, { effects: 1 }],
    final: { orphanReplicas: 0, temporaryFiles: 0 },
  });
  expect(history.length).toBeGreaterThan(20);
  expect(logged).toBeGreaterThan(0);
});

test('simulateSeed: what only the checkers see makes a seed fail, the checker named first', async () => {
  const startDatanode = async (runtime: Runtime, ...rest: unknown[]) => {
    const node = await (roles.startDatanode as (...all: unknown[]) => ReturnType<typeof roles.startDatanode>)(runtime, ...rest);
    const file = await runtime.disk.open('left-over.tmp', 'create');
    await file.close();
    return node;
  };
  const result = await simulateSeed({ scenario: scenarioOf(PAUSING), seed: 1 }, { roles: { ...roles, startDatanode } });
  expect(result).toMatchObject({
    verdict: 'fail',
    reasons: ['convergence: 4 temporary files are left'],
    checks: [{ checker: 'convergence', verdict: 'fail' }],
  });
});

test('simulateScenario: a step by state meets the leader that another step killed, and says whom it did not meet', async () => {
  const scenario = scenarioOf(`apiVersion: lab/v1
kind: Scenario
cluster: { masters: 3, datanodes: 3, replication: 3, chunkSize: 64KiB }
workload: [{ type: write-verify, clients: 1, rate: 8/s, size: 1-10KiB }]
duration: 4s
steps:
  - { at: 500ms, node: { action: kill, selector: { is: leader } } }
  - { at: 2s, node: { action: restart, selector: { name: [m-1, m-2, m-3], state: stopped } } }
final: { heal: all, settle: 10s }
`);
  const { verdict, facts } = await simulateScenario({ scenario, seed: 7, roles });
  expect(verdict.verdict).toBe('pass');
  const [killed, restarted] = ['kill', 'restart'].map((action) => facts.faults.find(({ fault }) => fault.startsWith(action)));
  const leader = killed?.fault.slice('kill '.length) ?? '';
  const others = ['m-1', 'm-2', 'm-3'].filter((name) => name !== leader);
  expect(restarted).toMatchObject({ fault: `restart ${leader}`, effects: 1 });
  expect(restarted?.evidence).toContain(`; ${others.join(', ')} did not fit the step then`);
});

test('simulateScenario: a refused wipe is no wipe without effect, and a rate out of reach is said', async () => {
  const scenario = scenarioOf(`apiVersion: lab/v1
kind: Scenario
cluster: { masters: 1, datanodes: 3, replication: 3, chunkSize: 64KiB }
workload: [{ type: write-verify, clients: 1, rate: 1000/s, size: 64KiB }]
duration: 1s
steps:
  - { at: 500ms, node: { action: wipe, selector: { role: datanode }, mode: all } }
final: { heal: all, settle: 10s }
`);
  const { verdict, checks } = await simulateScenario({ scenario, seed: 7, roles });
  expect(checks.map(({ detail }) => detail).join()).toContain('wipe dn-1, dn-2, dn-3 was refused');
  expect(verdict.reasons[0]).toMatch(/^wipe dn-1, dn-2, dn-3 at 0.5s was refused: chunk \S+ on .* has fewer than/);
  expect(verdict.notes?.join()).toMatch(/^write-verify: 1000\/s asked, [\d.]+\/s done$/);
});
