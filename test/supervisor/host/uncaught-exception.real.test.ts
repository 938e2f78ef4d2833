/** An error that no code of a node catches, in a real process and in a real thread. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { ClusterOptions } from '../../../src/supervisor/api/cluster-options.js';
import { until } from '../../until.js';

/** Loaded into every process and thread of the cluster: throws in dn-1, once the file is there. */
const planted = (trigger: string): string => `
  const { existsSync } = require('node:fs');
  const { isMainThread, workerData } = require('node:worker_threads');
  const id = isMainThread ? process.argv[3] : workerData?.spec?.id;
  if (id === 'dn-1') {
    const look = setInterval(() => {
      if (!existsSync(${JSON.stringify(trigger)})) return;
      clearInterval(look);
      throw new Error('planted in ' + id);
    }, 5);
    look.unref();
  }
`;

interface Planted {
  readonly options: ClusterOptions;
  readonly trigger: string;
}

function plant(runtime: 'process' | 'thread'): Planted {
  const folder = mkdtempSync(join(tmpdir(), 'uncaught-'));
  const [trigger, code] = [join(folder, 'now'), join(folder, 'planted.cjs')];
  writeFileSync(code, planted(trigger));
  const before = process.env['NODE_OPTIONS'];
  process.env['NODE_OPTIONS'] = `${before ?? ''} --require ${code}`;
  onTestFinished(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return { options: { masters: 1, datanodes: 2, replication: 1, runtime, dir: join(folder, 'lab') }, trigger };
}

describe.each(['process', 'thread'] as const)('%s', (runtime) => {
  test('an uncaught exception ends its node only, is in the log and in the exit, and the node starts again', async () => {
    const { options, trigger } = plant(runtime);
    const cluster = await Cluster.start(options);
    onTestFinished(() => cluster.close());
    const events: ClusterEvent[] = [];
    cluster.onEvent((event) => events.push(event));
    const lives = (): (number | null)[] => [...cluster.masters(), ...cluster.datanodes()].map(({ life }) => life);
    const [before, host] = [lives(), cluster.hostPid];
    writeFileSync(trigger, '');
    await until(() => events.some((event) => event.event === 'node-log' && event.level === 'error'), 'the lab tells the error');
    expect(events.filter((event) => event.event === 'node-exit')).toMatchObject([{ node: 'dn-1', code: 1, signal: null }]);
    expect(lives()).toEqual([before[0], null, before[2]]);
    expect(cluster.hostPid).toBe(host);
    expect(readFileSync(cluster.datanodes()[0]!.log, 'utf8')).toMatch(/planted in dn-1.*Uncaught exception/);
    const client = await DistriFS.connect({ master: cluster.masters()[0]!.address, profile: 'fast' });
    onTestFinished(() => client.close());
    await until(async () => (await cluster.status()).nodes[1]?.state === 'stopped', 'it is stopped');
    await client.writeFile('/still', 'served by the other');
    expect(await client.readFile('/still', 'utf8')).toBe('served by the other');
    rmSync(trigger);
    await cluster.restart('dn-1');
    await until(async () => (await cluster.status()).nodes.every(({ state }) => state === 'live'), 'it is back');
  });

  test('an exception before a node is told what to be fails the start at once, with the reason', async () => {
    const { options, trigger } = plant(runtime);
    writeFileSync(trigger, '');
    // Told by the node itself where its code is loaded already, by its exit otherwise.
    await expect(Cluster.start(options)).rejects.toThrow(/dn-1 (cannot run: planted in dn-1|ended)/);
    const log = readFileSync(join(options.dir ?? '', 'logs', 'dn-1.log'), 'utf8');
    expect(log).toContain('planted in dn-1');
  });
});
