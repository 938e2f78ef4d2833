/** Writes a scenario in the grammar that parseScenario reads: a step a line, every default said, every amount exact. */
import { Document, isCollection } from 'yaml';
import type { FaultSpec } from '../faults.js';
import { formatDuration, formatSize } from './amounts.js';
import type { Mode, Nemesis, Probe, Scenario, ScenarioCluster, Selector, Step } from './scenario.js';
import { ACTIONS, SCOPES } from './step-schema.js';
import type { Scope } from './step-schema.js';
import { workloadFields } from './workload-fields.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * parseScenario of the text gives the scenario again, except for lines and columns.
 * @param scenario as parseScenario accepts it: every selector matches somebody, times are whole milliseconds
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
    steps: steps.map(stepFields),
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

function clusterFields({ masters, datanodes, racks, replication, chunkSizeBytes, profile }: ScenarioCluster): Fields {
  return { masters, datanodes, racks, replication, chunkSize: formatSize(chunkSizeBytes), profile };
}

function stepFields({ atMs, when, durationMs, lot, source, fault, selector, target, mode }: Step): Fields {
  const scope = scopeOf(fault);
  return {
    at: formatDuration(atMs),
    ...(when === undefined ? {} : { when: when.condition.text, timeout: formatDuration(when.timeoutMs) }),
    ...(durationMs === undefined ? {} : { duration: formatDuration(durationMs) }),
    ...(lot === undefined ? {} : { lot }),
    ...(source === undefined ? {} : { source }),
    [scope]: {
      ...faultFields(fault),
      ...(selector === undefined ? {} : { selector: selectorFields(selector) }),
      ...(target === undefined ? {} : { target: selectorFields(target) }),
      ...modeFields(mode),
    },
  };
}

function scopeOf({ action }: FaultSpec): Scope {
  return SCOPES.find((scope) => ACTIONS[scope].some((known) => known === action)) ?? 'node';
}

function faultFields(fault: FaultSpec): Fields {
  const { action } = fault;
  switch (action) {
    case 'partition':
    case 'isolate':
      return { action, kind: fault.kind, direction: fault.direction };
    case 'delay': {
      const { delayMs, jitterMs, direction } = fault;
      return { action, delay: formatDuration(delayMs), jitter: formatDuration(jitterMs), direction };
    }
    case 'bandwidth':
      return { action, rate: `${formatSize(fault.bytesPerSecond)}/s`, direction: fault.direction };
    case 'reset':
    case 'refuse':
      return { action, direction: fault.direction };
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return { action, target: fault.file };
    case 'eio':
      return { action, calls: fault.calls, percent: fault.percent };
    case 'slow':
      return { action, delay: formatDuration(fault.delayMs) };
    case 'fill':
      return { action, free: formatSize(fault.freeBytes) };
    case 'jump':
    case 'skew':
      return { action, by: formatDuration(fault.offsetMs) };
    case 'drift':
      return { action, ppm: fault.ppm };
    default:
      return { action };
  }
}

function selectorFields({ names, roles, racks, states, is, holds, inPipeline }: Selector): Fields {
  return {
    ...(names === undefined ? {} : { name: names }),
    ...(roles === undefined ? {} : { role: roles }),
    ...(racks === undefined ? {} : { rack: racks }),
    ...(states === undefined ? {} : { state: states }),
    ...(is === undefined ? {} : { is }),
    ...(holds === undefined ? {} : { holds }),
    ...(inPipeline === undefined ? {} : { 'in-pipeline': true }),
  };
}

function modeFields(mode: Mode): Fields {
  switch (mode.kind) {
    case 'all':
      return {};
    case 'fixed':
      return { mode: mode.kind, value: mode.count };
    case 'percent':
      return { mode: mode.kind, value: mode.percent };
    default:
      return { mode: mode.kind };
  }
}

function nemesisFields({ faults, selector, intervalMs }: Nemesis): Fields {
  return {
    faults,
    interval: formatDuration(intervalMs),
    ...(selector === undefined ? {} : { selector: selectorFields(selector) }),
  };
}

function probeFields(probe: Probe): Fields {
  const { text } = probe.condition;
  return probe.kind === 'sometimes' ? { sometimes: text } : { eventually: text, within: formatDuration(probe.withinMs) };
}
