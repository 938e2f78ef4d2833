import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeChunkMeta } from '../../../src/datanode/store/chunk-meta.js';
import { crc32 } from '../../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../../src/shared/limits.js';
import { damageBlocks } from '../../../src/supervisor/faults/block-damage.js';
import { chunksOfFiles } from '../../../src/supervisor/faults/chunk-holders.js';
import { assertWipeable, damageReplicas } from '../../../src/supervisor/faults/disk-damage.js';
import { NothingToDamage } from '../../../src/supervisor/api/fault.js';
import { FolderDisk } from '../../../src/supervisor/cluster/folder-disk.js';
import { DiskSurvey, goodCopies, writingNodes, wronglyQuarantined } from '../../../src/supervisor/faults/good-copies.js';

const uuid = (number: number): string => `0123abcd-4567-8000-8000-${number.toString(16).padStart(12, '0')}`;
const NODES = ['dn-1', 'dn-2', 'dn-3'];

let dir = '';
let disks = new Map<string, FolderDisk>();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'good-copies-'));
  for (const nodeId of NODES) mkdirSync(join(dir, nodeId, 'quarantine'), { recursive: true });
  disks = new Map(NODES.map((nodeId) => [nodeId, new FolderDisk(join(dir, nodeId))]));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A replica as a datanode commits it. */
function put(nodeId: string, number: number, version = 1, lengthBytes = 3 * BLOCK_BYTES - 100): void {
  const data = Uint8Array.from({ length: lengthBytes }, (_, i) => (i * 31 + version) & 0xff);
  const blocks = Array.from({ length: Math.ceil(lengthBytes / BLOCK_BYTES) }, (_, i) =>
    data.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES),
  );
  const meta = encodeChunkMeta({ version, lengthBytes, checksums: Uint32Array.from(blocks, (block) => crc32(block)) });
  writeFileSync(join(dir, nodeId, `chunk-${uuid(number)}`), data);
  writeFileSync(join(dir, nodeId, `chunk-${uuid(number)}.v${version}.meta`), meta);
}

const nodesOf = (number: number): string[] => new DiskSurvey(disks).goodCopies(uuid(number)).map((copy) => copy.nodeId);

test('goodCopies finds the copies of the newest version whose data matches, as a datanode writes them', () => {
  for (const nodeId of NODES) put(nodeId, 1);
  put('dn-1', 2, 3);
  put('dn-2', 2, 4);
  put('dn-3', 2, 4);
  const found = goodCopies(disks);
  expect(found.get(uuid(1))?.map((copy) => copy.nodeId)).toEqual(NODES);
  expect(found.get(uuid(2))?.map((copy) => [copy.nodeId, copy.version])).toEqual([
    ['dn-2', 4],
    ['dn-3', 4],
  ]);
});

test('DiskSurvey: no flipped bit, cut byte or missing file of a replica goes unseen', () => {
  const [data, meta] = [`chunk-${uuid(1)}`, `chunk-${uuid(1)}.v1.meta`];
  const disk = disks.get('dn-1')!;
  const isGood = (): boolean => nodesOf(1).includes('dn-1');
  for (const file of [data, meta]) {
    put('dn-1', 1);
    const { length } = disk.readFile(file);
    for (const offset of [0, 1, 7, 15, 23, 27, 28, Math.floor(length / 2), length - 1]) {
      put('dn-1', 1);
      expect(isGood()).toBe(true);
      disk.flipBit(file, Math.min(offset, length - 1), 3);
      expect(isGood()).toBe(false);
    }
    for (const bytes of [0, 1, length - 1]) {
      put('dn-1', 1);
      disk.writeFile(file, disk.readFile(file).subarray(0, bytes));
      expect(isGood()).toBe(false);
    }
    put('dn-1', 1);
    disk.removeFile(file);
    expect(isGood()).toBe(false);
  }
});

