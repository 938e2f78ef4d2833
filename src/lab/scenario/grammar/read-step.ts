/** Reads one entry of `steps`, which fits the schema: when, what, to whom. */
import { formatDuration } from '../model/amounts.js';
import { DATANODES_MAX } from '../../../supervisor/api/cluster-options.js';
import type { FaultSpec } from '../../../supervisor/api/fault.js';
import type { FieldReader } from './field-reader.js';
import { matchingNodes, matchingNodesMax } from '../model/matching-nodes.js';
import { readCondition } from './read-probe.js';
import { readFault } from './read-fault.js';
import { readMode, readSelector } from './read-selector.js';
import { grownBy } from '../model/scenario.js';
import type { Mode, ScenarioCluster, Step } from '../model/scenario.js';
import { countOf, nodesMin } from '../model/choose-nodes.js';
import { SCOPES } from '../schema/step-schema.js';
import { unfitFault } from '../model/unfit-fault.js';
import type { ValueNode } from './value-node.js';

const ANY_TIME = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const SOME_TIME = { min: 1, max: Number.MAX_SAFE_INTEGER } as const;

/**
 * All of them, each with the nodes that were added by its time.
 * @param nodes the entries
 * @param cluster as it starts
 * @param endMs how long the scenario lasts; undefined when that could not be read
 * @returns in the order of the entries, without those that something is wrong with, which was reported
 */
export function readSteps(
  reader: FieldReader,
  nodes: readonly ValueNode[],
  cluster: ScenarioCluster,
  endMs: number | undefined,
): Step[] {
  // An addition chooses no existing node: it can be read before the other nodes are known.
  const additions = new Map<ValueNode, Step>();
  for (const node of nodes.filter((candidate) => isAddition(reader, candidate))) {
    const step = readStep(reader, node, cluster, endMs);
    if (step !== undefined) additions.set(node, step);
  }
  const addedBy = (atMs: number): number =>
    [...additions.values()].filter((step) => step.atMs <= atMs).reduce((sum, step) => sum + addedIn(step), 0);
  const all = [...additions].reduce((sum, [node, step]) => {
    const total = sum + addedIn(step);
    if (total > DATANODES_MAX && sum <= DATANODES_MAX) {
      reader.problem(node, tooMany(total));
    }
    return total;
  }, cluster.datanodes);
  if (all > DATANODES_MAX) return [...additions.values()];
  return nodes
    .map((node) =>
      isAddition(reader, node)
        ? additions.get(node)
        : readStep(reader, node, cluster, endMs, (atMs) => grownBy(cluster, addedBy(atMs))),
    )
    .filter((step) => step !== undefined);
}

const isAddition = (reader: FieldReader, step: ValueNode): boolean =>
  reader.field(reader.field(step, 'node'), 'action')?.data === 'add';
const tooMany = (total: number): string => `the cluster would then have ${total} datanodes: ${DATANODES_MAX} at most`;
const addedIn = ({ mode }: Step): number => (mode.kind === 'fixed' ? mode.count : 0);

/**
 * Reads a step for a cluster that runs.
 * @param node the entry
 * @param cluster as it is now
 * @returns undefined when something is wrong with it, which was reported
 */
export function readStepNow(reader: FieldReader, node: ValueNode, cluster: ScenarioCluster): Step | undefined {
  const step = readStep(reader, node, cluster, undefined);
  const total = cluster.datanodes + (step?.fault.action === 'add' ? addedIn(step) : 0);
  if (total <= DATANODES_MAX) return step;
  reader.problem(reader.field(reader.field(node, 'node'), 'value') ?? node, tooMany(total));
  return undefined;
}

/**
 * @param node the entry
 * @param cluster what names exist
 * @param endMs how long the scenario lasts; undefined when that could not be read
 * @param clusterAt the cluster with what was added by a time
 * @returns undefined when something is wrong with it, which was reported
 */
function readStep(
  reader: FieldReader,
  node: ValueNode,
  cluster: ScenarioCluster,
  endMs: number | undefined,
  clusterAt: (atMs: number) => ScenarioCluster = () => cluster,
): Step | undefined {
  const timing = readTiming(reader, node, endMs);
  const action = readAction(reader, node, timing === undefined ? cluster : clusterAt(timing.atMs));
  if (timing === undefined || action === undefined) return undefined;
  const choiceSeed = reader.field(node, 'choiceSeed') ?? reader.field(node, 'lot');
  return {
    ...timing,
    ...action,
    ...(choiceSeed === undefined ? {} : { choiceSeed: reader.integer(choiceSeed) }),
    ...(reader.field(node, 'source') === undefined ? {} : { source: 'nemesis' }),
    ...reader.placeOf(node),
  };
}

