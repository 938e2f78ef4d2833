/** Builds the model of a report from the content of a run folder. Pure: equal data gives an equal report. */
import type { ChunkCounts } from '../../supervisor/api/cluster-status.js';
import { formatBytes } from '../../shared/units.js';
import { signalText } from '../../supervisor/api/exit-text.js';
import { faultBands, keptFaults } from './fault-bands.js';
import { nodeLanes } from './node-lanes.js';
import { operationRows } from './operation-rows.js';
import { rateBins } from './rate-bins.js';
import { runClockOffset } from './run-clock-offset.js';
import type {
  ChunkPoint,
  ReportCheck,
  ReportFact,
  ReportMark,
  ReportModel,
  ReportNode,
  ReportViolation,
} from './report-model.js';
import type { RunData, TimedEvent } from './run-data.js';
import type { RunMode } from '../record/run-results.js';
import { nodeNames } from '../scenario/model/scenario.js';
import { trafficArrows } from './traffic-arrows.js';

const CHUNK_POINTS_MAX = 4_000;
const MARKS_MAX = 4_000;
/** Minimum length of the time axis, for a run without duration. */
const SPAN_MS_MIN = 1_000;
const SCENARIO_CHARS_MAX = 200_000;

type TimeOf = (runMs: number) => number;
type EventOf<Name extends TimedEvent['event']> = Extract<TimedEvent, { event: Name }>;

const eventOf = <Name extends TimedEvent['event']>(events: readonly TimedEvent[], name: Name): EventOf<Name> | undefined =>
  events.find((event): event is EventOf<Name> => event.event === name);

/** Every n-th item, and the last one. */
function thinned<T>(items: readonly T[], max: number): readonly T[] {
  const step = Math.ceil(items.length / max);
  return step <= 1 ? items : items.filter((_, index) => index % step === 0 || index === items.length - 1);
}

function checksOf({ results, history }: RunData, timeOf: TimeOf): ReportCheck[] {
  const byId = new Map(history.map((operation) => [operation.id, operation]));
  const shownMs = (ids: readonly number[]): number | null => {
    const ends = ids.flatMap((id) => byId.get(id) ?? []).map(({ invokedMs, completedMs }) => completedMs ?? invokedMs);
    return ends.length === 0 ? null : timeOf(Math.max(...ends));
  };
  const rows = (results?.rows ?? []).map(({ check, kind, holds, detail }): ReportCheck => {
    const verdict = holds ? 'pass' : kind === 'promise' ? 'fail' : 'unknown';
    return { check, kind: kind === 'promise' ? 'guarantee' : kind, verdict, detail, violations: [] };
  });
  const checks = (results?.checks ?? []).map(({ checker, verdict, detail, violations }): ReportCheck => {
    const reported = violations.map(({ operationIds, message }): ReportViolation => {
      return { check: checker, message, operationIds, atMs: shownMs(operationIds) };
    });
    return { check: checker, kind: 'checker', verdict, detail, violations: reported };
  });
  return [...rows, ...checks];
}

function chunkPoints({ samples, events }: RunData, timeOf: TimeOf): readonly ChunkPoint[] {
  const sampled = samples.flatMap((sample): ChunkPoint[] => {
    if (sample.sample === 'chunks') return [{ atMs: timeOf(sample.runMs), ...countsOf(sample) }];
    return sample.sample === 'status' && sample.masterReachable
      ? [{ atMs: timeOf(sample.runMs), ...countsOf(sample.chunks) }]
      : [];
  });
  const ticks = events.flatMap((event): ChunkPoint[] =>
    event.event === 'tick' && event.masterReachable ? [{ atMs: event.elapsedMs, ...countsOf(event) }] : [],
  );
  return thinned(sampled.length > 0 ? sampled : ticks, CHUNK_POINTS_MAX);
}

type RecordedCounts = Pick<ChunkCounts, 'healthy' | 'underReplicated' | 'missing'> & Partial<Pick<ChunkCounts, 'unreported'>>;

/** Runs of earlier versions have no count of unreported chunks. */
const countsOf = ({ healthy, underReplicated, missing, unreported = 0 }: RecordedCounts): Omit<ChunkPoint, 'atMs'> => {
  return { healthy, underReplicated, missing, unreported };
};

/** Time of a leader event. Before the workload began, only the run's clock is known; null: no time is known. */
const leaderMs = ({ elapsedMs, virtualMs, runMs = virtualMs }: EventOf<'leader'>, timeOf: TimeOf): number | null =>
  runMs === undefined ? elapsedMs : timeOf(runMs);

