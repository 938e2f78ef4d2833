/** Scenarios small enough to be simulated many times, and the roles that simulations need. */
import { readFileSync } from 'node:fs';
import { start as startDatanode } from '../../../src/datanode/index.js';
import { start as startMaster } from '../../../src/master/index.js';
import { parseScenario } from '../../../src/lab/scenario/grammar/parse-scenario.js';
import type { RunEvent } from '../../../src/lab/run/run-events.js';
import type { Scenario } from '../../../src/lab/scenario/model/scenario.js';
import type { Roles } from '../../../src/lab/simulation/roles.js';
import type { OpenRunner } from '../../../src/lab/campaign/run-simulations.js';
import type { SeedResult, SeedTask } from '../../../src/lab/simulation/seed-task.js';
import type { SimulateOptions, SimulationObserver } from '../../../src/lab/simulation/simulate-scenario.js';
import { simulateSeed } from '../../../src/lab/simulation/simulate-seed.js';

export const ROLES: Roles = { startMaster, startDatanode };

/** Every kind of fault in a few seconds. */
export const BUSY = `apiVersion: lab/v1
kind: Scenario
metadata: { name: busy }
cluster: { masters: 1, datanodes: 5, replication: 3, chunkSize: 64KiB }
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

/** One fault on one node, and little else. */
export const PAUSING = `apiVersion: lab/v1
kind: Scenario
metadata: { name: pausing }
cluster: { masters: 1, datanodes: 4, replication: 3, chunkSize: 64KiB }
workload:
  - { type: write-verify, clients: 1, rate: 8/s, size: 1-10KiB }
duration: 3s
steps:
  - { at: 500ms, duration: 500ms, node: { action: pause, selector: { name: dn-3 } } }
final: { heal: all, settle: 10s }
`;

/** Runs seeds in this thread with what a test changes about them, such as clients that lie. Called anew for each run. */
export const runnerWith =
  (change: () => Partial<SimulateOptions>): OpenRunner =>
  async (_jobs, observer, signal) => {
    const run = (task: SeedTask, watcher: SimulationObserver): Promise<SeedResult> => {
      const { onRunEvent, ...changed } = change();
      const both = (event: RunEvent, virtualMs: number): void => {
        onRunEvent?.(event, virtualMs);
        watcher.onRunEvent?.(event, virtualMs);
      };
      return simulateSeed(task, { roles: ROLES, signal, ...watcher, ...changed, onRunEvent: both });
    };
    return { jobs: 1, close: async () => {}, run: (task) => run(task, observer ?? {}), watch: run };
  };

/** Reads lie once a fault of this kind was seen to strike the node. */
export function lieAfter(action: string, node: string): Partial<SimulateOptions> {
  let isLying = false;
  return {
    onRunEvent: (event) => {
      if (event.event !== 'fault' || event.effect !== 'seen') return;
      if (event.fault.action === action && event.fault.nodes.includes(node)) isLying = true;
    },
    wrapClient: (client) => ({
      ...client,
      readFile: async (path) => (isLying ? new Uint8Array([1, 2, 3]) : client.readFile(path)),
    }),
  };
}

export function scenarioOf(text: string): Scenario {
  const parsed = parseScenario(text, 'test');
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('; '));
  return parsed.scenario;
}

/** An example with so few and small files that a seed takes a second: the faults are what it is about. */
export function exampleOf(name: string): Scenario {
  const text = readFileSync(new URL(`../../../examples/${name}`, import.meta.url), 'utf8');
  // What is about blocks needs chunks of several blocks.
  if (text.includes('spare: block')) return scenarioOf(text);
  return scenarioOf(
    text
      .replace(/size: [0-9KMGiB-]+/, 'size: 1-100KiB')
      .replace(/chunkSize: \w+/, 'chunkSize: 64KiB')
      .replace(/rate: \w+\/s/, 'rate: 5/s'),
  );
}