test('DiskSurvey: of several metas the newest that fits counts, and a meta under a wrong name does not', () => {
  put('dn-1', 1, 2);
  const disk = disks.get('dn-1')!;
  disk.writeFile(`chunk-${uuid(1)}.v3.meta`, new Uint8Array(40));
  expect(new DiskSurvey(disks).goodCopies(uuid(1))).toMatchObject([{ nodeId: 'dn-1', version: 2 }]);
  disk.writeFile(`chunk-${uuid(1)}.v9.meta`, disk.readFile(`chunk-${uuid(1)}.v2.meta`));
  expect(new DiskSurvey(disks).goodCopies(uuid(1))).toMatchObject([{ version: 2 }]);
});

test.each([
  ['bitflip', 'bits flipped'],
  ['truncate', 'files truncated'],
  ['remove', 'files removed'],
] as const)('damageReplicas: %s leaves two good copies, and strikes a chunk that has three', async (action, counts) => {
  for (const file of ['chunk', 'meta'] as const) {
    for (const nodeId of NODES) put(nodeId, 1);
    for (const nodeId of ['dn-1', 'dn-2']) put(nodeId, 2);
    const damage = damageReplicas(disks, ['dn-1'], { action, file }, 77, () => true);
    expect(await damage.effects()).toBe(1);
    const suffix = file === 'meta' ? '.v1.meta' : '';
    const place = action === 'remove' ? '' : String.raw` byte \d+`;
    expect(damage.counts).toMatch(new RegExp(`^${counts}: dn-1 chunk-${uuid(1)}${suffix}${place}$`));
    expect(nodesOf(1)).toEqual(['dn-2', 'dn-3']);
    expect(nodesOf(2)).toEqual(['dn-1', 'dn-2']);
    for (const nodeId of NODES) {
      expect(() => damageReplicas(disks, [nodeId], { action, file }, 78, () => true)).toThrow('with 2 other good copies');
    }
  }
});

test('damageReplicas: several nodes lose replicas of different chunks, or none does', () => {
  for (const nodeId of NODES) put(nodeId, 1);
  const fault = { action: 'bitflip', file: 'chunk' } as const;
  expect(() => damageReplicas(disks, ['dn-1', 'dn-2'], fault, 1, () => true)).toThrow(/^dn-2 holds no good replica/);
  expect(nodesOf(1)).toEqual(NODES);
  for (const nodeId of NODES) put(nodeId, 2);
  damageReplicas(disks, ['dn-1', 'dn-2'], fault, 1, () => true);
  expect([...nodesOf(1), ...nodesOf(2)].sort()).toEqual(['dn-1', 'dn-2', 'dn-3', 'dn-3']);
});

test('damageReplicas strikes nothing that belongs to no file any more', () => {
  for (const nodeId of NODES) for (const chunk of [1, 2, 3]) put(nodeId, chunk);
  const isOfFile = (id: string): boolean => id === uuid(2);
  for (let choiceSeed = 0; choiceSeed < 8; choiceSeed += 1) {
    expect(damageReplicas(disks, ['dn-1'], { action: 'remove', file: 'chunk' }, choiceSeed, isOfFile).counts).toContain(uuid(2));
    put('dn-1', 2);
  }
  expect(() => damageReplicas(disks, ['dn-1'], { action: 'remove', file: 'chunk' }, 1, () => false)).toThrow(NothingToDamage);
});

test('chunksOfFiles: what the master lists is of files; where it does not say, all may be', async () => {
  const view = { path: '/f', index: 0, version: 1, lengthBytes: 1, replication: 3, nodeIds: [] };
  const isOfFile = await chunksOfFiles(() => Promise.resolve([{ ...view, uuid: uuid(1) }]));
  expect([uuid(1), uuid(2)].map(isOfFile)).toEqual([true, false]);
  for (const silent of [() => Promise.resolve([]), () => Promise.reject(new Error('no leader'))]) {
    expect((await chunksOfFiles(silent))(uuid(2))).toBe(true);
  }
});

