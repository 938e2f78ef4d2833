import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { readLabRecord, readRunningRecord } from '../../../src/supervisor/folder/lab-record.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { NodeStatus } from '../../../src/supervisor/api/cluster-status.js';
import { until } from '../../until.js';

const statusOf = async (cluster: Cluster, id: string): Promise<NodeStatus | undefined> =>
  (await cluster.status()).nodes.find((node) => node.id === id);
const reaches = (cluster: Cluster, id: string, states: readonly string[]): Promise<void> =>
  until(async () => states.includes((await statusOf(cluster, id))?.state ?? ''), `${id} is ${states.join(' or ')}`);
const chunksOn = (cluster: Cluster, id: string): number =>
  readdirSync(cluster.datanodes().find((node) => node.id === id)!.dataDir).filter((name) => /^chunk-[0-9a-f-]+$/.test(name))
    .length;

test('Cluster.add: new datanodes serve under load, take chunks and repairs, can be broken, and are there again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'cluster-add-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const cluster = await Cluster.start({ dir, masters: 1, datanodes: 3, racks: 2, replication: 3 });
  onTestFinished(() => cluster.close());
  const events: ClusterEvent[] = [];
  cluster.onEvent((event) => events.push(event));

  await expect(cluster.add()).rejects.toThrow('Cannot add no node: the next free name is dn-4');
  await expect(cluster.add('dn-5')).rejects.toThrow('Cannot add dn-5: the next free name is dn-4');
  await expect(cluster.add('dn-3')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(cluster.add('m-2')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(cluster.add('dn-4', 'dn-4')).rejects.toThrow('Cannot add dn-4, dn-4: the next free names are dn-4, dn-5');
  const tooMany = Array.from({ length: 48 }, (_, index) => `dn-${index + 4}`);
  await expect(cluster.add(...tooMany)).rejects.toThrow('Cannot add 48 datanodes to 3: a lab has 50 at most');
  expect(cluster.datanodes()).toHaveLength(3);

  const client = await DistriFS.connect({ master: cluster.masters()[0]!.address, proxy: cluster.clientProxy(), profile: 'fast' });
  onTestFinished(() => client.close());
  const acknowledged = new Map<string, string>();
  let isOver = false;
  const writing = (async () => {
    for (let at = 0; !isOver; at += 1) {
      await client.writeFile(`/f-${at}`, `content ${at}`);
      acknowledged.set(`/f-${at}`, `content ${at}`);
    }
  })();
  writing.catch(() => undefined);
  await until(() => acknowledged.size > 5, 'files before the node is added');

  await cluster.isolate(['dn-2']);
  await cluster.add('dn-4');
  expect(await statusOf(cluster, 'dn-4')).toMatchObject({ state: 'live', rack: 'rack-2', partitioned: false });
  expect(events).toContainEqual(expect.objectContaining({ event: 'fault', action: 'add', nodes: ['dn-4'] }));
  const info = cluster.datanodes().find(({ id }) => id === 'dn-4')!;
  expect(info.address.split(':')[0]).not.toBe(cluster.datanodes()[0]!.address.split(':')[0]);
  expect(existsSync(info.log)).toBe(true);
  expect(readRunningRecord(dir)?.children.find(({ id }) => id === 'dn-4')).toMatchObject(identityOf(info.pid!)!);
  expect(readLabRecord(dir)?.nodes.find(({ id }) => id === 'dn-4')).toMatchObject({ rack: 'rack-2', address: info.address });
  await cluster.heal();
  await until(() => chunksOn(cluster, 'dn-4') > 0, 'chunks are placed on the new node');

  // One of the three is lost for good: every third copy has to go to the new node.
  await cluster.kill('dn-1');
  isOver = true;
  await writing;
  await until(async () => {
    const [{ chunks, repairsCompleted }, views] = [await cluster.status(), await cluster.chunks(10_000)];
    const isWhole = chunks.underReplicated === 0 && chunks.healthy === chunks.total;
    return isWhole && repairsCompleted > 0 && views.every(({ nodeIds }) => nodeIds.includes('dn-4'));
  }, 'the repairs use the new node');

  const twice = await Promise.allSettled([cluster.add('dn-5'), cluster.add('dn-5'), cluster.add('dn-6')]);
  expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(cluster.datanodes().map(({ id }) => id)).toEqual(['dn-1', 'dn-2', 'dn-3', 'dn-4', 'dn-5', 'dn-6']);
  await cluster.isolate(['dn-5']);
  await cluster.pause('dn-6');
  await reaches(cluster, 'dn-5', ['stale', 'dead']);
  expect(await statusOf(cluster, 'dn-6')).toMatchObject({ state: 'paused', rack: 'rack-2' });
  await cluster.heal();
  await cluster.resume('dn-6');
  for (const id of ['dn-5', 'dn-6']) await reaches(cluster, id, ['live']);

  const pids = cluster.datanodes().flatMap(({ pid }) => pid ?? []);
  const addresses = cluster.datanodes().map(({ address }) => address);
  await client.close();
  await cluster.close();
  expect(pids.map(identityOf)).toEqual(pids.map(() => null));
  await expect(cluster.add('dn-7')).rejects.toMatchObject({ code: 'CANCELLED' });

  const again = await Cluster.start({ dir });
  onTestFinished(() => again.close());
  expect(again.datanodes().map(({ address }) => address)).toEqual(addresses);
  const reader = await DistriFS.connect({ master: again.masters()[0]!.address, profile: 'fast' });
  onTestFinished(() => reader.close());
  for (const [path, content] of acknowledged) expect(await reader.readFile(path, 'utf8')).toBe(content);
});
