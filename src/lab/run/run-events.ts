/** What a run reports, as it happens: one object a line with `--json`, readable lines otherwise. */
import { formatBytes } from '../../shared/units.js';
import type { PlannedFault } from '../../supervisor/api/fault.js';
import type { CheckRow } from './check-row.js';
import type { Repetition } from './repetition.js';
import type { ErrorEvent } from '../scenario/grammar/problem-event.js';
import type { ClusterStatus } from '../../supervisor/api/cluster-status.js';
import type { FaultRecord } from './fault-runner.js';
import { figuresText } from '../scenario/grammar/fault-keys.js';
import { metricValue } from '../scenario/model/expression.js';
import type { FaultPlan } from '../scenario/plan/schedule.js';
import type { Scenario } from '../scenario/model/scenario.js';
import type { Verdict } from '../checkers/check-result.js';
import type { ProbeResult } from './verdict.js';
import type { WorkloadCounters } from '../workloads/workload-counters.js';

export interface Tick {
  readonly event: 'tick';
  /** Since the workload began. */
  readonly elapsedMs: number;
  readonly nodes: number;
  readonly live: number;
  readonly filesAcked: number;
  readonly bytesAcked: number;
  readonly readsVerified: number;
  readonly filesDeleted: number;
  readonly errors: number;
  readonly healthy: number;
  readonly underReplicated: number;
  readonly missing: number;
  readonly unreported: number;
  /** False while no leader answers: the figures of chunks are then old. */
  readonly masterReachable: boolean;
}

export interface VerdictEvent {
  readonly event: 'verdict';
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly scenario: string;
  readonly seed: number;
  readonly elapsedMs: number;
  readonly reasons: readonly string[];
  readonly checks: readonly CheckRow[];
  readonly filesAcked: number;
  readonly bytesAcked: number;
  readonly readsVerified: number;
  readonly filesDeleted: number;
  readonly errors: number;
  /** What people should know of the run and what judges nothing: failed operations, rates that were not reached. */
  readonly notes?: readonly string[];
  /** passed: faults of the nemesis that found nothing to affect. */
  readonly faults: { readonly planned: number; readonly seen: number; readonly passed: number };
  /** Path of the report, where the run was recorded. */
  readonly report?: string;
}

export type RunEvent =
  | {
      readonly event: 'start';
      readonly scenario: string;
      readonly description: string;
      readonly seed: number;
      /** repetition: derived from the seed of the first run. */
      readonly seedFrom: 'option' | 'file' | 'chance' | 'repetition';
      readonly repetition?: Repetition;
      readonly cluster: Scenario['cluster'];
      readonly clients: number;
      readonly durationMs: number;
    }
  | ({ readonly event: 'schedule' } & FaultPlan)
  | { readonly event: 'ready'; readonly dir: string; readonly startupMs: number }
  | Tick
  | ({ readonly event: 'fault'; readonly elapsedMs: number } & FaultRecord)
  /** A master was seen to lead in a term for the first time. elapsedMs: null before the workload began. */
  | { readonly event: 'leader'; readonly elapsedMs: number | null; readonly node: string; readonly term: number }
  | { readonly event: 'phase'; readonly elapsedMs: number; readonly phase: 'heal' | 'settle' | 'check'; readonly detail: string }
  | ({ readonly event: 'probe' } & ProbeResult)
  | {
      readonly event: 'record';
      readonly path: string;
      readonly verdict: VerdictEvent['verdict'];
      readonly checks: number;
      /** Names of the checks of the history that failed. */
      readonly failed: readonly string[];
    }
  | VerdictEvent
  | ErrorEvent;

/** The figures of one moment. */
export function tickOf(elapsedMs: number, status: ClusterStatus, counters: Readonly<WorkloadCounters>): Tick {
  return {
    event: 'tick',
    elapsedMs: Math.round(elapsedMs),
    nodes: status.nodes.length,
    live: metricValue('live', status),
    filesAcked: counters.filesAcked,
    bytesAcked: counters.bytesAcked,
    readsVerified: counters.readsVerified,
    filesDeleted: counters.filesDeleted,
    errors: counters.errors,
    healthy: status.chunks.healthy,
    underReplicated: status.chunks.underReplicated,
    missing: status.chunks.missing,
    unreported: status.chunks.unreported,
    masterReachable: status.masterReachable,
  };
}

