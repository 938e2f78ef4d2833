/** A condition of a probe or a step: `METRIC OPERATOR NUMBER`, as in `under_replicated == 0`. */
import type { ClusterStatus, NodeState } from '../../../supervisor/api/cluster-status.js';
import { suggest } from './suggest.js';

type Metric = (status: ClusterStatus) => number;

const nodesIn =
  (...states: readonly NodeState[]): Metric =>
  (status) =>
    status.nodes.filter((node) => states.includes(node.state)).length;

/** Every figure that a condition can name. A node without a process counts as stopped and as dead. */
const METRICS = {
  chunks: (status) => status.chunks.total,
  healthy: (status) => status.chunks.healthy,
  under_replicated: (status) => status.chunks.underReplicated,
  missing: (status) => status.chunks.missing,
  unreported: (status) => status.chunks.unreported,
  orphans: (status) => status.orphanReplicas,
  repairs: (status) => status.repairsCompleted,
  files: (status) => status.files,
  replicas: (status) => status.nodes.reduce((sum, node) => sum + node.replicaCount, 0),
  starting: nodesIn('starting'),
  live: nodesIn('live'),
  stale: nodesIn('stale'),
  dead: nodesIn('dead', 'stopped'),
  stopped: nodesIn('stopped'),
  paused: nodesIn('paused'),
  partitioned: (status) => status.nodes.filter((node) => node.partitioned).length,
  /** Of the leader. */
  term: (status) => status.term,
  /** 1 while the master waits for reports and takes no writes. */
  safe_mode: (status) => (status.safeMode ? 1 : 0),
  /** 1 while a master leads. */
  leaders: (status) => (status.leader === null ? 0 : 1),
  /** Terms with a leader that were seen after the first one. */
  leader_changes: (status) => status.leaderChanges,
  masters_live: (status) => status.nodes.filter((node) => node.role === 'master' && node.state === 'live').length,
} as const satisfies Record<string, Metric>;

/** What the lab itself knows of the masters, whether one leads or not. */
const ABOUT_MASTERS: readonly string[] = ['leaders', 'leader_changes', 'masters_live'];

const OPERATORS = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<=': (left, right) => left <= right,
  '>=': (left, right) => left >= right,
  '<': (left, right) => left < right,
  '>': (left, right) => left > right,
} as const satisfies Record<string, (left: number, right: number) => boolean>;

export type MetricName = keyof typeof METRICS;
type OperatorName = keyof typeof OPERATORS;

export interface Condition {
  /** As written. */
  readonly text: string;
  readonly metric: MetricName;
  readonly operator: OperatorName;
  readonly value: number;
}

/** What is wrong with a condition, or the condition. */
export type ParsedCondition =
  { readonly ok: true; readonly condition: Condition } | { readonly ok: false; readonly reason: string };

const isMetric = (word: string): word is MetricName => Object.hasOwn(METRICS, word);
const isOperator = (word: string): word is OperatorName => Object.hasOwn(OPERATORS, word);

/** Matches what parseCondition reads, and nothing else. */
export const CONDITION_PATTERN = `^\\s*(${Object.keys(METRICS).join('|')})\\s*(${Object.keys(OPERATORS).join('|')})\\s*\\d{1,15}\\s*$`;

/** Reads a condition. Never throws. */
export function parseCondition(text: string): ParsedCondition {
  const fail = (reason: string): ParsedCondition => ({ ok: false, reason });
  const match = /^\s*([A-Za-z_][\w-]*)\s*([=!<>]+)\s*(\S+)\s*$/.exec(text);
  const [, metric = '', operator = '', number = ''] = match ?? [];
  if (match === null) return fail(`"${text}" is not a condition: write METRIC OPERATOR NUMBER, as in "under_replicated == 0"`);
  if (!isMetric(metric)) {
    const names = Object.keys(METRICS);
    const meant = suggest(metric, names);
    return fail(
      `unknown metric "${metric}"${meant === undefined ? '' : `: did you mean "${meant}"?`} (metrics: ${names.join(', ')})`,
    );
  }
  if (!isOperator(operator)) return fail(`unknown operator "${operator}": use one of ${Object.keys(OPERATORS).join(' ')}`);
  const value = Number(number);
  if (!/^\d{1,15}$/.test(number)) return fail(`"${number}" is not a whole number of at most 15 digits`);
  return { ok: true, condition: { text, metric, operator, value } };
}

/** The figure that a metric has now. */
export function metricValue(metric: MetricName, status: ClusterStatus): number {
  return METRICS[metric](status);
}

/** Returns whether it holds. While no leader answers, figures of datanodes and chunks are old, and no condition on them holds. */
export function conditionHolds(condition: Condition, status: ClusterStatus): boolean {
  const isKnown = status.masterReachable || ABOUT_MASTERS.includes(condition.metric);
  return isKnown && OPERATORS[condition.operator](metricValue(condition.metric, status), condition.value);
}
