/** Scenarios small enough to be simulated many times, and the roles that simulations need. */
import { readFileSync } from 'node:fs';
import { start as startDatanode } from '../../../src/datanode/index.js';
import { start as startMaster } from '../../../src/master/index.js';
import { parseScenario } from '../../../src/supervisor/scenario/parse-scenario.js';
import type { Scenario } from '../../../src/supervisor/scenario/scenario.js';
import type { Roles } from '../../../src/supervisor/simulation/roles.js';

export const ROLES: Roles = { startMaster, startDatanode };

/** Every kind of fault in a few seconds. */
export const BUSY = `apiVersion: lab/v1
kind: Scenario
metadata: { name: busy }
cluster: { datanodes: 5, replication: 3, chunkSize: 64KiB }
workload:
  - { type: write-verify, clients: 2, rate: 8/s, size: 1-100KiB }
duration: 6s
steps:
  - { at: 500ms, duration: 2s, node: { action: kill, selector: { role: datanode }, mode: one } }
  - { at: 1s, duration: 1500ms, node: { action: pause, selector: { role: datanode }, mode: one } }
  - { at: 3s, duration: 1500ms, network: { action: isolate, selector: { name: dn-2 } } }
  - { at: 4s, duration: 500ms, node: { action: stop, selector: { role: master } } }
final: { heal: all, settle: 10s }
`;

export function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, 'test');
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return parsed.scenario;
}

/** An example with so few and small files that a seed takes a second: the faults are what it is about. */
export function exampleOf(name: string): Scenario {
  const text = readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
  return scenarioOf(
    text
      .replace(/size: [0-9KMi-]+B/, 'size: 1-100KiB')
      .replace(/chunkSize: \w+/, 'chunkSize: 64KiB')
      .replace(/rate: \w+\/s/, 'rate: 5/s'),
  );
}
