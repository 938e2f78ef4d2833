/** Each workload, and the steady load, for a moment on one cluster of real processes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { judgeHistory } from '../../../src/lab/checkers/judge-history.js';
import { HistoryRecorder } from '../../../src/lab/history/history-recorder.js';
import { readHistory } from '../../../src/lab/history/read-history.js';
import { recordingClient } from '../../../src/lab/history/recording-client.js';
import { runEndChecks } from '../../../src/lab/run/end-checks.js';
import { readWorkloadJson } from '../../../src/lab/scenario/grammar/step-json.js';
import type { SteadyLoadStatus, SteadyLoadWords } from '../../../src/supervisor/api/steady-load.js';
import { connectFileClient } from '../../../src/lab/workloads/connect-client.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { createSteadyLoad } from '../../../src/lab/live/steady-workload.js';
import { WorkloadRunner } from '../../../src/lab/run/workload-runner.js';

const MOMENT_MS = 1_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start({ masters: 1, datanodes: 3, replication: 2, chunkSizeBytes: 256 * 1_024 });
});
afterAll(() => cluster.close());

test.each<SteadyLoadWords>([
  { type: 'write-verify', clients: 2, size: '1-300KiB' },
  { type: 'big-file', clients: 2, size: '1-2MiB' },
  { type: 'many-small', clients: 2, rate: '150/s' },
  { type: 'read-heavy', clients: 2, rate: '150/s', size: '1-300KiB', names: 8 },
  { type: 'rename-storm', clients: 4, rate: '200/s', names: 3 },
  { type: 'metadata', clients: 3, rate: '100/s', size: '16-99B' },
])('$type works on real processes, and every checker is content', async (words) => {
  const lines: string[] = [];
  const recorder = new HistoryRecorder(
    () => nodeClock.nowMs(),
    (line) => void lines.push(line),
  );
  const clients: FileClient[] = [];
  const connect = (name: string): FileClient => {
    const client = recordingClient(connectFileClient(cluster, name, 'fast'), recorder, name);
    clients.push(client);
    return client;
  };
  const replace = async (lost: FileClient, name: string): Promise<FileClient> => {
    await lost.close();
    return connect(name);
  };
  const ending = new AbortController();
  const workloadRunner = new WorkloadRunner({
    workload: [readWorkloadJson(words, 'No workload')],
    seed: 1,
    clock: nodeClock,
    signal: ending.signal,
    connect,
    replace,
    root: `/${words.type ?? ''}`,
  });
  const work = await workloadRunner.start();
  await nodeClock.sleep(MOMENT_MS);
  ending.abort();
  await Promise.all(work);
  const { promises, counters } = workloadRunner;
  const { signal } = new AbortController();
  const { filesRead } = await runEndChecks({
    client: connect('client'),
    expectations: workloadRunner.expectations(),
    promises,
    clock: nodeClock,
    signal,
  });
  await Promise.all(clients.map((client) => client.close()));
  recorder.end();
  const { checks } = judgeHistory(readHistory(lines.join('')), { faults: [], doubts: [] });
  expect(promises.broken).toEqual([]);
  expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(checks.find(({ checker }) => checker === 'linearizability')).toMatchObject({ verdict: 'pass' });
  expect(filesRead).toBeGreaterThan(0);
  expect(counters.filesAcked).toBeGreaterThan(1);
});

test('createSteadyLoad: stop cuts a beginning short', async () => {
  const load = createSteadyLoad(cluster, { profile: 'fast' });
  await cluster.pause('m-1');
  const beginning = expect(load.start()).rejects.toThrow('The load was switched off while it began');
  // Its first client asks a master that does not answer.
  await nodeClock.sleep(100);
  await load.stop();
  expect(load.status().isOn).toBe(false);
  await beginning;
  await cluster.resume('m-1');
});

test('createSteadyLoad: is switched on and off, shows how it does, and sweeps what an earlier one left', async () => {
  const load = createSteadyLoad(cluster, { profile: 'fast' });
  expect(load.status()).toMatchObject({ isOn: false, type: '', sinceMs: null });
  await expect(load.start({ type: 'write-verfy' })).rejects.toThrow(/unknown workload type "write-verfy": did you mean/);
  await expect(load.start({ rate: '5' })).rejects.toThrow(/"rate" "5" is not a rate/);
  expect(load.status().isOn).toBe(false);
  await load.stop();

  const worked = new Promise<SteadyLoadStatus>((resolve) => {
    load.onChange((status) => {
      if (status.operations > 10 && status.bytes > 0 && status.isOn) resolve(status);
    });
  });
  await load.start({ type: 'many-small', clients: 2, rate: '100/s' });
  await expect(load.start()).rejects.toThrow(/many-small with 2 clients is on; stop it first/);
  const status = await worked;
  expect(status).toMatchObject({ isOn: true, type: 'many-small', clients: 2, errors: 0, broken: 0, lastError: '' });
  expect(status.opsPerSecond).toBeGreaterThan(0);
  expect(status.p99Ms).toBeGreaterThanOrEqual(status.p50Ms ?? Infinity);
  await load.stop();
  const { isOn, operations } = load.status();
  expect(isOn).toBe(false);
  expect(operations).toBeGreaterThanOrEqual(status.operations);

  const looker = connectFileClient(cluster, 'looker', 'fast');
  const folders = async (): Promise<string[]> => (await looker.readdir('/')).filter((name) => name.startsWith('load-'));
  const before = await folders();
  expect(before).toHaveLength(1);
  await load.start();
  const after = await folders();
  expect(after).toHaveLength(1);
  expect(after).not.toEqual(before);
  await load.stop();
  await looker.close();
});
