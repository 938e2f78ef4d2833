/** Faults of disks, felt in files and by clients. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { FolderDisk, usedBytesOf } from '../../../src/supervisor/cluster/folder-disk.js';
import { goodCopies } from '../../../src/supervisor/faults/good-copies.js';
import type { IoAction } from '../../../src/supervisor/api/fault.js';
import type { EffectLab } from './effect-lab.js';
import { ended } from './prove-effects.js';
import type { Proof } from './prove-effects.js';

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** As the files on the disks have it: by chunk, how many good copies there are. */
const copies = (lab: EffectLab): number[] => {
  const disks = new Map(lab.cluster.datanodes().map(({ id, dataDir }) => [id, new FolderDisk(dataDir)]));
  return [...goodCopies(disks).values()].map((good) => good.length);
};

async function proveDamage(lab: EffectLab, word: string, file: 'chunk' | 'meta'): Promise<void> {
  const path = lab.newPath();
  const bytes = Buffer.alloc(50_000, 7);
  await lab.client.writeFile(path, bytes, { replication: 4 });
  await lab.until(async () => (await lab.cluster.holders(path)).length === 4, 'all have it');
  const before = sum(copies(lab));
  // It cannot find the damage, and mend it, before somebody has seen it.
  await lab.order('pause dn-1');
  expect(await lab.order(`${word} dn-1 target=${file}`)).toMatchObject({ effect: 'seen', effects: 1 });
  expect(sum(copies(lab))).toBe(before - 1);
  await lab.order('resume dn-1');
  // A reader who meets the damage has it reported, and is not told wrong bytes.
  await lab.until(async () => {
    for (const name of await lab.client.readdir('/')) await lab.client.readFile(`/${name}`);
    return sum(copies(lab)) >= before;
  }, 'the damage is found and repaired');
  expect(await lab.client.readFile(path)).toEqual(bytes);
}

const replicasIn = (dir: string): string[] => readdirSync(dir).filter((name) => /^chunk-[0-9a-f-]+$/.test(name));

/** How much more the node says that it can take, as its masters have it. */
const room = async (lab: EffectLab, id: string): Promise<number> =>
  (await lab.client.df()).nodes.find((node) => node.id === id)?.freeBytes ?? 0;

export const DISK_PROOFS: Readonly<Record<IoAction, Proof>> = {
  bitflip: (lab) => proveDamage(lab, 'bitflip', 'chunk'),
  truncate: (lab) => proveDamage(lab, 'truncate', 'chunk'),
  remove: (lab) => proveDamage(lab, 'remove', 'meta'),

  eio: async (lab) => {
    const path = lab.newPath();
    const fault = await lab.order('eio dn-2 calls=write percent=100 target=chunk');
    // Wanted on all four: the pipeline goes on without the one.
    await lab.client.writeFile(path, Buffer.alloc(30_000, 5), { replication: 4 });
    expect(await lab.cluster.holders(path)).not.toContain('dn-2');
    await ended(lab, fault);
    await lab.until(async () => (await lab.cluster.holders(path)).includes('dn-2'), 'it is given its copy');
  },

  enospc: async (lab) => {
    expect(await room(lab, 'dn-1')).toBeGreaterThan(0);
    const fault = await lab.order('enospc role=datanode');
    const path = lab.newPath();
    const writing = lab.client.writeFile(path, Buffer.alloc(30_000, 3)).then(
      () => 'written',
      () => 'failed',
    );
    await lab.until(async () => (await room(lab, 'dn-1')) <= 0, 'no room is told');
    expect(await Promise.race([writing, Promise.resolve('waits')])).not.toBe('written');
    await ended(lab, fault);
    await writing;
    await lab.until(async () => (await room(lab, 'dn-1')) > 0, 'room is told');
  },

  slow: async (lab) => {
    const fault = await lab.order('slow role=datanode delay=200ms');
    // At least: open, write, fsync, rename, fsync of the folder, one after the other.
    expect(await lab.put()).toBeGreaterThan(5 * 200);
    await ended(lab, fault);
    await lab.until(async () => (await lab.put()) < 5 * 200, 'a put takes no longer than before');
  },

  'fsync-delay': async (lab) => {
    const fault = await lab.order('fsync-delay role=datanode delay=500ms');
    // At least: fsync of the journal; of what is too long for it, fsync of the replica, and of its folder.
    expect(await lab.put()).toBeGreaterThan(500);
    expect(await lab.put(40_000)).toBeGreaterThan(2 * 500);
    await ended(lab, fault);
    await lab.until(async () => (await lab.put()) < 500, 'a put takes no longer than before');
  },

  'lying-disk': async (lab) => {
    const { dataDir } = lab.node('dn-4');
    const before = replicasIn(dataDir);
    const fault = await lab.order('lying-disk dn-4');
    for (let count = 0; count < 10; count++) await lab.put(20_000, 4);
    const told = replicasIn(dataDir).filter((name) => !before.includes(name));
    expect(told).toHaveLength(10);
    await lab.order('powercut dn-4');
    // Of the replicas that were acknowledged some are gone, or their content is.
    const kept = told.filter((name) => existsSync(join(dataDir, name)) && readFileSync(join(dataDir, name)).length === 20_000);
    expect(kept.length).toBeLessThan(told.length);
    expect(await lab.lift(fault)).toMatchObject({ effect: 'seen' });
    await lab.order('restart dn-4');
  },

  hang: async (lab) => {
    const fault = await lab.order('hang role=datanode calls=sync');
    let isWritten = false;
    const writing = lab.put().then(
      () => (isWritten = true),
      () => undefined,
    );
    await lab.until(async () => (await lab.cluster.faults.list())[0]!.effects > 0, 'an fsync hangs');
    expect(isWritten).toBe(false);
    await ended(lab, fault);
    await writing;
  },

  fill: async (lab) => {
    const { dataDir } = lab.node('dn-1');
    const before = usedBytesOf(dataDir);
    const fault = await lab.order('fill role=datanode free=100KiB');
    const path = lab.newPath();
    const writing = lab.client.writeFile(path, Buffer.alloc(1_000_000, 9));
    writing.catch(() => undefined);
    await lab.until(async () => (await lab.cluster.faults.list())[0]!.effects > 0, 'calls find no room');
    expect(usedBytesOf(dataDir)).toBeLessThanOrEqual(before + 100 * 1024);
    await lab.until(async () => (await room(lab, 'dn-1')) <= 0, 'no room is told');
    await ended(lab, fault);
    await writing;
    expect(await lab.client.readFile(path)).toEqual(Buffer.alloc(1_000_000, 9));
    await lab.until(async () => (await room(lab, 'dn-1')) > 0, 'room is told');
    await lab.client.rm(path);
  },
};
