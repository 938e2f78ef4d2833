/** Conformance of a Disk: what survives a power cut. For those implementations that can play one. */
import { expect, test } from 'vitest';
import type { Disk } from '../../../src/shared/runtime.js';
import { bytesOf } from '../bytes.js';
import { readFile } from './disk-files.js';
import { dfsError, failureOf, type Subject } from './world.js';

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

const readUnlessMissing = async (disk: Disk, path: string): Promise<string | null> => {
  const found = await readFile(disk, path).catch((error: unknown) => error);
  if (typeof found === 'string') return found;
  expect(found).toMatchObject(dfsError('NOT_FOUND'));
  return null;
};

async function writeSynced(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.open(path, 'create');
  await file.write(bytesOf(text), 0);
  await file.sync();
  await file.close();
}

export function diskDurabilityConformance({ run }: Subject): void {
  /** For each seed: does `work` on a fresh disk, cuts the power, and collects what `look` sees. */
  const afterPowerCuts = async <T>(work: (disk: Disk) => Promise<void>, look: (disk: Disk) => Promise<T>): Promise<T[]> => {
    const seen: T[] = [];
    for (const seed of SEEDS) {
      await run(async ({ runtime: { disk }, cutPower }) => {
        await work(disk);
        seen.push(await look(await cutPower(seed)));
      }, seed);
    }
    return seen;
  };

  test('sync: what was written and cut off before survives, once the directory was synced', async () => {
    const found = await afterPowerCuts(
      async (disk) => {
        await disk.makeDirectory('d');
        await disk.syncDirectory('.');
        await writeSynced(disk, 'd/f', 'written and cut off');
        const file = await disk.open('d/f', 'update');
        await file.truncate(7);
        await file.sync();
        await file.close();
        await disk.syncDirectory('d');
      },
      (disk) => readFile(disk, 'd/f'),
    );
    expect(new Set(found)).toEqual(new Set(['written']));
  });

  test('sync: what came after it may be lost, what came before it may not', async () => {
    const found = await afterPowerCuts(
      async (disk) => {
        await writeSynced(disk, 'f', 'old');
        await disk.syncDirectory('.');
        const file = await disk.open('f', 'update');
        await file.write(bytesOf('new'), 3);
        await file.close();
      },
      (disk) => readFile(disk, 'f'),
    );
    expect(found.filter((text) => !/^old(n?e?w?|\0{0,3})$/.test(text))).toEqual([]);
    expect(new Set(found).size).toBeGreaterThan(1);
  });

  test('syncDirectory: names survive; without it a name may be lost, a file never half-way', async () => {
    const found = await afterPowerCuts(
      async (disk) => {
        await writeSynced(disk, 'synced', 'whole');
        await disk.syncDirectory('.');
        await writeSynced(disk, 'unsynced', 'whole');
      },
      async (disk) => [await readUnlessMissing(disk, 'synced'), await readUnlessMissing(disk, 'unsynced')],
    );
    expect(found.filter(([synced]) => synced !== 'whole')).toEqual([]);
    expect(found.filter(([, unsynced]) => unsynced !== 'whole' && unsynced !== null)).toEqual([]);
    expect(new Set(found.map(([, unsynced]) => unsynced)).size).toBe(2);
  });

  test('rename: leaves the old state or the new one; the new one after syncDirectory', async () => {
    const replace = async (disk: Disk): Promise<void> => {
      await writeSynced(disk, 'f', 'old');
      await writeSynced(disk, 'f.tmp', 'new');
      await disk.syncDirectory('.');
      await disk.rename('f.tmp', 'f');
    };
    const look = async (disk: Disk): Promise<string> =>
      `${await readUnlessMissing(disk, 'f')} ${await readUnlessMissing(disk, 'f.tmp')}`;
    const states = ['old new', 'new null'];
    const found = await afterPowerCuts(replace, look);
    expect(found.filter((state) => !states.includes(state))).toEqual([]);
    expect(new Set(found).size).toBe(2);
    const synced = await afterPowerCuts(async (disk) => {
      await replace(disk);
      await disk.syncDirectory('.');
    }, look);
    expect(new Set(synced)).toEqual(new Set(['new null']));
  });

  test('remove: leaves the file or not; not after syncDirectory', async () => {
    const removed = async (disk: Disk): Promise<void> => {
      await writeSynced(disk, 'f', 'old');
      await disk.syncDirectory('.');
      await disk.remove('f');
    };
    const look = (disk: Disk): Promise<string | null> => readUnlessMissing(disk, 'f');
    const found = await afterPowerCuts(removed, look);
    expect(found.filter((text) => text !== 'old' && text !== null)).toEqual([]);
    const synced = await afterPowerCuts(async (disk) => {
      await removed(disk);
      await disk.syncDirectory('.');
    }, look);
    expect(new Set(synced)).toEqual(new Set([null]));
  });

  test('after a power cut the disk works on', () =>
    run(async ({ runtime, cutPower }) => {
      await (await runtime.disk.open('f', 'create')).close();
      const disk = await cutPower(1);
      await (await disk.lock()).release();
      await writeSynced(disk, 'g', 'again');
      expect(await readFile(disk, 'g')).toBe('again');
      expect(await failureOf(disk.open('h', 'read'))).toMatchObject(dfsError('NOT_FOUND'));
    }));
}