function marksOf({ events, samples }: RunData, timeOf: TimeOf): readonly ReportMark[] {
  const phases = events.flatMap((event): ReportMark[] => {
    if (event.event === 'phase') {
      return [{ atMs: event.elapsedMs, kind: 'phase', node: null, text: `${event.phase}: ${event.detail}` }];
    }
    // The folder has no samples.
    if (event.event !== 'leader' || samples.some(({ sample }) => sample === 'leader')) return [];
    const atMs = leaderMs(event, timeOf);
    return atMs === null ? [] : [{ atMs, kind: 'leader', node: event.node, text: `leads in term ${event.term}` }];
  });
  const others = samples.flatMap((sample): ReportMark[] => {
    switch (sample.sample) {
      case 'node-exit': {
        const how = sample.signal === null ? `with exit code ${String(sample.code)}` : `by ${signalText(sample.signal)}`;
        return [{ atMs: timeOf(sample.runMs), kind: 'exit', node: sample.node, text: `ended ${how}` }];
      }
      case 'leader':
        return [{ atMs: timeOf(sample.runMs), kind: 'leader', node: sample.node, text: `leads in term ${sample.term}` }];
      case 'node-state': {
        const text = `${sample.to} (was ${sample.from})`;
        return [{ atMs: timeOf(sample.runMs), kind: 'state', node: sample.node, text }];
      }
      default:
        return [];
    }
  });
  return thinned(
    [...phases, ...others].sort((a, b) => a.atMs - b.atMs),
    MARKS_MAX,
  );
}

const MODES: Readonly<Record<RunMode, string>> = {
  simulation: 'simulation, on virtual time',
  processes: 'processes, on real ports',
  threads: 'threads of one process, on real ports',
};

/** Earlier labs recorded threads as processes, and a run that did not end has no results; the start event is more precise. */
function modeOf({ results, events }: RunData): RunMode {
  if (results?.mode === 'simulation' || events.some(({ virtualMs }) => virtualMs !== undefined)) return 'simulation';
  return eventOf(events, 'start')?.cluster.runtime === 'thread' ? 'threads' : (results?.mode ?? 'processes');
}

function factsOf(data: RunData, offsetMs: number): ReportFact[] {
  const { name, results, events, samples, history } = data;
  const start = eventOf(events, 'start');
  const host = samples.find((sample) => sample.sample === 'host');
  const { simulation, repetition } = results ?? {};
  const facts: (ReportFact | null)[] = [
    ['run', name],
    ['seed', String(results?.seed ?? start?.seed ?? 'unknown')],
    repetition === undefined
      ? null
      : ['repetition', `${repetition.number} of ${repetition.of}, from seed ${repetition.firstSeed}`],
    ['mode', MODES[modeOf(data)]],
    start === undefined ? null : ['cluster', clusterText(start.cluster)],
    start === undefined ? null : ['workload', `${start.clients} clients for ${start.durationMs / 1_000} s`],
    results?.elapsedMs === undefined ? null : ['duration', `${(results.elapsedMs / 1_000).toFixed(1)} s`],
    ['operations', history.length.toLocaleString('en')],
    ...(eventOf(events, 'verdict')?.notes ?? []).map((note): ReportFact => ['note', note]),
    // Messages of violations give times of that clock.
    ['workload began', `at ${offsetMs.toFixed(1)} ms of the history's clock`],
    simulation === undefined
      ? null
      : ['events', `${simulation.events.toLocaleString('en')}, digest ${simulation.digest.slice(0, 16)}`],
    host === undefined ? null : ['versions', `distrifs-lab ${host.lab}, Node ${host.node}, ${host.system}`],
  ];
  return facts.filter((fact) => fact !== null);
}

function clusterText({ masters, datanodes, racks, replication, chunkSizeBytes, profile }: EventOf<'start'>['cluster']): string {
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  const parts = [count(masters, 'master'), count(datanodes, 'datanode'), count(racks, 'rack'), `replication ${replication}`];
  return [...parts, `chunks of ${formatBytes(chunkSizeBytes)}`, `profile ${profile}`].join(', ');
}

function commandsOf({ results, events }: RunData): string[] {
  const seed = results?.seed ?? eventOf(events, 'start')?.seed;
  if (results === null) return seed === undefined ? [] : [`lab run scenario.yaml --seed ${seed}`];
  if (results.mode !== 'simulation') return ['lab replay .', 'lab check .'];
  const shrink = results.verdict === 'fail' ? ['lab shrink .'] : [];
  return ['lab replay . --trace', 'lab check .', ...shrink];
}

function nodeIdsOf({ events, samples }: RunData): string[] {
  const start = eventOf(events, 'start');
  const ids = new Set(start === undefined ? [] : nodeNames(start.cluster));
  for (const sample of samples) {
    if (sample.sample === 'node-state') ids.add(sample.node);
    else if (sample.sample === 'status') for (const [id] of sample.nodes) ids.add(id);
  }
  return [...ids];
}

