import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScenario } from '../../../src/lab/scenario/grammar/parse-scenario.js';
import type { Scenario } from '../../../src/lab/scenario/model/scenario.js';
import { planFaults, resolveScenario } from '../../../src/lab/scenario/plan/schedule.js';
import { scenarioYaml } from '../../../src/lab/scenario/grammar/scenario-yaml.js';
import { scenarios } from './arbitrary-scenario.js';

function parsed(text: string): Scenario {
  const result = parseScenario(text, 'fallback');
  if (!result.ok) throw new Error(`${JSON.stringify(result.problems)} in\n${text}`);
  return result.scenario;
}

/** Without the places in a file. */
const placeless = (scenario: Scenario): unknown =>
  JSON.parse(JSON.stringify(scenario, (key, value: unknown) => (key === 'line' || key === 'column' ? undefined : value)));

test('scenarioYaml writes what parseScenario reads as the same scenario', () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      expect(placeless(parsed(scenarioYaml(scenario)))).toEqual(placeless(scenario));
    }),
    { numRuns: 150 },
  );
});

test('scenarioYaml writes a step a line, in the words of the grammar', () => {
  const text = `apiVersion: lab/v1
kind: Scenario
metadata:
  name: cut
  description: "One idea: a cut"
seed: 42
cluster: { masters: 1, datanodes: 5, racks: 1, replication: 3, chunkSize: 64KiB, profile: fast }
workload:
  - { type: metadata, clients: 3, rate: 12.5/s, size: 1B-2KiB, names: 6 }
duration: 8s
steps:
  - { at: 1500ms, duration: 2s, choiceSeed: 7, source: nemesis, network: { action: delay, delay: 50ms, jitter: 0ms, direction: to, selector: { name: [ dn-1 ] }, target: { role: [ master ] } } }
  - { at: 0ms, when: repairs > 0, timeout: 3s, clock: { action: jump, by: -3600s, selector: { is: leader } } }
nemesis: { faults: [ kill, kill, drift ], interval: 700ms }
probes:
  - { eventually: under_replicated == 0, within: 30s }
  - { sometimes: "repairs>0" }
final: { heal: all, settle: 20s }
`;
  const written = scenarioYaml(parsed(text));
  expect(written.replaceAll('"', '')).toBe(text.replaceAll('"', ''));
});

test('scenarioYaml keeps every choice of a resolved nemesis: what is read again strikes the same', () => {
  const scenario = parsed(readFileSync(join(import.meta.dirname, '../../../examples/nemesis.yaml'), 'utf8'));
  for (let seed = 1; seed <= 40; seed += 1) {
    const again = parsed(scenarioYaml(resolveScenario(scenario, seed)));
    expect({ seed, nemesis: again.nemesis, faults: planFaults(again, seed).faults }).toEqual({
      seed,
      nemesis: undefined,
      faults: planFaults(scenario, seed).faults,
    });
  }
});
