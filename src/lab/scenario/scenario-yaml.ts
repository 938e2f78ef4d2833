/** Writes a scenario in the grammar that parseScenario reads: a step a line, every default said, every amount exact. */
import { Document, isCollection } from 'yaml';
import type { FaultSpec } from '../../supervisor/api/fault.js';
import { formatDuration, formatSize } from './amounts.js';
import type { Mode, Nemesis, Probe, Scenario, ScenarioCluster, Selector, Step } from './scenario.js';
import { COMMANDS } from './step-schema.js';
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

function stepFields({ atMs, when, durationMs, choiceSeed, source, fault, selector, target, mode }: Step): Fields {
  const { scope, action } = COMMANDS[fault.action];
  return {
    at: formatDuration(atMs),
    ...(when === undefined ? {} : { when: when.condition.text, timeout: formatDuration(when.timeoutMs) }),
    ...(durationMs === undefined ? {} : { duration: formatDuration(durationMs) }),
    ...(choiceSeed === undefined ? {} : { choiceSeed }),
    ...(source === undefined ? {} : { source }),
    [scope]: {
      action,
      ...faultFields(fault),
      ...(selector === undefined ? {} : { selector: selectorFields(selector) }),
      ...(target === undefined ? {} : { target: selectorFields(target) }),
      ...(fault.action === 'add' && mode.kind === 'fixed' ? { value: mode.count } : modeFields(mode)),
    },
  };
}

/** Beside the action itself. */
function faultFields(fault: FaultSpec): Fields {
  switch (fault.action) {
    case 'partition':
    case 'isolate': {
      const { kind, shape, direction } = fault;
      return { kind, ...(shape === undefined ? {} : { shape }), direction };
    }
    case 'delay': {
      const { delayMs, jitterMs, direction } = fault;
      return { delay: formatDuration(delayMs), jitter: formatDuration(jitterMs), direction };
    }
    case 'bandwidth':
      return { rate: `${formatSize(fault.bytesPerSecond)}/s`, direction: fault.direction };
    case 'reset':
    case 'refuse':
      return { direction: fault.direction };
    case 'bitflip':
    case 'truncate':
    case 'remove':
      return { target: fault.file, ...placeFields(fault) };
    case 'eio': {
      const { calls, percent, file } = fault;
      return { calls, percent, ...(file === undefined ? {} : { target: file }), ...placeFields(fault) };
    }
    case 'slow':
      return { delay: formatDuration(fault.delayMs) };
    case 'slow-cpu':
      return { percent: fault.percent };
    case 'fill':
      return { free: formatSize(fault.freeBytes) };
    case 'jump':
    case 'skew':
      return { by: formatDuration(fault.offsetMs) };
    case 'drift':
      return { ppm: fault.ppm };
    default:
      return {};
  }
}

const placeFields = ({ offsetBytes }: { readonly offsetBytes?: number }): Fields =>
  offsetBytes === undefined ? {} : { offset: formatSize(offsetBytes) };

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