const CLOCK_CHARS = 7;
const clock = (elapsedMs: number): string => `${(elapsedMs / 1_000).toFixed(1)}s`.padStart(CLOCK_CHARS);

function tickLine(tick: Tick): string {
  const chunks = tick.masterReachable
    ? `${tick.healthy} healthy, ${tick.underReplicated} under, ${tick.missing} missing${tick.unreported > 0 ? `, ${tick.unreported} unreported` : ''}`
    : 'no leader answers';
  return [
    `${clock(tick.elapsedMs)}  nodes ${tick.live}/${tick.nodes} live`,
    `files ${tick.filesAcked} acked, ${formatBytes(tick.bytesAcked)}`,
    `reads ${tick.readsVerified} verified`,
    `errors ${tick.errors}`,
    `chunks ${chunks}`,
  ].join(' | ');
}

function verdictLines(event: VerdictEvent): string[] {
  const width = Math.max(...event.checks.map((row) => row.check.length));
  return [
    '',
    ...event.checks.map(
      (row) => `  ${row.holds ? 'ok  ' : row.kind === 'promise' ? 'FAIL' : '?   '}  ${row.check.padEnd(width)}  ${row.detail}`,
    ),
    '',
    ...event.reasons.map((reason) => `  - ${reason}`),
    ...(event.notes ?? []).map((note) => `  note: ${note}`),
    `verdict: ${event.verdict} (seed ${event.seed}, ${clock(event.elapsedMs).trim()})${event.report === undefined ? '' : `, report: ${event.report}`}`,
  ];
}

/** What is done to whom, in a few words. */
export function faultSummary(fault: PlannedFault): string {
  const nodes = fault.nodes.length === 0 ? 'no node' : fault.nodes.join(', ');
  const figures = fault.action === 'lift' ? '' : figuresText(fault);
  return [fault.action, figures, nodes, otherSideOf(fault)].filter((part) => part !== '').join(' ');
}

function otherSideOf(fault: PlannedFault): string {
  if (!('direction' in fault)) return '';
  const whom = fault.targets === undefined ? '' : fault.targets.join(', ');
  if (fault.direction === 'both') return whom === '' ? '' : `and ${whom}`;
  return `(only what is sent ${fault.direction === 'to' ? 'to' : 'by'} ${whom === '' ? 'others' : whom})`;
}

/** The lines that people see; none for what only programs want. */
export function textLines(event: RunEvent): string[] {
  switch (event.event) {
    case 'start': {
      const { cluster } = event;
      const again = ': repeat with --seed)';
      const origin = { option: ' (--seed)', file: '', chance: ` (chosen${again}`, repetition: ` (derived${again}` }[
        event.seedFrom
      ];
      const { repetition } = event;
      return [
        ...(repetition === undefined ? [] : [`run ${repetition.number} of ${repetition.of}`]),
        `${event.scenario}${event.description === '' ? '' : `: ${event.description.trim()}`}`,
        `seed ${event.seed}${origin} | ${cluster.masters} master${cluster.masters === 1 ? '' : 's'}, ${cluster.datanodes} datanodes, replication ${cluster.replication}, ` +
          `${formatBytes(cluster.chunkSizeBytes)} chunks, profile ${cluster.profile} | ${event.clients} clients | ` +
          `${event.durationMs / 1_000}s`,
      ];
    }
    case 'schedule':
      return [];
    case 'ready':
      return [`cluster ready after ${(event.startupMs / 1_000).toFixed(1)}s in ${event.dir}`];
    case 'tick':
      return [tickLine(event)];
    case 'fault': {
      const effect = { none: 'NO EFFECT: ', passed: 'nothing to affect: ', seen: '', watching: '' }[event.effect];
      const said = event.refused === true ? 'REFUSED: ' : effect;
      return [`${clock(event.elapsedMs)}  ${event.fault.source} ${faultSummary(event.fault)}: ${said}${event.evidence}`];
    }
    case 'leader':
      return [
        `${event.elapsedMs === null ? 'setup'.padStart(CLOCK_CHARS) : clock(event.elapsedMs)}  ${event.node} leads in term ${event.term}`,
      ];
    case 'phase':
      return [`${clock(event.elapsedMs)}  ${event.phase}: ${event.detail}`];
    case 'probe':
      return [];
    case 'record':
      return [`history: ${event.verdict} by ${event.checks} checks, in ${event.path} (judge again: lab check ${event.path})`];
    case 'verdict':
      return verdictLines(event);
    case 'error':
      return [event.message];
  }
}
