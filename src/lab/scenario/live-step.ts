/** Reads one step for a cluster that runs: the same schema and the same reader as an entry of `steps` in a file. */
import { checkStructure } from './check-structure.js';
import { FieldReader } from './field-reader.js';
import { readStepNow } from './read-step.js';
import type { ScenarioCluster, Step } from './scenario.js';
import { YamlSource } from './yaml-source.js';

export interface LiveProblem {
  /** Of the step's text, from 0; that of the whole where the mistake is in no place of it. */
  readonly offset: number;
  readonly message: string;
}

/** What a scenario needs around a step. */
const BEFORE =
  '{"apiVersion": "lab/v1", "kind": "Scenario", "duration": "24h", "workload": [{"type": "write-verify", "size": "1KiB"}], "steps": [{"at": "0s", ';
const AFTER = '}]}';

/**
 * @param entries what stands between the braces of the step, on one line: `"node": {"action": "kill", …}`
 * @param cluster what names exist
 */
export function readLiveStep(
  entries: string,
  cluster: ScenarioCluster,
): { readonly step: Step } | { readonly problems: readonly LiveProblem[] } {
  const source = new YamlSource(`${BEFORE}${entries}${AFTER}`);
  const problems = (): readonly LiveProblem[] =>
    source.problems.map(({ column, message }) => ({ offset: Math.max(0, column - 1 - BEFORE.length), message }));
  if (source.problems.length > 0) return { problems: problems() };
  const root = source.root();
  const reader = new FieldReader(source);
  const node = reader.field(root, 'steps')?.items?.[0];
  const unsound = checkStructure(root, source);
  const step = node === undefined || unsound.has(node) ? undefined : readStepNow(reader, node, cluster);
  return step === undefined || problems().length > 0 ? { problems: problems() } : { step };
}