type Timing = Pick<Step, 'atMs' | 'when' | 'durationMs'>;

function readTiming(reader: FieldReader, step: ValueNode, endMs = Infinity): Timing | undefined {
  const [at, when, duration] = ['at', 'when', 'duration'].map((key) => reader.field(step, key));
  const atMs = at === undefined ? 0 : reader.duration(at, '"at"', ANY_TIME);
  const durationMs = duration && reader.duration(duration, '"duration" of a step', SOME_TIME);
  if (atMs === undefined || (duration !== undefined && durationMs === undefined)) return undefined;
  if (at !== undefined && atMs > endMs) {
    reader.problem(at, `"at" is after the end: the scenario lasts ${formatDuration(endMs)}`);
    return undefined;
  }
  const timing = { atMs, ...(durationMs === undefined ? {} : { durationMs }) };
  if (when === undefined) return timing;
  const trigger = readTrigger(reader, step, when, { atMs, endMs });
  return trigger && { ...timing, when: trigger };
}

function readTrigger(
  reader: FieldReader,
  step: ValueNode,
  when: ValueNode,
  { atMs, endMs }: { readonly atMs: number; readonly endMs: number },
): Step['when'] | undefined {
  const timeout = reader.field(step, 'timeout');
  const restMs = endMs - atMs;
  const timeoutMs = timeout === undefined ? restMs : reader.duration(timeout, '"timeout"', SOME_TIME);
  if (timeoutMs === undefined) return undefined;
  if (restMs <= 0) {
    reader.problem(reader.field(step, 'at') ?? step, 'the step would begin to wait when the scenario ends');
    return undefined;
  }
  if (timeoutMs > restMs) {
    reader.problem(timeout ?? step, `"timeout" is after the end: the scenario lasts ${formatDuration(endMs)}`);
    return undefined;
  }
  return { condition: readCondition(when), timeoutMs };
}

type Action = Pick<Step, 'fault' | 'selector' | 'target' | 'mode'>;

function readAction(reader: FieldReader, step: ValueNode, cluster: ScenarioCluster): Action | undefined {
  const scope = SCOPES.find((name) => reader.field(step, name) !== undefined) ?? 'node';
  const node = reader.demanded(step, scope);
  const fault = readFault(reader, scope, node);
  if (fault?.action === 'add') {
    const value = reader.field(node, 'value');
    return { fault, mode: { kind: 'fixed', count: value === undefined ? 1 : reader.integer(value) } };
  }
  const selectorNode = reader.field(node, 'selector');
  const targetNode = scope === 'network' ? reader.field(node, 'target') : undefined;
  const selector = selectorNode && readSelector(reader, selectorNode, cluster);
  const target = targetNode && readSelector(reader, targetNode, cluster);
  if (selectorNode !== undefined && selector === undefined) return undefined;
  if (targetNode !== undefined && target === undefined) return undefined;
  const reachable = matchingNodes(selector, cluster);
  const reachableMax = matchingNodesMax(selector, cluster);
  const mode = readMode(reader, node, reachableMax);
  if (fault === undefined || mode === undefined) return undefined;
  const unfit = unfitFault(fault, reachable, cluster) ?? unfitShape(fault, mode, reachableMax);
  if (unfit !== undefined) {
    reader.problem(selectorNode ?? node, unfit);
    return undefined;
  }
  const others = target === undefined ? [] : matchingNodes(target, cluster);
  const areBothLeader = selector?.is === 'leader' && target?.is === 'leader';
  if (targetNode !== undefined && (areBothLeader || !others.some((name) => reachable.some((own) => own !== name)))) {
    reader.problem(targetNode, '"selector" and "target" are the same node: there is nothing between them');
    return undefined;
  }
  return { fault, ...(selector === undefined ? {} : { selector }), ...(target === undefined ? {} : { target }), mode };
}

/** A shape that so few nodes cannot have. */
function unfitShape(fault: FaultSpec, mode: Mode, reachable: number): string | undefined {
  const least = nodesMin(fault);
  const most = Math.min(countOf(mode, reachable), reachable);
  if (most >= least || !('shape' in fault)) return undefined;
  return `shape ${fault.shape} divides ${least} nodes or more, and ${most} ${most === 1 ? 'is' : 'are'} chosen at most`;
}