test('assertWipeable: a disk may go when every chunk with a good copy on it has two elsewhere', async () => {
  let breaths = 0;
  const check = (...nodeIds: readonly string[]): Promise<void> => assertWipeable(disks, nodeIds, async () => (breaths += 1));
  for (const nodeId of NODES) put(nodeId, 1);
  for (const nodeId of ['dn-1', 'dn-2']) put(nodeId, 2);
  await check('dn-3');
  expect(breaths).toBe(1);
  await expect(check('dn-1')).rejects.toThrow(`chunk ${uuid(2)} on dn-1 has fewer than 2 good copies elsewhere`);
  await expect(check('dn-2', 'dn-3')).rejects.toMatchObject({ name: 'NothingToStrike' });
  disks.get('dn-1')!.flipBit(`chunk-${uuid(2)}`, 0, 0);
  await check('dn-1');
  await expect(check('dn-2')).rejects.toMatchObject({ name: 'NothingToStrike' });
});

test('wronglyQuarantined and writingNodes read what a datanode sets aside and writes', () => {
  put('dn-1', 1);
  const disk = disks.get('dn-1')!;
  const [data, meta] = [disk.readFile(`chunk-${uuid(1)}`), disk.readFile(`chunk-${uuid(1)}.v1.meta`)];
  // A folder is only looked at where replicas are: here the quarantine is given as a disk would list it.
  const files = new Map([
    [`quarantine/chunk-${uuid(1)}.0badcafe`, data],
    [`quarantine/chunk-${uuid(1)}.v1.meta.0badcafe`, meta],
    [`quarantine/chunk-${uuid(2)}.0badcafe`, data.subarray(1)],
    [`quarantine/chunk-${uuid(2)}.v1.meta.0badcafe`, meta],
  ]);
  const quarantine = { files: () => [...files.keys()], readFile: (path: string) => files.get(path) ?? new Uint8Array() };
  expect(wronglyQuarantined(new Map([['dn-1', quarantine]]))).toEqual([`dn-1 quarantine/chunk-${uuid(1)}.0badcafe`]);
  expect(writingNodes(disks)).toEqual([]);
  disk.writeFile(`chunk-${uuid(5)}.v1.tmp`, data);
  expect(writingNodes(disks)).toEqual(['dn-1']);
});

test('damageBlocks: a different block of each replica of one chunk, and never the last good copy of a block', () => {
  for (const nodeId of NODES) put(nodeId, 1);
  put('dn-1', 2);
  const flip = { action: 'bitflip', file: 'chunk', spare: 'block' } as const;
  const areGood = (): boolean[][] => new DiskSurvey(disks).blockCopies(uuid(1)).map((copy) => [...copy.areGood]);
  const isGoodSomewhere = (): boolean => [0, 1, 2].every((block) => areGood().some((replica) => replica[block]));
  const damage = (nodeIds: readonly string[], choiceSeed: number): ReturnType<typeof damageBlocks> =>
    damageBlocks(disks, nodeIds, flip, choiceSeed, () => true);
  expect(() => damage(['dn-1'], 1)).toThrow(NothingToDamage);
  damage(NODES, 1);
  expect(areGood().map((replica) => replica.filter((isGood) => !isGood).length)).toEqual([1, 1, 1]);
  expect(nodesOf(1)).toEqual([]);
  expect(isGoodSomewhere()).toBe(true);
  // Again and again, until nothing is left that may be damaged.
  for (let choiceSeed = 2; choiceSeed < 9; choiceSeed++) {
    try {
      damage(NODES, choiceSeed);
    } catch (error) {
      expect(error).toBeInstanceOf(NothingToDamage);
    }
    expect(isGoodSomewhere()).toBe(true);
  }
  expect(() => damage(NODES, 9)).toThrow(NothingToDamage);
  expect(nodesOf(2)).toEqual(['dn-1']);
});
