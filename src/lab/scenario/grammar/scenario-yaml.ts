/** Writes a scenario in the grammar that parseScenario reads: a step a line, every default said, every amount exact. */
import { Document, isCollection } from 'yaml';
import { formatDuration, formatSize } from '../model/amounts.js';
import type { Nemesis, Probe, Scenario, ScenarioCluster } from '../model/scenario.js';
import { selectorJson, stepJson } from './step-json.js';
import { workloadFields } from './workload-fields.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * parseScenario of the text gives the scenario again, except for lines and columns.
 * @param scenario as parseScenario accepts it: every selector matches a node, times are whole milliseconds
 */
export function scenarioYaml(scenario: Scenario): string {
  const { name, description, seed, cluster, workload, durationMs, steps, nemesis, probes, settleMs } = scenario;
  const document = new Document({
    apiVersion: 'lab/v1',
    kind: 'Scenario',
    metadata: { name, description },
    ...(seed === undefined ? {} : { seed }),
    cluster: clusterFields(cluster),
    workload: workload.map(workloadFields),
    duration: formatDuration(durationMs),
    steps: steps.map(stepJson),
    ...(nemesis === undefined ? {} : { nemesis: nemesisFields(nemesis) }),
    probes: probes.map(probeFields),
    final: { heal: 'all', settle: formatDuration(settleMs) },
  });
  for (const key of ['cluster', 'nemesis', 'final']) setFlow(document.get(key));
  for (const key of ['workload', 'steps', 'probes']) {
    const list = document.get(key);
    if (isCollection(list)) list.items.forEach(setFlow);
  }
  // Never folded: a step is a line.
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function setFlow(node: unknown): void {
  if (isCollection(node)) node.flow = true;
}

function clusterFields(cluster: ScenarioCluster): Fields {
  const { masters, datanodes, racks, replication, chunkSizeBytes, checkpointLogBytes, profile, runtime } = cluster;
  const chunkSize = formatSize(chunkSizeBytes);
  return {
    masters,
    datanodes,
    racks,
    replication,
    chunkSize,
    ...(checkpointLogBytes === undefined ? {} : { checkpoint: formatSize(checkpointLogBytes) }),
    ...(runtime === undefined ? {} : { runtime }),
    profile,
  };
}

function nemesisFields({ faults, selector, intervalMs }: Nemesis): Fields {
  return {
    faults,
    interval: formatDuration(intervalMs),
    ...(selector === undefined ? {} : { selector: selectorJson(selector) }),
  };
}

function probeFields(probe: Probe): Fields {
  const { text } = probe.condition;
  return probe.kind === 'sometimes' ? { sometimes: text } : { eventually: text, within: formatDuration(probe.withinMs) };
}
