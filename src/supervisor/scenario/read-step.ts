/** Reads one entry of `steps`: when, what, to whom. */
import type { NodeRole, NodeState } from '../types.js';
import type { FieldReader } from './field-reader.js';
import { datanodeNames, NETWORK_ACTIONS, NODE_ACTIONS, nodeNames, rackOf } from './scenario.js';
import type { Mode, NetworkAction, NodeAction, ScenarioCluster, Selector, Step } from './scenario.js';
import type { Mapping, Value } from './yaml-source.js';

const STEP_KEYS = { known: ['at', 'duration', 'node', 'network'], later: ['when', 'timeout', 'io', 'clock'] } as const;
const BELONGS_TO_STEP = {
  duration: 'it belongs to the step, beside "at"',
  at: 'it belongs to the step, beside "node" or "network"',
} as const;
const ACTION_KEYS = ['action', 'selector', 'mode', 'value'] as const;
const SELECTOR_KEYS = { known: ['name', 'role', 'rack', 'state'], later: ['is', 'holds', 'in-pipeline'] } as const;
const MODES = { known: ['one', 'all', 'fixed', 'percent', 'minority', 'majority'] } as const;
const ROLES = { known: ['master', 'datanode'], later: ['client'] } as const satisfies {
  known: readonly NodeRole[];
  later: readonly string[];
};
const STATES = { known: ['live', 'stale', 'dead', 'stopped', 'paused'], later: ['starting'] } as const satisfies {
  known: readonly NodeState[];
  later: readonly string[];
};
/** Actions that take nothing away, so that there is nothing to undo. */
const CURES: readonly string[] = ['restart', 'resume', 'heal'];

/**
 * @param value the entry
 * @param cluster what names exist
 * @param durationMs of the scenario; undefined when that could not be read
 * @returns undefined when something is wrong with it, which was reported
 */
export function readStep(
  reader: FieldReader,
  value: Value,
  cluster: ScenarioCluster,
  durationMs: number | undefined,
): Step | undefined {
  const step = reader.mapping(value, 'a step', STEP_KEYS);
  if (step === undefined) return undefined;
  const timing = readTiming(reader, step, durationMs);
  const node = step.entries.get('node');
  const network = step.entries.get('network');
  if (node !== undefined && network !== undefined)
    reader.problem(step.offset, 'a step does one thing: "node" or "network", not both');
  if (node === undefined && network === undefined && !step.hasUnknownKey) {
    reader.problem(step.offset, 'a step needs "node" or "network"');
  }
  const action = node === undefined ? network && readNetwork(reader, network, cluster) : readNode(reader, node, cluster);
  if (timing === undefined || action === undefined) return undefined;
  if (timing.durationMs !== undefined && CURES.includes(action.action)) {
    reader.problem(
      step.entries.get('duration')?.offset ?? step.offset,
      `"duration" of ${action.action}: there is nothing to undo`,
    );
  }
  return { ...timing, ...action, line: reader.lineOf(step.offset) };
}

