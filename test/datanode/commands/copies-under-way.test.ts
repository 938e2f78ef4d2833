import { expect, test } from 'vitest';
import { BLOCK_BYTES, WRITE_WINDOW_BYTES } from '../../../src/shared/limits.js';
import { dataFile, patternBytes, TIMINGS, tmpFile, World } from '../fixtures.js';

/** More than a writer may send unacknowledged. */
const LENGTH = WRITE_WINDOW_BYTES + 36 * BLOCK_BYTES;

function copyCommand(commandId: number, chunkId: number) {
  const targets = [{ nodeId: 'dn-2', address: 'dn-2:9000' }];
  return { commandId, term: 1, replicate: { chunkId, version: 1, lengthBytes: LENGTH, targets } };
}

/** A world in which dn-1 holds chunks and copies them over a narrow line to dn-2, by these commands. */
async function copying(world: World, chunkIds: readonly number[], task: () => Promise<void>): Promise<void> {
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    for (const chunkId of chunkIds) await world.writeChunk(chunkId, 1, ['dn-1'], patternBytes(LENGTH));
    world.sim.network.inject({ kind: 'bandwidth', bytesPerSecond: BLOCK_BYTES }, ['dn-1'], ['dn-2']);
    world.master.commands.set(
      'dn-1',
      chunkIds.map((chunkId) => copyCommand(chunkId, chunkId)),
    );
    await world.sim.runUntil(() => world.master.copies.get('dn-1')?.length === chunkIds.length);
    await task();
  });
}

test('a copy is named in heartbeats with its progress, until it has ended', async () => {
  const world = new World(1);
  await copying(world, [7], async () => {
    const acked = (): number => world.master.copies.get('dn-1')?.[0]?.ackedBytes ?? -1;
    for (let passed = 1; passed <= 5; passed++) {
      const before = acked();
      await world.sim.runUntil(() => acked() > before);
      expect(world.master.copies.get('dn-1')).toMatchObject([{ term: 1, commandId: 7, chunkId: 7 }]);
    }
    world.master.commands.clear();
    await world.sim.runUntil(() => world.files('dn-2').includes(dataFile(7)), { limitMs: 300_000 });
    await world.sim.runUntil(() => world.master.copies.get('dn-1')?.length === 0);
    expect(world.master.failures).toEqual([]);
  });
});

test('a copy that is cancelled ends, on its target too, and so does one that waits; both are reported', async () => {
  const world = new World(2);
  const chunkIds = [1, 2, 3, 4, 5];
  await copying(world, chunkIds, async () => {
    await world.sim.runUntil(() => world.files('dn-2').includes(tmpFile(1, 1)));
    const cancels = [1, 5].map((commandId) => ({ commandId: 10 + commandId, term: 1, cancel: { commandId } }));
    world.master.commands.set('dn-1', cancels);
    await world.sim.runUntil(() => world.master.failures.length === 2, { limitMs: 10 * TIMINGS.heartbeatIntervalMs });
    world.master.commands.clear();
    expect(world.master.failures).toMatchObject([1, 5].map((commandId) => ({ commandId, error: { code: 'CANCELLED' } })));
    const named = (): number[] | undefined => world.master.copies.get('dn-1')?.map(({ chunkId }) => chunkId);
    await world.sim.runUntil(() => named()?.length === 3);
    expect(named()).toEqual([2, 3, 4]);
    await world.sim.runUntil(() => !world.files('dn-2').includes(tmpFile(1, 1)), { limitMs: 300_000 });
    expect(world.files('dn-2')).not.toContain(dataFile(1));
  });
});