/** The first moment of interest: the first violation, the first fault with an effect, or the middle of the run. */
function focusOf(violations: readonly ReportViolation[], model: Pick<ReportModel, 'faults' | 'fromMs' | 'toMs'>): number {
  const shown = violations.flatMap(({ atMs }) => atMs ?? []);
  if (shown.length > 0) return Math.min(...shown);
  const fault = model.faults.find(({ effect }) => effect === 'seen');
  return fault?.fromMs ?? (model.fromMs + model.toMs) / 2;
}

/** For runs of earlier labs: leader events are the only data about the masters. */
function withReportedLeads(
  nodes: readonly ReportNode[],
  { events, samples }: RunData,
  timeOf: TimeOf,
  span: Pick<ReportModel, 'fromMs' | 'toMs'>,
): readonly ReportNode[] {
  if (samples.some(({ sample }) => sample === 'leader' || sample === 'status')) return nodes;
  const leaderEvents = events.flatMap((event) =>
    event.event === 'leader' ? { ...event, fromMs: Math.max(span.fromMs, leaderMs(event, timeOf) ?? span.fromMs) } : [],
  );
  const leads = leaderEvents.map(({ node, term, fromMs }, index) => {
    return { node, term, fromMs, toMs: leaderEvents[index + 1]?.fromMs ?? span.toMs };
  });
  return nodes.map((node) => ({ ...node, leads: leads.filter((lead) => lead.node === node.id) }));
}

/** @param operationsMax operations that are drawn individually. Default: OPERATIONS_MAX */
export function buildModel(data: RunData, operationsMax?: number): ReportModel {
  const { results, events, history, samples, messages } = data;
  const { offsetMs, note } = runClockOffset(data);
  const timeOf: TimeOf = (runMs) => runMs - offsetMs;
  const start = eventOf(events, 'start');
  const lastMs = events.reduce((last, event) => Math.max(last, 'elapsedMs' in event ? (event.elapsedMs ?? 0) : 0), 0);
  const ends = history.reduce((last, { invokedMs, completedMs }) => Math.max(last, timeOf(completedMs ?? invokedMs)), 0);
  const firstMs = history.reduce((first, { invokedMs }) => Math.min(first, timeOf(invokedMs)), 0);
  const fromMs = Math.floor(firstMs);
  const toMs = Math.ceil(Math.max(lastMs, ends, results?.elapsedMs ?? 0, fromMs + SPAN_MS_MIN));
  const span = { fromMs, toMs };
  const checks = checksOf(data, timeOf);
  const violations = checks.flatMap((check) => check.violations).sort((a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity));
  const violating = new Set(violations.flatMap(({ operationIds }) => operationIds));
  const operations = operationRows(history, violating, timeOf, operationsMax);
  const allFaults = faultBands(events, toMs);
  const faults = keptFaults(allFaults);
  const errors = events.flatMap((event) => (event.event === 'error' ? event.message : []));
  const notes = [...data.missing, ...(note === null ? [] : [note])];
  if (operations.rows.length < operations.total) {
    notes.push(
      `${operations.rows.length.toLocaleString('en')} of ${operations.total.toLocaleString('en')} operations are drawn individually: first those that violations name, then failed ones, then a sample of the rest. Rates and latencies count all operations.`,
    );
  }
  if (faults.length < allFaults.length) {
    notes.push(
      `${faults.length.toLocaleString('en')} of ${allFaults.length.toLocaleString('en')} faults are shown: first those without effect, then the earliest. The other ${(allFaults.length - faults.length).toLocaleString('en')} are in events.ndjson.`,
    );
  }
  return {
    scenario: results?.scenario ?? start?.scenario ?? data.name,
    description: start?.description.trim() ?? '',
    verdict: results?.verdict ?? 'unfinished',
    reasons: results === null ? errors : (results.reasons ?? []),
    facts: factsOf(data, offsetMs),
    commands: commandsOf(data),
    checks,
    ...span,
    nodes: withReportedLeads(nodeLanes(nodeIdsOf(data), samples, timeOf, span), data, timeOf, span),
    faults,
    marks: marksOf(data, timeOf),
    operations,
    rates: rateBins(history, timeOf, span),
    chunks: chunkPoints(data, timeOf),
    traffic: trafficArrows(messages, samples, timeOf),
    violations,
    focusMs: focusOf(violations, { faults, ...span }),
    scenarioText: data.scenarioText.slice(0, SCENARIO_CHARS_MAX),
    notes,
  };
}
