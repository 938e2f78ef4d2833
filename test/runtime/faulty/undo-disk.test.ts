import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Disk, DiskFile } from '../../../src/shared/runtime.js';
import { arbitrarySteps, cutAfter } from './disk-model.js';
import type { Cut } from './disk-model.js';

const arbitraryLot = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('UndoDisk: a power cut leaves what was synced, and of the rest nothing that never was', async () => {
  let lossy = 0;
  await fc.assert(
    fc.asyncProperty(arbitrarySteps, arbitraryLot, async (steps, lot) => {
      const { impossible, hasLost, beside } = await cutAfter(steps, lot);
      if (hasLost) lossy++;
      expect({ impossible, beside }).toEqual({ impossible: [], beside: [] });
    }),
    { numRuns: 120 },
  );
  expect(lossy).toBeGreaterThan(20);
});

const withFiles = (disk: Disk, change: (file: DiskFile) => DiskFile): Disk => ({
  ...calls(disk),
  open: async (path, mode) => change(await disk.open(path, mode)),
});

/** The disk's calls as an object of its own, to change some. */
const calls = (disk: Disk): Disk => ({
  root: disk.root,
  lock: () => disk.lock(),
  open: (path, mode) => disk.open(path, mode),
  rename: (from, to) => disk.rename(from, to),
  remove: (path) => disk.remove(path),
  list: (path) => disk.list(path),
  makeDirectory: (path) => disk.makeDirectory(path),
  syncDirectory: (path) => disk.syncDirectory(path),
  space: () => disk.space(),
});

const PLANTED: Record<string, (disk: Disk) => Disk> = {
  'an fsync that does nothing': (disk) =>
    withFiles(disk, (file) => ({
      read: (target, position) => file.read(target, position),
      write: (data, position) => file.write(data, position),
      sync: () => Promise.resolve(),
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      sizeBytes: () => file.sizeBytes(),
      close: () => file.close(),
    })),
  'a directory fsync that does nothing': (disk) => ({ ...calls(disk), syncDirectory: () => Promise.resolve() }),
  'a rename in two steps': (disk) => ({
    ...calls(disk),
    rename: async (from, to) => {
      await disk.remove(to).catch(() => undefined);
      await disk.rename(from, to);
    },
  }),
};

test.each(Object.entries(PLANTED))('UndoDisk: the check finds %s', async (_, plant) => {
  const samples = fc.sample(fc.tuple(arbitrarySteps, arbitraryLot), { numRuns: 150, seed: 7 });
  const found: Cut[] = [];
  for (const [steps, lot] of samples) {
    if (found.some(({ impossible }) => impossible.length > 0)) break;
    found.push(await cutAfter(steps, lot, plant));
  }
  expect(found.at(-1)?.impossible).not.toEqual([]);
});
