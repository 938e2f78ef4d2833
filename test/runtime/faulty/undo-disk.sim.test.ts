import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnlinkedFiles } from '../../../src/runtime/faulty/unlinked-files.js';
import { UndoDisk } from '../../../src/runtime/faulty/undo-disk.js';
import { Closers } from '../../../src/runtime/node/base/closers.js';
import { NodeDisk } from '../../../src/runtime/node/node-disk.js';
import type { Disk, DiskFile } from '../../../src/shared/runtime.js';
import { arbitrarySteps, cutAfter } from './disk-model.js';
import type { Cut } from './disk-model.js';

const arbitraryChoiceSeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('UndoDisk: a power cut leaves what was synced, and of the rest nothing that never was', async () => {
  let lossy = 0;
  await fc.assert(
    fc.asyncProperty(arbitrarySteps, arbitraryChoiceSeed, async (steps, choiceSeed) => {
      const { impossible, hasLost, beside } = await cutAfter(steps, choiceSeed);
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
  const samples = fc.sample(fc.tuple(arbitrarySteps, arbitraryChoiceSeed), { numRuns: 150, seed: 7 });
  const found: Cut[] = [];
  for (const [steps, choiceSeed] of samples) {
    if (found.some(({ impossible }) => impossible.length > 0)) break;
    found.push(await cutAfter(steps, choiceSeed, plant));
  }
  expect(found.at(-1)?.impossible).not.toEqual([]);
});

/** On a real folder of its own. */
async function onFolder(body: (disk: UndoDisk, dir: string, unlinkedFiles: SlowUnlinkedFiles) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'distrifs-undo-'));
  try {
    const dir = join(parent, 'data');
    const unlinkedFiles = new SlowUnlinkedFiles(dir);
    const disk = new UndoDisk(new NodeDisk(dir, new Closers()), unlinkedFiles);
    await disk.makeDirectory('.');
    await body(disk, dir, unlinkedFiles);
    // The folder alone: no attic is left.
    expect(readdirSync(parent)).toEqual(['data']);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Lets others act while it forgets a file. */
class SlowUnlinkedFiles extends UnlinkedFiles {
  meanwhile: () => Promise<void> = () => Promise.resolve();

  override async discard(name: string): Promise<void> {
    const act = this.meanwhile;
    this.meanwhile = () => Promise.resolve();
    await act();
    await super.discard(name);
  }
}

const writeFile = async (disk: Disk, path: string, text: string, isSynced = true): Promise<void> => {
  const file = await disk.open(path, 'create');
  await file.write(Buffer.from(text), 0);
  if (isSynced) await file.sync();
  await file.close();
};

const LOTS = Array.from({ length: 24 }, (_, choiceSeed) => choiceSeed);

test('UndoDisk: a file that is renamed while others are forgotten has one name after a power cut', async () => {
  const found = new Set<string>();
  for (const choiceSeed of LOTS) {
    await onFolder(async (disk, dir, unlinkedFiles) => {
      await writeFile(disk, 'old', 'x');
      await disk.syncDirectory('.');
      await disk.remove('old');
      unlinkedFiles.meanwhile = async () => {
        await writeFile(disk, 'new.tmp', 'y');
        await disk.rename('new.tmp', 'new');
      };
      await disk.syncDirectory('.');
      await disk.powerCut(choiceSeed);
      found.add(readdirSync(dir).join());
    });
  }
  expect([...found].sort()).toEqual(['', 'new', 'new.tmp']);
});

test('UndoDisk: a power cut takes back what is there when a file was removed from the folder behind it', async () => {
  const found = new Set<string>();
  for (const choiceSeed of LOTS) {
    await onFolder(async (disk, dir) => {
      for (const name of ['log', 'kept']) await writeFile(disk, name, 'old');
      await disk.syncDirectory('.');
      await writeFile(disk, 'log', 'newer', false);
      await disk.rename('log', 'log.1');
      await writeFile(disk, 'kept', 'newer', false);
      rmSync(join(dir, 'log.1'));
      await disk.powerCut(choiceSeed);
      expect(readdirSync(dir)).toEqual(['kept']);
      found.add(readFileSync(join(dir, 'kept'), 'utf8'));
    });
  }
  expect(found).toContain('old');
  expect(found).toContain('newer');
});

test('UndoDisk: a symbolic link that leads nowhere can be removed and replaced', async () => {
  await onFolder(async (disk, dir) => {
    for (const name of ['removed', 'replaced']) symlinkSync('nowhere', join(dir, name));
    await disk.remove('removed');
    await writeFile(disk, 'f', 'x');
    await disk.rename('f', 'replaced');
    expect(readdirSync(dir)).toEqual(['replaced']);
    expect(readFileSync(join(dir, 'replaced'), 'utf8')).toBe('x');
    await disk.close();
  });
});
