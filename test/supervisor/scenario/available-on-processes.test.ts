import { expect, test } from 'vitest';
import { PROCESS_FAULTS, unavailableOnProcesses } from '../../../src/supervisor/scenario/available-on-processes.js';
import { parseScenario } from '../../../src/supervisor/scenario/parse-scenario.js';
import { NEMESIS_FAULTS } from '../../../src/supervisor/scenario/scenario-schema.js';

function unavailable(rest: string): ReturnType<typeof unavailableOnProcesses> {
  const text = `apiVersion: lab/v1\nkind: Scenario\nworkload: [{ type: write-verify, size: 1MiB }]\nduration: 9s\n${rest}`;
  const parsed = parseScenario(text, 'x');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return unavailableOnProcesses(parsed.scenario);
}

test('unavailableOnProcesses names each fault that needs a simulation, where it stands', () => {
  const found = unavailable(`nemesis:
  faults: [kill, powercut, drift, powercut, eio]
  interval: 1s
steps:
  - { at: 1s, node: { action: kill, selector: { name: dn-1 } } }
  - { at: 2s, node: { action: powercut, selector: { name: dn-2 } } }
  - at: 3s
    io: { action: slow, delay: 5ms, selector: { name: dn-2 } }
`);
  expect(found).toEqual([
    { line: 6, column: 11, message: 'powercut, drift and eio are not available on processes yet; lab sim has them' },
    { line: 10, column: 5, message: 'powercut is not available on processes yet; lab sim has it' },
    { line: 11, column: 5, message: 'slow is not available on processes yet; lab sim has it' },
  ]);
});

test('unavailableOnProcesses has nothing against faults that processes know', () => {
  const words = NEMESIS_FAULTS.filter((word) => PROCESS_FAULTS.has(word));
  expect(unavailable(`nemesis: { faults: [${words.join(', ')}], interval: 1s }\n`)).toEqual([]);
  expect(unavailable('')).toEqual([]);
});