function readTiming(
  reader: FieldReader,
  step: Mapping,
  durationMs: number | undefined,
): { readonly atMs: number; readonly durationMs?: number } | undefined {
  const at = reader.required(step, 'at', 'a step');
  const atMs = at && reader.duration(at, '"at"', { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (at !== undefined && atMs !== undefined && durationMs !== undefined && atMs > durationMs) {
    reader.problem(at.offset, `"at" is after the end: the scenario lasts ${durationMs / 1_000}s`);
  }
  const duration = step.entries.get('duration');
  const undoneAfterMs = duration && reader.duration(duration, '"duration" of a step', { min: 1, max: Number.MAX_SAFE_INTEGER });
  if (atMs === undefined || (duration !== undefined && undoneAfterMs === undefined)) return undefined;
  return undoneAfterMs === undefined ? { atMs } : { atMs, durationMs: undoneAfterMs };
}

type Action = Omit<Step, 'atMs' | 'durationMs' | 'line'>;

function readNode(reader: FieldReader, value: Value, cluster: ScenarioCluster): Action | undefined {
  const fields = reader.mapping(value, '"node"', { known: ACTION_KEYS, hints: BELONGS_TO_STEP });
  if (fields === undefined) return undefined;
  const action = readAction<NodeAction>(reader, fields, 'node action', {
    known: NODE_ACTIONS,
    later: ['powercut', 'slow', 'wipe', 'add'],
  });
  const selector = reader.required(fields, 'selector', '"node"');
  const target = readTarget(reader, fields, selector, cluster);
  return action === undefined || target === undefined || selector === undefined
    ? undefined
    : { action, kind: 'stall', ...target };
}

function readNetwork(reader: FieldReader, value: Value, cluster: ScenarioCluster): Action | undefined {
  const fields = reader.mapping(value, '"network"', {
    known: [...ACTION_KEYS, 'kind', 'direction'],
    later: ['target'],
    hints: BELONGS_TO_STEP,
  });
  if (fields === undefined) return undefined;
  const action = readAction<NetworkAction>(reader, fields, 'network action', {
    known: NETWORK_ACTIONS,
    later: ['delay', 'bandwidth', 'reset', 'refuse'],
  });
  const direction = fields.entries.get('direction');
  if (direction !== undefined) reader.word(direction, 'direction', { known: ['both'], later: ['to', 'from', 'in', 'out'] });
  const kindValue = fields.entries.get('kind');
  const kind = kindValue === undefined ? 'stall' : reader.word(kindValue, 'kind', { known: ['stall', 'reset'] });
  if (kindValue !== undefined && action === 'heal') reader.problem(kindValue.offset, '"heal" has no "kind"');
  const selector = action === 'heal' ? fields.entries.get('selector') : reader.required(fields, 'selector', '"network"');
  const target = readTarget(reader, fields, selector, cluster);
  if (action === undefined || kind === undefined || target === undefined) return undefined;
  return action !== 'heal' && selector === undefined ? undefined : { action, kind, ...target };
}

function readAction<T extends string>(
  reader: FieldReader,
  fields: Mapping,
  what: string,
  vocabulary: { readonly known: readonly T[]; readonly later: readonly string[] },
): T | undefined {
  const value = reader.required(fields, 'action', what === 'node action' ? '"node"' : '"network"');
  return value && reader.word(value, what, vocabulary);
}

function readTarget(
  reader: FieldReader,
  fields: Mapping,
  selectorValue: Value | undefined,
  cluster: ScenarioCluster,
): { readonly selector?: Selector; readonly mode: Mode } | undefined {
  const selector = selectorValue && readSelector(reader, selectorValue, cluster);
  const mode = readMode(reader, fields);
  if (mode === undefined || (selectorValue !== undefined && selector === undefined)) return undefined;
  if (selector === undefined) return { mode };
  const reachable = matchingNodes(selector, cluster).length;
  if (selectorValue !== undefined && reachable === 0) {
    reader.problem(selectorValue.offset, 'the selector matches no node of this cluster');
    return undefined;
  }
  if (mode.kind === 'fixed' && mode.count > reachable) {
    const offset = fields.entries.get('value')?.offset ?? fields.offset;
    reader.problem(
      offset,
      `"value" is ${mode.count}, and the selector matches ${reachable} node${reachable === 1 ? '' : 's'} at most`,
    );
    return undefined;
  }
  if (mode.kind === 'minority' && reachable < 3) {
    reader.problem(fields.entries.get('mode')?.offset ?? fields.offset, `there is no minority of ${reachable} nodes`);
    return undefined;
  }
  return { selector, mode };
}

function readSelector(reader: FieldReader, value: Value, cluster: ScenarioCluster): Selector | undefined {
  const fields = reader.mapping(value, '"selector"', SELECTOR_KEYS);
  if (fields === undefined || fields.hasUnknownKey) return undefined;
  if (fields.entries.size === 0) {
    reader.problem(fields.offset, `"selector" is empty: give at least one of ${SELECTOR_KEYS.known.join(', ')}`);
    return undefined;
  }
  const racks = Array.from({ length: cluster.racks }, (_, index) => `rack-${index + 1}`);
  const read = <T extends string>(key: string, what: string, vocabulary: Parameters<typeof reader.words<T>>[2]) => {
    const field = fields.entries.get(key);
    return field && reader.words(field, what, vocabulary);
  };
  const names = read('name', 'node', {
    known: nodeNames(cluster),
    later: ['client', ...Array.from({ length: 64 }, (_, index) => `client-${index + 1}`)],
    overview: `this cluster has m-1 and ${cluster.datanodes === 1 ? 'dn-1' : `dn-1 to dn-${cluster.datanodes}`}`,
  });
  const roles = read('role', 'role', ROLES);
  const rackNames = read('rack', 'rack', {
    known: racks,
    overview: cluster.racks === 1 ? 'this cluster has rack-1' : `this cluster has rack-1 to rack-${cluster.racks}`,
  });
  const states = read('state', 'state', STATES);
  const all = [names, roles, rackNames, states];
  if (all.filter((words) => words !== undefined).length !== fields.entries.size) return undefined;
  return {
    ...(names === undefined ? {} : { names }),
    ...(roles === undefined ? {} : { roles }),
    ...(rackNames === undefined ? {} : { racks: rackNames }),
    ...(states === undefined ? {} : { states }),
  };
}

function readMode(reader: FieldReader, fields: Mapping): Mode | undefined {
  const modeValue = fields.entries.get('mode');
  const value = fields.entries.get('value');
  const word = modeValue === undefined ? 'all' : reader.word(modeValue, 'mode', MODES);
  if (word === undefined) return undefined;
  if (word !== 'fixed' && word !== 'percent') {
    if (value === undefined) return { kind: word };
    reader.problem(value.offset, `"value" goes with mode fixed or percent, not ${word}`);
    return undefined;
  }
  const amountValue = reader.required(fields, 'value', `mode ${word}`);
  if (amountValue === undefined) return undefined;
  if (word === 'fixed') {
    const count = reader.integer(amountValue, '"value"', { min: 1, max: 1_000 });
    return count === undefined ? undefined : { kind: 'fixed', count };
  }
  const percent = reader.integer(amountValue, '"value"', { min: 1, max: 100 });
  return percent === undefined ? undefined : { kind: 'percent', percent };
}

/** The nodes that a selector can ever match: its names, roles and racks, whatever their state. In the order of the cluster. */
export function matchingNodes(selector: Selector | undefined, cluster: ScenarioCluster): string[] {
  const datanodes = new Set(datanodeNames(cluster));
  return nodeNames(cluster).filter((name) => {
    const role = datanodes.has(name) ? 'datanode' : 'master';
    if (selector?.names?.includes(name) === false) return false;
    if (selector?.roles?.includes(role) === false) return false;
    return selector?.racks?.includes(rackOf(cluster, name)) !== false;
  });
}
