import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DistriFS } from '../../../src/index.js';
import { Cluster } from '../../../src/supervisor/cluster/cluster.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import { until } from '../../until.js';

/** Lost writes are a matter of chance: so often is enough, and the rest is a failure. */
const ROUNDS_MAX = 20;
const DATANODES = ['dn-1', 'dn-2'];
const ALL = ['m-1', ...DATANODES];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.each(['process', 'thread'] as const)('power cuts of nodes, each a %s', (runtime) => {
  let cluster: Cluster;
  let client: DistriFS;
  beforeAll(async () => {
    cluster = await Cluster.start({ masters: 1, datanodes: DATANODES.length, replication: 2, runtime });
    const master = cluster.masters().map(({ address }) => address);
    client = await DistriFS.connect({ master, proxy: cluster.clientProxy(), profile: 'fast' });
  });
  afterAll(async () => {
    await client.close();
    await cluster.close();
  });

  const areLive = (): Promise<void> =>
    until(async () => (await cluster.status()).nodes.every(({ state }) => state === 'live'), 'every node is live');
  const folderOf = (id: string): string => cluster.datanodes().find((node) => node.id === id)?.dataDir ?? '';
  const undoFolders = (): string[] => readdirSync(cluster.dir).filter((name) => name.endsWith('.undo'));

  /** The files of a node's folder by inode and birth: a name may change, and the inode of a file that is gone is given to a new one. */
  function bytesIn(folder: string): ReadonlyMap<string, Buffer> {
    const found = new Map<string, Buffer>();
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const file = statSync(path, { throwIfNoEntry: false });
      if (file?.isFile() === true) found.set(`${file.ino} ${file.birthtimeMs}`, readFileSync(path));
    }
    return found;
  }

  test('of everything at once: what was acknowledged is there, and the exits say why', async () => {
    const exits: ClusterEvent[] = [];
    onTestFinished(
      cluster.onEvent((event) => {
        if (event.event === 'node-exit') exits.push(event);
      }),
    );
    const acknowledged = new Map<string, string>();
    let isOver = false;
    const write = async (writer: number): Promise<void> => {
      for (let at = 0; !isOver; at++) {
        const [path, bytes] = [`/w${writer}-${at}`, Buffer.alloc(30_000 + 1_000 * at, 16 * writer + at)];
        await client.writeFile(path, bytes);
        acknowledged.set(path, sha256(bytes));
      }
    };
    const writing = Promise.allSettled([1, 2, 3, 4].map(write));
    for (const round of [1, 2]) {
      // What is written and not fsynced yet is so for a while: there is much to lose.
      const slow = await cluster.inject({ action: 'slow', delayMs: 25 }, ALL, { choiceSeed: 5 });
      const wanted = acknowledged.size + 8;
      await until(() => acknowledged.size >= wanted, 'more files');
      // Who is suspended has to run for it, and nobody hears of that.
      if (round === 2) await cluster.pause('dn-2');
      await cluster.powercut(...ALL);
      expect(exits.map((exit) => exit.event === 'node-exit' && [exit.node, exit.signal]).sort()).toEqual(
        ALL.flatMap((id) => Array.from({ length: round }, () => [id, 'power cut'])).sort(),
      );
      expect(undoFolders()).toEqual([]);
      await slow.lift();
      await cluster.restart(...ALL);
      await areLive();
    }
    isOver = true;
    await writing;
    expect(acknowledged.size).toBeGreaterThanOrEqual(16);
    for (const [path, digest] of acknowledged) expect([path, sha256(await client.readFile(path))]).toEqual([path, digest]);
  });

  let cuts = 0;
  /** Ends dn-1 in the middle of a write. @returns how many of the files that the kernel held of it are whole, gone, or torn */
  async function endInTheMiddle(end: 'powercut' | 'kill'): Promise<{ whole: number; gone: number; torn: number }> {
    const before = new Set(bytesIn(folderOf('dn-1')).keys());
    const newBytes = (): (readonly [string, Buffer])[] => [...bytesIn(folderOf('dn-1'))].filter(([file]) => !before.has(file));
    const slow = await cluster.inject({ action: 'slow', delayMs: 20 }, DATANODES, { choiceSeed: 5 });
    const [path, bytes] = [`/cut-${++cuts}`, randomBytes(4 * 1024 * 1024)];
    const isWritten = client.writeFile(path, bytes).then(
      () => true,
      () => false,
    );
    await until(() => newBytes().some(([, content]) => content.length > 200_000), 'a part of it is on the node');
    // Who stands still writes nothing: what is there now is what the kernel holds of it.
    await cluster.pause('dn-1');
    const held = newBytes();
    await cluster[end]('dn-1');
    const left = bytesIn(folderOf('dn-1'));
    const outcomes = held.map(([file, content]) => {
      const is = left.get(file);
      if (is === undefined) return 'gone';
      return content.equals(is.subarray(0, content.length)) ? 'whole' : 'torn';
    });
    if (end === 'powercut') expect(undoFolders()).not.toContain('.dn-1.undo');
    await slow.lift();
    await cluster.restart('dn-1');
    await areLive();
    // Acknowledged or not: it is whole, or it is not there.
    if (await isWritten) expect(sha256(await client.readFile(path))).toBe(sha256(bytes));
    const count = (what: string): number => outcomes.filter((outcome) => outcome === what).length;
    return { whole: count('whole'), gone: count('gone'), torn: count('torn') };
  }

  test('in the middle of a write: names and bytes that were not synced are gone, or torn; a kill takes nothing back', async () => {
    const seen = { gone: 0, torn: 0 };
    for (let round = 1; seen.gone === 0 || seen.torn === 0; round++) {
      expect(round).toBeLessThanOrEqual(ROUNDS_MAX);
      const { gone, torn } = await endInTheMiddle('powercut');
      seen.gone += gone;
      seen.torn += torn;
    }
    const killed = await endInTheMiddle('kill');
    expect(killed).toEqual({ whole: expect.any(Number) as number, gone: 0, torn: 0 });
    expect(killed.whole).toBeGreaterThan(0);
  });
});
