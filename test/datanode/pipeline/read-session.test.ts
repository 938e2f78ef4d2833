import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { dataFile, metaFile, patternBytes, rejection, sameBytes, World } from '../fixtures.js';

const DATA = patternBytes(4 * BLOCK_BYTES + 1000);

async function worldWithChunk(seed: string): Promise<World> {
  const world = new World(seed);
  await world.sim.run(async () => {
    await world.up('dn-1', 'dn-2');
    await world.writeChunk(7, 2, ['dn-1', 'dn-2'], DATA);
    await world.sim.runUntil(() => ['dn-1', 'dn-2'].every((name) => world.master.statesOf(name, 7).includes('COMMITTED')));
  });
  return world;
}

test.each([
  [0, DATA.length],
  [0, 1],
  [DATA.length - 1, 1],
  [BLOCK_BYTES - 1, 2],
  [BLOCK_BYTES, BLOCK_BYTES],
  [100, 3 * BLOCK_BYTES],
  [4 * BLOCK_BYTES, 5000],
  [77, 0],
  [DATA.length, 10],
])('a read of %i + %i bytes gives exactly these, cut at the end of the chunk', async (offset, length) => {
  const world = await worldWithChunk(`range ${offset} ${length}`);
  await world.sim.run(async () => {
    const read = await world.readChunk('dn-1', 7, 2, offset, length);
    expect(sameBytes(read, DATA.subarray(offset, offset + length))).toBe(true);
  });
});

test('a read of another version, or an absent chunk, is refused, and the connection stays good', async () => {
  const world = await worldWithChunk('refused');
  await world.sim.run(async () => {
    expect(await rejection(world.readChunk('dn-1', 7, 1, 0, 10))).toMatchObject({ code: 'STALE_VERSION', nodeId: 'dn-1' });
    expect(await rejection(world.readChunk('dn-1', 7, 3, 0, 10))).toMatchObject({ code: 'STALE_VERSION' });
    expect(await rejection(world.readChunk('dn-1', 8, 1, 0, 10))).toMatchObject({ code: 'CHUNK_NOT_FOUND', nodeId: 'dn-1' });
    expect(await rejection(world.readChunk('dn-1', 7, 2, DATA.length + 1, 1))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 5, 10), DATA.subarray(5, 15))).toBe(true);
  });
});

test('a flipped bit gives DATA_CORRUPT and never the bytes; the replica is reported CORRUPT, stays, and serves its good blocks', async () => {
  const world = await worldWithChunk('flip');
  const { disk } = world.sim.machine('dn-1');
  await world.sim.run(async () => {
    disk.flipBit(dataFile(7), 2 * BLOCK_BYTES + 5);
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 0, BLOCK_BYTES), DATA.subarray(0, BLOCK_BYTES))).toBe(true);
    expect(await rejection(world.readChunk('dn-1', 7, 2, 0, DATA.length))).toMatchObject({
      code: 'DATA_CORRUPT',
      nodeId: 'dn-1',
    });
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).includes('CORRUPT'), { limitMs: 1_000 });
    expect(world.master.believes.get('dn-1')?.has(7)).toBe(false);
    const rest = DATA.subarray(3 * BLOCK_BYTES);
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 3 * BLOCK_BYTES, rest.length), rest)).toBe(true);
    expect((await rejection(world.readChunk('dn-1', 7, 2, 2 * BLOCK_BYTES, 10))).code).toBe('DATA_CORRUPT');
    expect(disk.files()).toEqual(expect.arrayContaining([dataFile(7), metaFile(7, 2)]));
    // A whole copy of the same version takes its place.
    await world.writeChunk(7, 2, ['dn-1'], DATA);
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).at(-1) === 'COMMITTED');
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 0, DATA.length), DATA)).toBe(true);
  });
});

test('damage of the meta, and a cut data file, are damage of the replica', async () => {
  const world = await worldWithChunk('meta');
  await world.sim.run(async () => {
    await world.writeChunk(8, 1, ['dn-1'], DATA);
    const { disk } = world.sim.machine('dn-1');
    world.sim.machine('dn-1').crash();
    disk.flipBit(metaFile(7, 2), 30);
    disk.writeFile(dataFile(8), DATA.subarray(0, DATA.length - 1));
    await world.startNode('dn-1');
    await world.sim.runUntil(() => world.master.believes.get('dn-1')?.size === 0);
    expect(disk.files().filter((name) => name.startsWith('quarantine/'))).toEqual([]);
    expect((await rejection(world.readChunk('dn-1', 7, 2, 0, 10))).code).toBe('DATA_CORRUPT');
    expect(sameBytes(await world.readChunk('dn-1', 8, 1, 5, BLOCK_BYTES), DATA.subarray(5, 5 + BLOCK_BYTES))).toBe(true);
  });
});

test('a good replica that an earlier release moved to quarantine is served again after a start', async () => {
  const world = await worldWithChunk('quarantine');
  await world.sim.run(async () => {
    const machine = world.sim.machine('dn-1');
    machine.crash();
    for (const name of [dataFile(7), metaFile(7, 2)]) {
      machine.disk.writeFile(`quarantine/${name}.0123abcd`, machine.disk.readFile(name));
      machine.disk.removeFile(name);
    }
    const before = world.master.statesOf('dn-1', 7).length;
    await world.startNode('dn-1');
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).length > before);
    expect(world.master.statesOf('dn-1', 7).at(-1)).toBe('COMMITTED');
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 0, DATA.length), DATA)).toBe(true);
    expect(world.files('dn-1').filter((name) => name.startsWith('quarantine/'))).toEqual([]);
  });
});

test('a data file removed under a reader gives CHUNK_NOT_FOUND, and is reported at once', async () => {
  const world = await worldWithChunk('removed');
  await world.sim.run(async () => {
    world.sim.machine('dn-1').disk.removeFile(dataFile(7));
    expect((await rejection(world.readChunk('dn-1', 7, 2, 0, 10))).code).toBe('CHUNK_NOT_FOUND');
    await world.sim.runUntil(() => world.master.statesOf('dn-1', 7).includes('DELETED'), { limitMs: 500 });
  });
});

test('a disk that cannot read gives a retriable error; the replica is reported only when that lasts, and again when it is over', async () => {
  const world = await worldWithChunk('eio');
  await world.sim.run(async () => {
    const { disk } = world.sim.machine('dn-1');
    const states = (): string[] => world.master.statesOf('dn-1', 7);
    const before = states().length;
    const brief = disk.inject({ kind: 'eio', operations: ['read'], probability: 1 });
    expect(await rejection(world.readChunk('dn-1', 7, 2, 0, DATA.length))).toMatchObject({ retriable: true, nodeId: 'dn-1' });
    brief.lift();
    await world.sim.advance(10_000);
    expect(states()).toHaveLength(before);
    const lasting = disk.inject({ kind: 'eio', operations: ['read'], probability: 1 });
    await rejection(world.readChunk('dn-1', 7, 2, 0, DATA.length));
    await world.sim.runUntil(() => states().at(-1) === 'CORRUPT', { limitMs: 10_000 });
    lasting.lift();
    await world.sim.runUntil(() => states().at(-1) === 'COMMITTED', { limitMs: 10_000 });
    expect(sameBytes(await world.readChunk('dn-1', 7, 2, 0, DATA.length), DATA)).toBe(true);
    expect(world.files('dn-1').filter((name) => name.startsWith('chunk-'))).toEqual([dataFile(7), metaFile(7, 2)]);
  });
});
