import { expect, test } from 'vitest';
import { BlockPool } from '../../src/client/transfer/block-pool.js';
import { ChunkBuffer } from '../../src/client/write/chunk-buffer.js';
import { Exclusions } from '../../src/client/write/exclusions.js';
import { normalizePath } from '../../src/client/file-path.js';
import { NodePenalties } from '../../src/client/transfer/node-penalties.js';
import { Stats } from '../../src/client/stats.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { crc32 } from '../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { sample } from './fake-cluster.js';

test('ChunkBuffer: takes what fits, gives whole blocks with their checksums, and the last one once sealed', () => {
  const buffer = new ChunkBuffer(new BlockPool(), 2 * BLOCK_BYTES);
  const data = sample(3 * BLOCK_BYTES);
  expect(buffer.append(data.subarray(0, BLOCK_BYTES + 10))).toBe(BLOCK_BYTES + 10);
  expect(buffer.readyBlocks).toBe(1);
  expect(buffer.block(0)).toEqual({ data: data.subarray(0, BLOCK_BYTES), checksum: crc32(data.subarray(0, BLOCK_BYTES)) });
  buffer.seal();
  buffer.seal();
  expect(buffer.readyBlocks).toBe(2);
  expect(Buffer.from(buffer.block(1).data).equals(data.subarray(BLOCK_BYTES, BLOCK_BYTES + 10))).toBe(true);

  buffer.clear();
  expect(buffer.append(data)).toBe(2 * BLOCK_BYTES);
  expect(buffer.isFull).toBe(true);
  expect(buffer.readyBlocks).toBe(2);
  buffer.seal();
  expect(buffer.readyBlocks).toBe(2);
});

test('Exclusions: bounded, the oldest is forgiven first', () => {
  const exclusions = new Exclusions();
  for (let i = 0; i < 20; i++) exclusions.add(`dn-${i}`);
  expect(exclusions.nodeIds).toHaveLength(16);
  expect(exclusions.nodeIds[0]).toBe('dn-4');
  exclusions.clear();
  expect(exclusions.isEmpty).toBe(true);
});

test('NodePenalties: the local node first, failed nodes last, for a while; the rest spread evenly', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock, random } = sim.machine('m').boot();
  const penalties = new NodePenalties(clock, random, 1_000);
  const nodes = ['a', 'b', 'c', 'd'].map((nodeId) => ({ nodeId }));
  penalties.add('b');
  const firsts = new Map<string, number>();
  for (let i = 0; i < 300; i++) {
    const order = penalties.order(nodes, undefined).map((node) => node.nodeId);
    expect(order[3]).toBe('b');
    firsts.set(order[0]!, (firsts.get(order[0]!) ?? 0) + 1);
  }
  for (const nodeId of ['a', 'c', 'd']) expect(firsts.get(nodeId)).toBeGreaterThan(60);
  expect(penalties.order(nodes, 'c')[0]).toEqual({ nodeId: 'c' });
  await sim.advance(1_001);
  expect(penalties.order(nodes, 'b')[0]).toEqual({ nodeId: 'b' });
});

test.each([
  ['/', '/'],
  ['//', '/'],
  ['/a/', '/a'],
  ['/a//b/./c/../d', '/a/b/d'],
  ['/../..', '/'],
])('normalizePath: %s is %s', (path, normal) => {
  expect(normalizePath(path)).toBe(normal);
});

test('Stats: in the shape of node:fs', () => {
  const info = {
    path: '/d/f',
    name: 'f',
    fileId: 7,
    owner: 'o',
    group: 'g',
    lengthBytes: 5,
    replication: 3,
    chunkSizeBytes: 64,
    chunkCount: 1,
  };
  const file = new Stats({ ...info, kind: 'FILE', mode: 0o640, modifiedMs: 1_767_225_600_000, createdMs: 0 });
  expect(file).toMatchObject({ size: 5, ino: 7, mode: 0o100640, mtimeMs: 1_767_225_600_000 });
  expect([file.isFile(), file.isDirectory(), file.isSymbolicLink()]).toEqual([true, false, false]);
  expect(file.mtime.toISOString()).toBe('2026-01-01T00:00:00.000Z');
  expect(new Stats({ ...info, kind: 'DIRECTORY', mode: 0o755, modifiedMs: 0, createdMs: 0 }).mode).toBe(0o040755);
});
