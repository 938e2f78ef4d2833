import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, sameBytes, World } from '../fixtures.js';

const DATA = patternBytes(4 * BLOCK_BYTES + 1000);
const NODES = ['dn-1', 'dn-2', 'dn-3', 'dn-4'] as const;

/** Chunk 7 on dn-1 to dn-3, and a command to dn-1 to copy it to dn-4, with blocks from the other two. */
async function copyAfter(seed: string, damage: (world: World) => void): Promise<World> {
  const world = new World(seed);
  await world.sim.run(async () => {
    await world.up(...NODES);
    await world.writeChunk(7, 2, ['dn-1', 'dn-2', 'dn-3'], DATA);
    damage(world);
    const address = (nodeId: string) => ({ nodeId, address: `${nodeId}:9000` });
    const replicate = {
      chunkId: 7,
      version: 2,
      lengthBytes: DATA.length,
      targets: [address('dn-4')],
      sources: [address('dn-2'), address('dn-3')],
    };
    world.master.commands.set('dn-1', [{ commandId: 1, term: 1, replicate }]);
    await world.sim.runUntil(() => world.master.failures.length > 0 || world.master.believes.get('dn-4')?.get(7) === 2);
    world.master.commands.clear();
  });
  return world;
}

test('copyReplica takes each block from a node that has it good, and the source reports its own damage', async () => {
  const world = await copyAfter('patched', ({ sim }) => {
    sim.machine('dn-1').disk.flipBit(dataFile(7), 0);
    sim.machine('dn-1').disk.flipBit(dataFile(7), 3 * BLOCK_BYTES);
    sim.machine('dn-1').disk.flipBit(dataFile(7), DATA.length - 1);
    sim.machine('dn-2').disk.flipBit(dataFile(7), 3 * BLOCK_BYTES + 1);
    sim.machine('dn-3').disk.flipBit(dataFile(7), BLOCK_BYTES);
  });
  await world.sim.run(async () => {
    expect(world.master.failures).toEqual([]);
    expect(sameBytes(await world.readChunk('dn-4', 7, 2, 0, DATA.length), DATA)).toBe(true);
    for (const id of ['dn-1', 'dn-2']) {
      await world.sim.runUntil(() => world.master.statesOf(id, 7).at(-1) === 'CORRUPT');
      expect(world.files(id)).toEqual(expect.arrayContaining([dataFile(7), metaFile(7, 2)]));
    }
  });
});

test('copyReplica gives up, and leaves nothing on the target, when no node has a block good', async () => {
  const world = await copyAfter('hopeless', ({ sim }) => {
    for (const id of ['dn-1', 'dn-2', 'dn-3']) sim.machine(id).disk.flipBit(dataFile(7), 2 * BLOCK_BYTES);
  });
  await world.sim.run(async () => {
    expect(world.master.failures[0]?.error).toMatchObject({ code: 'DATA_CORRUPT', nodeId: 'dn-1' });
    await world.sim.runUntil(() => !world.files('dn-4').some((name) => name.startsWith('chunk-')));
  });
});
