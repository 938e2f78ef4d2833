/** A run folder with everything that a report shows, some of it written by somebody who wants to break out of the page. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation } from '../../../src/lab/history/operation.js';
import { sha } from '../checkers/histories.js';

/** Ends the script it stands in, and runs, where anything lets it. */
export const EVIL = '</script><script>window.broken=1</script><img src=x onerror="window.broken=1">\'"<!--';
/** The run's clock when the workload began. */
const OFFSET_MS = 5_000;

const lines = (items: readonly object[]): string => items.map((item) => `${JSON.stringify(item)}\n`).join('');

function operation(id: number, atMs: number, changes: Partial<Operation> = {}): Operation {
  const invokedMs = OFFSET_MS + atMs;
  const base = {
    id,
    client: `client-${(id % 3) + 1}`,
    kind: 'read',
    path: `/f-${id}`,
    sha256: sha('1'),
    lengthBytes: 1_000,
  } as const;
  return { ...base, invokedMs, completedMs: invokedMs + 20, outcome: 'ok', ...changes };
}

export function historyOf(count: number, spanMs: number): Operation[] {
  const spoiled: Readonly<Record<number, Partial<Operation>>> = {
    2: { kind: 'overwrite', path: `/evil/${EVIL.replaceAll('/', '|')}` },
    5: { outcome: 'fail', error: 'NOT_FOUND' },
    7: { kind: 'create', outcome: 'unknown', completedMs: null },
  };
  return Array.from({ length: count }, (_, index) => operation(index + 1, (index * spanMs) / count, spoiled[index + 1]));
}

const planned = (id: number, action: string, atMs: number, nodes: readonly string[], rest: object = {}): object => {
  return { action, id, atMs, nodes, source: 'step', choiceSeed: 1, ...rest };
};

const KILL = planned(1, 'kill', 1_000, ['dn-1']);
const BACK = planned(2, 'restart', 2_000, ['dn-1'], { source: 'undo' });
const CUT = planned(3, 'partition', 2_500, ['dn-2'], { kind: 'stall', direction: 'both' });
const LIFT = planned(4, 'lift', 4_000, ['dn-2'], { of: 3, source: 'undo' });
const FLIP = planned(5, 'bitflip', 4_500, ['dn-3'], { file: 'chunk' });
const NEVER = planned(6, 'kill', 99_000, ['m-1']);

const fault = (elapsedMs: number, what: object, effect: string, effects: number, evidence: string): object => {
  return { event: 'fault', elapsedMs, runMs: OFFSET_MS + elapsedMs, fault: what, effect, effects, evidence };
};

const EVENTS = [
  {
    event: 'start',
    scenario: 'evil',
    description: EVIL,
    seed: 9,
    seedFrom: 'file',
    cluster: { masters: 1, datanodes: 3, racks: 1, replication: 3, chunkSizeBytes: 65_536, profile: 'fast' },
    clients: 3,
    durationMs: 6_000,
  },
  { event: 'schedule', faults: [KILL, BACK, CUT, LIFT, FLIP, NEVER], late: [] },
  fault(1_010, KILL, 'seen', 1, `process gone ${EVIL}`),
  fault(2_020, BACK, 'seen', 1, 'new process'),
  fault(2_500, CUT, 'watching', 0, 'active'),
  fault(4_000, CUT, 'seen', 42, '42 bytes held'),
  fault(4_001, LIFT, 'seen', 1, 'lifted'),
  fault(4_500, FLIP, 'none', 0, 'no replica'),
  { event: 'tick', elapsedMs: 3_000, healthy: 3, underReplicated: 2, missing: 1, masterReachable: true },
  { event: 'phase', elapsedMs: 6_000, phase: 'heal', detail: 'every link opened' },
];

const state = (atMs: number, node: string, from: string, to: string): object => {
  return { sample: 'node-state', runMs: OFFSET_MS + atMs, node, from, to };
};

const SAMPLES = [
  { sample: 'host', lab: '1.2.3', node: 'v20', system: 'linux x64' },
  {
    sample: 'status',
    runMs: OFFSET_MS,
    nodes: ['m-1', 'dn-1', 'dn-2', 'dn-3'].map((id) => [id, 'live', id === 'm-1' ? 'leader' : null]),
    chunks: { total: 3, healthy: 3, underReplicated: 0, missing: 0, unreported: 0 },
    leader: 'm-1',
    term: 2,
    masterReachable: true,
  },
  state(1_010, 'dn-1', 'live', 'stopped'),
  { sample: 'node-exit', runMs: OFFSET_MS + 1_010, node: 'dn-1', code: null, signal: 'SIGKILL' },
  { sample: 'chunks', runMs: OFFSET_MS + 1_500, total: 3, healthy: 1, underReplicated: 2, missing: 0, unreported: 0 },
  state(2_020, 'dn-1', 'stopped', 'live'),
  state(3_000, 'dn-2', 'live', 'stale'),
  state(3_600, 'dn-2', 'stale', 'dead'),
  state(4_200, 'dn-2', 'dead', 'live'),
  {
    sample: 'flows',
    sinceMs: OFFSET_MS + 2_000,
    runMs: OFFSET_MS + 2_250,
    links: [
      ['client-1', 'dn-1', 9_000],
      ['dn-1', 'dn-2', 100],
    ],
  },
];

export interface FixtureOptions {
  readonly operations?: number;
  readonly spanMs?: number;
  /** As an earlier lab left it. */
  readonly withoutSamples?: boolean;
  readonly withoutResults?: boolean;
  /** Of damage to dn-3, one each millisecond. */
  readonly extraFaults?: number;
  readonly messages?: readonly object[];
}

/** Makes the folder; the caller removes it. */
export function makeRunFolder(options: FixtureOptions = {}): string {
  const { operations = 60, spanMs = 6_000, withoutSamples = false, withoutResults = false, messages } = options;
  const folder = join(mkdtempSync(join(tmpdir(), 'report-test-')), '20260131T101502Z-9');
  mkdirSync(folder);
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const extra = Array.from({ length: options.extraFaults ?? 0 }, (_, index) =>
    fault(index, planned(100 + index, 'bitflip', index, ['dn-3'], { file: 'chunk' }), 'seen', 1, 'flipped'),
  );
  const all = [...EVENTS, ...extra];
  const events = withoutSamples ? all.map((event) => ({ ...event, runMs: undefined })) : all;
  put('events.ndjson', lines(events));
  put('history.ndjson', lines(historyOf(operations, spanMs)));
  put('scenario.resolved.yaml', `seed: 9 # ${EVIL}\n`);
  if (!withoutSamples) put('samples.ndjson', lines(SAMPLES));
  if (messages !== undefined) put('messages.ndjson', lines(messages));
  const violation = { operationIds: [3, 9], message: `read ${EVIL}\nsecond line` };
  const results = {
    version: 2,
    mode: messages === undefined ? 'processes' : 'simulation',
    scenario: 'evil',
    seed: 9,
    elapsedMs: 7_000,
    operations,
    facts: { faults: [], doubts: [] },
    rows: [{ check: 'no-corruption', kind: 'promise', holds: true, detail: '7 reads' }],
    verdict: 'fail',
    reasons: [`integrity: ${EVIL}`],
    checks: [
      { checker: 'integrity', verdict: 'fail', detail: '1 violations', violations: [violation] },
      { checker: 'linearizability', verdict: 'unknown', detail: 'too many', violations: [] },
    ],
  };
  if (!withoutResults) put('results.json', JSON.stringify(results));
  return folder;
}
