import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import { until } from '../../until.js';

const WRITERS = 4;
/** Between two files of a writer. */
const PAUSE_MS = 30;
/** Acknowledged files between two faults. */
const FILES_BETWEEN = 20;

test('Cluster of three masters: the leader dies under load, twice, and hands over; all that was acknowledged is there', async () => {
  const cluster = await Cluster.start({ datanodes: 3, replication: 2 });
  onTestFinished(() => cluster.close());
  expect(cluster.masters().map(({ id }) => id)).toEqual(['m-1', 'm-2', 'm-3']);
  const master = cluster.masters().map(({ address }) => address);
  const proxy = cluster.clientProxy('writers');
  const client = await DistriFS.connect({ master: master.join(), proxy, profile: 'fast' });
  onTestFinished(() => client.close());

  const acknowledged = new Map<string, string>();
  let isOver = false;
  const write = async (writer: number): Promise<void> => {
    for (let at = 0; !isOver; at += 1) {
      // Without a pause, the load would take the processors from the cluster that it is for.
      await delay(PAUSE_MS);
      const [path, content] = [`/w${writer}-${at}`, `${writer} ${at} `.repeat(100)];
      await client.writeFile(path, content);
      acknowledged.set(path, content);
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  // Looked at when it is awaited.
  writing.catch(() => undefined);
  const more = async (): Promise<void> => {
    const wanted = acknowledged.size + FILES_BETWEEN;
    await until(() => acknowledged.size >= wanted, `${FILES_BETWEEN} more files`);
  };
  const leaderNow = async (): Promise<string> => {
    await until(async () => (await cluster.status()).leader !== null, 'a leader');
    return (await cluster.status()).leader ?? '';
  };

  await more();
  for (const _ of [1, 2]) {
    const leader = await leaderNow();
    await cluster.kill(leader);
    await more();
    expect(await leaderNow()).not.toBe(leader);
    await cluster.restart(leader);
  }
  await until(async () => (await cluster.status()).nodes.every(({ state }) => state === 'live'), 'every node is live');
  const before = await leaderNow();
  const target = await cluster.transferLeadership();
  expect(target).not.toBe(before);
  await more();
  isOver = true;
  await writing;

  for (const [path, content] of acknowledged) expect(await client.readFile(path, 'utf8')).toBe(content);
  await until(async () => {
    const members = (await cluster.status()).nodes.flatMap(({ member }) => (member === null ? [] : [member]));
    return (
      members.length === 3 && new Set(members.map(({ appliedIndex, stateDigest }) => `${appliedIndex} ${stateDigest}`)).size === 1
    );
  }, 'all masters hold the same');
});
