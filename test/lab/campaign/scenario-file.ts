/** A file of a batch without a file. */
import type { ScenarioFile } from '../../../src/lab/campaign/scenario-files.js';
import { parseScenario } from '../../../src/lab/scenario/grammar/parse-scenario.js';

const SOURCE =
  'apiVersion: lab/v1\nkind: Scenario\nseed: 7\nworkload: [{ type: write-verify, clients: 1, size: 1KiB }]\nduration: 1s\n';

export function fileOf(label: string): ScenarioFile {
  const parsed = parseScenario(SOURCE, label);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { file: `${label}.yaml`, label, scenario: parsed.scenario, source: SOURCE };
}
