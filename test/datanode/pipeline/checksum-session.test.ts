/** A datanode answers the CRC32 of a part of a replica from its file of checksums. */
import { expect, test } from 'vitest';
import { openOnPool } from '../../../src/protocol/channel-pool.js';
import { askChunkChecksum } from '../../../src/protocol/chunk-checksum.js';
import type { ChecksumAnswer__Output } from '../../../src/protocol/generated/distrifs/v1/ChecksumAnswer.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { CLUSTER, dataFile, patternBytes, TIMINGS, World } from '../fixtures.js';

const DATA = patternBytes(3 * BLOCK_BYTES + 5);

interface Asked {
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
  readonly version?: number;
  readonly clusterId?: string;
  readonly nodeId?: string;
}

async function ask(world: World, asked: Asked = {}): Promise<ChecksumAnswer__Output> {
  const open = { clusterId: CLUSTER, chunkId: 7, version: 2, offsetBytes: 0, lengthBytes: DATA.length, nodeId: 'dn-1', ...asked };
  const { opened, lease } = await openOnPool(world.pool, 'dn-1:9000', (channel) =>
    askChunkChecksum(channel, open, TIMINGS.streamTimeoutMs),
  );
  lease.release(true);
  return opened;
}

async function withChunk(seed: number, check: (world: World) => Promise<void>): Promise<void> {
  const world = new World(seed);
  await world.sim.run(async () => {
    await world.up('dn-1');
    await world.writeChunk(7, 2, ['dn-1'], DATA);
    await check(world);
  });
}

test('serveChecksum: any part of whole blocks, cut at the end of the chunk', async () => {
  await withChunk(611, async (world) => {
    for (const [offsetBytes, lengthBytes, covered] of [
      [0, DATA.length, DATA.length],
      [0, DATA.length + 1, DATA.length],
      [0, 0, 0],
      [0, BLOCK_BYTES - 1, 0],
      [0, DATA.length - 1, 3 * BLOCK_BYTES],
      [BLOCK_BYTES, BLOCK_BYTES, BLOCK_BYTES],
      [BLOCK_BYTES, 2 * BLOCK_BYTES + 4, 2 * BLOCK_BYTES],
      [BLOCK_BYTES, 2 * BLOCK_BYTES + 5, 2 * BLOCK_BYTES + 5],
      [3 * BLOCK_BYTES, 5, 5],
    ] as const) {
      expect(await ask(world, { offsetBytes, lengthBytes })).toEqual({
        crc32: crc32(DATA.subarray(offsetBytes, offsetBytes + covered)),
        lengthBytes: covered,
        chunkLengthBytes: DATA.length,
      });
    }
  });
});

test('serveChecksum: reads no data: damage on the disk does not show, a file that is gone does', async () => {
  await withChunk(612, async (world) => {
    const { disk } = world.sim.machine('dn-1');
    disk.flipBit(dataFile(7), BLOCK_BYTES + 1);
    expect(await ask(world)).toMatchObject({ crc32: crc32(DATA) });
    disk.removeFile(dataFile(7));
    await expect(ask(world)).rejects.toMatchObject({ code: 'CHUNK_NOT_FOUND', nodeId: 'dn-1' });
  });
});

test('serveChecksum: refuses what is not its own, and the connection stays usable', async () => {
  await withChunk(613, async (world) => {
    await expect(ask(world, { version: 3 })).rejects.toMatchObject({ code: 'STALE_VERSION', nodeId: 'dn-1' });
    await expect(ask(world, { clusterId: 'another' })).rejects.toMatchObject({ code: 'FOREIGN_CLUSTER' });
    await expect(ask(world, { nodeId: 'dn-2' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(ask(world, { offsetBytes: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(ask(world, { offsetBytes: 4 * BLOCK_BYTES })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(await ask(world)).toMatchObject({ crc32: crc32(DATA) });
  });
});
