/** What operators see of a quarantine, and do to it, over the data port. */
import { expect, test } from 'vitest';
import { QuarantineAdmin } from '../../../src/client/admin/quarantine-admin.js';
import { BLOCK_BYTES, QUARANTINE_PAGE_MAX } from '../../../src/shared/limits.js';
import { CLUSTER, dataFile, metaFile, patternBytes, sameBytes, TIMINGS, uuidOf, World } from '../fixtures.js';

const DATA = patternBytes(2 * BLOCK_BYTES + 5);
const REMOVAL = '0123abcd';
const NODE = { clusterId: CLUSTER, nodeId: 'dn-1', address: 'dn-1:9000' };
const itemOf = (chunkId: number): string => `${uuidOf(chunkId)}.${REMOVAL}`;
const aside = (name: string): string => `quarantine/${name}.${REMOVAL}`;

/** A node with chunks whose files were moved to the quarantine while it was down, each with a bad block. */
async function withQuarantine(world: World, ...chunkIds: number[]): Promise<QuarantineAdmin> {
  const { disk } = world.sim.machine('dn-1');
  await world.up('dn-1');
  for (const chunkId of chunkIds) await world.writeChunk(chunkId, 2, ['dn-1'], DATA);
  await world.nodes.get('dn-1')!.stop();
  for (const chunkId of chunkIds) {
    for (const name of [dataFile(chunkId), metaFile(chunkId, 2)]) {
      disk.writeFile(aside(name), disk.readFile(name));
      disk.removeFile(name);
    }
    disk.flipBit(aside(dataFile(chunkId)), BLOCK_BYTES + 1);
  }
  world.master.believes.clear();
  await world.startNode('dn-1');
  await world.sim.runUntil(() => world.master.believes.has('dn-1'));
  return new QuarantineAdmin(world.client, TIMINGS);
}

test('QuarantineAdmin: lists what is set aside, verifies it, restores what is good again, and deletes what is named', async () => {
  const world = new World(601);
  await world.sim.run(async () => {
    const admin = await withQuarantine(world, 7, 8);
    const { disk } = world.sim.machine('dn-1');
    disk.writeFile(aside('chunk-ffffffff-ffff-8000-8000-000000000001'), DATA);
    const items = await admin.list(NODE);
    expect(items.map(({ name, chunkId, versions, hasData, finding }) => [name, chunkId, versions, hasData, finding])).toEqual([
      [itemOf(7), 7, [2], true, 'NOT_VERIFIED'],
      [itemOf(8), 8, [2], true, 'NOT_VERIFIED'],
      [`ffffffff-ffff-8000-8000-000000000001.${REMOVAL}`, 0, [], true, 'NOT_VERIFIED'],
    ]);
    const act = (action: 'VERIFY' | 'RESTORE' | 'PURGE', name: string) => admin.act(NODE, action, name, 1_000);
    expect(await act('VERIFY', itemOf(7))).toMatchObject({ finding: 'DIFFERS', badBlocks: 1, dataBytes: DATA.length });
    expect(await act('VERIFY', items[2]?.name ?? '')).toMatchObject({ finding: 'UNVERIFIABLE' });
    await expect(act('RESTORE', itemOf(7))).rejects.toMatchObject({ code: 'DATA_CORRUPT', nodeId: 'dn-1', retriable: false });
    await expect(act('RESTORE', items[2]?.name ?? '')).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(act('PURGE', itemOf(9))).rejects.toMatchObject({ code: 'NOT_FOUND' });

    disk.flipBit(aside(dataFile(7)), BLOCK_BYTES + 1);
    expect(await act('VERIFY', itemOf(7))).toMatchObject({ finding: 'MATCHES' });
    expect(await act('RESTORE', itemOf(7))).toMatchObject({ finding: 'RESTORED' });
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 0, DATA.length), DATA)).toBe(true);
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.get(7) === 2);

    // A replica of this version is there: the other one is not needed.
    await world.writeChunk(8, 2, ['dn-1'], DATA);
    disk.flipBit(aside(dataFile(8)), BLOCK_BYTES + 1);
    await expect(act('RESTORE', itemOf(8))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await act('PURGE', itemOf(8))).toMatchObject({ finding: 'PURGED' });
    expect((await admin.list(NODE)).map(({ name }) => name)).toEqual([items[2]?.name]);
    expect(sameBytes(await world.readChunk('dn-1', 8, 2, 0, DATA.length), DATA)).toBe(true);
  });
});

test('QuarantineAdmin: another cluster and another node are refused, and many items come in pages', async () => {
  const world = new World(602);
  await world.sim.run(async () => {
    const admin = await withQuarantine(world);
    expect(await admin.list(NODE)).toEqual([]);
    await expect(admin.list({ ...NODE, clusterId: 'another' })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(admin.list({ ...NODE, nodeId: 'dn-2' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const { disk } = world.sim.machine('dn-1');
    const count = QUARANTINE_PAGE_MAX + 3;
    for (let chunkId = 1; chunkId <= count; chunkId += 1) disk.writeFile(aside(dataFile(chunkId)), new Uint8Array(1));
    const names = (await admin.list(NODE)).map(({ name }) => name);
    expect(names).toHaveLength(count);
    expect(new Set(names).size).toBe(count);
  });
});
