import { expect, test } from 'vitest';
import { SeededRandom } from '../../../src/runtime/faults/seeded-random.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { DfsError } from '../../../src/shared/errors.js';
import {
  checkDurability,
  checkExactlyOnce,
  checkIntegrity,
  checkNoResurrection,
} from '../../../src/lab/checkers/content-guarantees.js';
import { worst } from '../../../src/lab/checkers/check-result.js';
import type { CheckResult } from '../../../src/lab/checkers/check-result.js';
import { checkLinearizability } from '../../../src/lab/checkers/linearizability.js';
import { HistoryRecorder } from '../../../src/lab/history/history-recorder.js';
import type { Operation } from '../../../src/lab/history/operation.js';
import { readHistory } from '../../../src/lab/history/read-history.js';
import { recordingClient } from '../../../src/lab/history/recording-client.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { MetadataChooser, metadataFiles } from '../../../src/lab/workloads/types/metadata-operations.js';
import { WorkloadRunner } from '../../../src/lab/run/workload-runner.js';
import type { MetadataWorkload } from '../../../src/lab/workloads/workload-types.js';
import type { WorkloadCounters } from '../../../src/lab/workloads/workload-counters.js';
import { FakeNamespace } from './fake-namespace.js';
import type { Lie } from './fake-namespace.js';

const WORKLOAD: MetadataWorkload = {
  type: 'metadata',
  clients: 4,
  opsPerSecond: 60,
  names: 6,
  sizeBytesMin: 16,
  sizeBytesMax: 99,
};
const DURATION_MS = 15_000;

interface Worked {
  readonly history: readonly Operation[];
  readonly counters: WorkloadCounters;
}

/** Runs the workload on a fake file system, on virtual time. */
async function work(seed: number, lie?: Lie, wrap: (client: FileClient) => FileClient = (client) => client): Promise<Worked> {
  const sim = new Simulation({ seed });
  const lines: string[] = [];
  const recorder = new HistoryRecorder(
    () => sim.nowMs,
    (line) => void lines.push(line),
  );
  const counters = await sim.run(async () => {
    const { clock } = sim.machine('client').boot();
    const files = new FakeNamespace(clock, new SeededRandom(String(seed), 'files'), lie);
    const alive = new Map<string, { crash(): void }>();
    const connect = (name: string): FileClient => {
      const client = files.client();
      alive.set(name, client);
      return recordingClient(wrap(client), recorder, name);
    };
    const ending = new AbortController();
    const replace = async (_: FileClient, name: string): Promise<FileClient> => {
      alive.get(name)?.crash();
      return connect(name);
    };
    const workloadRunner = new WorkloadRunner({ workload: [WORKLOAD], seed, clock, signal: ending.signal, connect, replace });
    const workers = await workloadRunner.start();
    await clock.sleep(DURATION_MS);
    ending.abort();
    await Promise.all(workers);
    return workloadRunner.counters;
  });
  recorder.end();
  return { history: readHistory(lines.join('')), counters };
}

const checksOf = (history: readonly Operation[]): CheckResult[] =>
  [checkDurability, checkIntegrity, checkLinearizability, checkExactlyOnce, checkNoResurrection].map((check) => check(history));

test('metadata: its history has every kind of operation, overlapping, and passes every checker', async () => {
  const { history, counters } = await work(1);
  expect(checksOf(history).map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
  const kinds = new Set(history.map(({ kind, outcome, recursive }) => `${kind}${recursive === true ? '-r' : ''} ${outcome}`));
  for (const kind of ['create', 'overwrite', 'read', 'stat', 'list', 'delete', 'delete-r', 'mkdir', 'rename'])
    expect(kinds).toContain(`${kind} ok`);
  const overlaps = history.filter(
    (a, i) => history[i + 1] !== undefined && history[i + 1]!.invokedMs < (a.completedMs ?? Infinity),
  );
  expect(overlaps.length / history.length).toBeGreaterThan(0.2);
  expect(history.length / (DURATION_MS / 1_000)).toBeGreaterThan(WORKLOAD.opsPerSecond! * 0.8);
  expect(history.length / (DURATION_MS / 1_000)).toBeLessThan(WORKLOAD.opsPerSecond! * 1.1);
  // Some clients crashed in the middle of something.
  const sessions = new Set(history.map(({ session }) => session));
  expect(sessions.size).toBeGreaterThan(WORKLOAD.clients + 4);
  expect(history.some(({ outcome }) => outcome === 'unknown')).toBe(true);
  const written = history.flatMap(({ kind, sha256 }) => (kind === 'create' || kind === 'overwrite' ? [sha256] : []));
  expect(new Set(written).size).toBe(written.length);
  expect(counters).toMatchObject({ errors: 0 });
  expect(Math.min(counters.filesAcked, counters.bytesAcked, counters.readsVerified, counters.filesDeleted)).toBeGreaterThan(20);
});

test('metadata: a seed decides the history', async () => {
  const [once, again, other] = [await work(2), await work(2), await work(3)];
  expect(again.history).toEqual(once.history);
  expect(other.history).not.toEqual(once.history);
});

test.each<Lie>(['stale-read', 'lost-delete', 'create-replaces', 'rename-copies', 'short-list', 'late-again', 'wrong-bytes'])(
  'metadata: its history shows a file system that lies: %s',
  async (lie) => {
    const { history, counters } = await work(1, lie);
    expect(worst(checksOf(history).map(({ verdict }) => verdict))).toBe('fail');
    expect(counters.errors > 0).toBe(lie === 'wrong-bytes');
  },
);

test('metadata: pauses after a failure, counts it, and goes on; refusals are none', async () => {
  const refuse = async (): Promise<never> => {
    throw new DfsError('UNAVAILABLE', 'nobody there');
  };
  const { history, counters } = await work(1, undefined, (client) => ({ ...client, exists: refuse, writeFile: refuse }));
  const failed = history.filter(({ error }) => error === 'ECONNREFUSED');
  expect(failed.length).toBeGreaterThan(20);
  expect(counters).toMatchObject({ errors: failed.length, lastError: 'nobody there' });
  for (const { session, invokedMs, completedMs } of failed) {
    const next = history.find((operation) => operation.session === session && operation.invokedMs > invokedMs);
    if (next !== undefined) expect(next.invokedMs - (completedMs ?? 0)).toBeGreaterThanOrEqual(99.9);
  }
});

test('MetadataChooser: writes only where no directory is renamed, and nowhere outside metadataFiles', () => {
  for (const names of [1, 2, 7]) {
    const workload = { ...WORKLOAD, names };
    const files = new Set(metadataFiles(workload));
    const chooser = new MetadataChooser(workload, new SeededRandom('1', 'chooser'));
    const operations = Array.from({ length: 3_000 }, () => chooser.next());
    const moved = operations.flatMap((operation) =>
      operation.kind === 'rename' ? [operation.path, operation.toPath] : operation.kind === 'delete-tree' ? [operation.path] : [],
    );
    for (const operation of operations) {
      if (operation.kind === 'read') expect(files).toContain(operation.path);
      if (operation.kind !== 'create' && operation.kind !== 'overwrite') continue;
      expect(files).toContain(operation.path);
      expect(moved.some((path) => operation.path.startsWith(`${path}/`))).toBe(false);
    }
    expect(new Set(operations.flatMap(({ kind, path }) => (kind === 'create' ? [path] : []))).size).toBe(names);
  }
});
