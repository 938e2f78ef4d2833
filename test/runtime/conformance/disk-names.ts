/** Conformance of a Disk: its names, directories, lock and space. */
import { expect, test } from 'vitest';
import type { Disk } from '../../../src/shared/runtime.js';
import { bytesOf } from '../bytes.js';
import { readFile, writeFile } from './disk-files.js';
import { dfsError, failureOf, type Subject } from './world.js';

const namesIn = async (disk: Disk, path: string): Promise<string[]> => (await disk.list(path)).map(({ name }) => name).sort();

export function diskNameConformance({ run }: Subject): void {
  test('makeDirectory: makes the parents too; an existing one is fine, a file in the way is not', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('.');
      await disk.makeDirectory('a/b/c');
      await disk.makeDirectory('a/b');
      await writeFile(disk, 'a/b/c/f', 'x');
      await disk.makeDirectory('a/b/c');
      expect(await readFile(disk, 'a/b/c/f')).toBe('x');
      expect(await failureOf(disk.makeDirectory('a/b/c/f'))).toMatchObject(dfsError('IO_ERROR'));
      expect(await failureOf(disk.makeDirectory('a/b/c/f/d'))).toMatchObject(dfsError('IO_ERROR'));
      expect(await namesIn(disk, 'a/b/c')).toEqual(['f']);
    }));

  test('list: each name once, with its kind, and the size of files alone', () =>
    run(async ({ runtime: { disk } }) => {
      expect(await disk.list('.')).toEqual([]);
      await disk.makeDirectory('d/inner');
      await writeFile(disk, 'd/inner/deep', 'not seen');
      for (let i = 0; i < 40; i++) await writeFile(disk, `d/f${i}`, 'x'.repeat(i));
      const expected = [
        { name: 'inner', kind: 'directory', sizeBytes: 0 },
        ...Array.from({ length: 40 }, (_, i) => ({ name: `f${i}`, kind: 'file', sizeBytes: i })),
      ];
      const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);
      expect([...(await disk.list('d'))].sort(byName)).toEqual(expected.sort(byName));
      expect(await disk.list('.')).toEqual([{ name: 'd', kind: 'directory', sizeBytes: 0 }]);
    }));

  test('list: shows what files that are open have by now', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      await file.write(bytesOf('12345'), 0);
      expect(await disk.list('.')).toEqual([{ name: 'f', kind: 'file', sizeBytes: 5 }]);
      await file.truncate(2);
      expect(await disk.list('.')).toEqual([{ name: 'f', kind: 'file', sizeBytes: 2 }]);
      await file.close();
    }));

  test('list and syncDirectory: of directories alone', () =>
    run(async ({ runtime: { disk } }) => {
      await writeFile(disk, 'f', '');
      await disk.makeDirectory('d');
      await disk.syncDirectory('d');
      await disk.syncDirectory('.');
      const refusals: readonly [Promise<unknown>, object][] = [
        [disk.list('f'), dfsError('IO_ERROR')],
        [disk.list('none'), dfsError('NOT_FOUND')],
        [disk.syncDirectory('f'), dfsError('IO_ERROR')],
        [disk.syncDirectory('none'), dfsError('NOT_FOUND')],
      ];
      const found = await Promise.all(refusals.map(([call]) => failureOf(call)));
      expect(found).toMatchObject(refusals.map(([, failure]) => failure));
    }));

  test('rename: the old name is gone, the new one has the bytes; across directories too', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('d');
      await writeFile(disk, 'f', 'bytes');
      await disk.rename('f', 'g');
      expect(await failureOf(disk.open('f', 'read'))).toMatchObject(dfsError('NOT_FOUND'));
      expect(await readFile(disk, 'g')).toBe('bytes');
      await disk.rename('g', 'd/h');
      expect(await namesIn(disk, '.')).toEqual(['d']);
      expect(await readFile(disk, 'd/h')).toBe('bytes');
    }));

  test('rename: replaces a file; onto itself it does nothing', () =>
    run(async ({ runtime: { disk } }) => {
      await writeFile(disk, 'old', 'old');
      await writeFile(disk, 'new', 'new');
      await disk.rename('new', 'old');
      expect(await namesIn(disk, '.')).toEqual(['old']);
      expect(await readFile(disk, 'old')).toBe('new');
      await disk.rename('old', 'old');
      expect(await readFile(disk, 'old')).toBe('new');
    }));

  test('rename: moves a directory with all in it, also onto an empty one', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('a/b');
      await writeFile(disk, 'a/b/f', 'x');
      await disk.rename('a', 'c');
      expect(await readFile(disk, 'c/b/f')).toBe('x');
      await disk.makeDirectory('empty');
      await disk.rename('c/b', 'empty');
      expect(await readFile(disk, 'empty/f')).toBe('x');
      expect([await namesIn(disk, '.'), await namesIn(disk, 'c')]).toEqual([['c', 'empty'], []]);
      await disk.remove('empty/f');
      await disk.remove('empty');
    }));

  test('rename: refuses what does not fit together, and changes nothing then', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('d/inner');
      await disk.makeDirectory('e');
      await writeFile(disk, 'f', 'file');
      const refusals: readonly [from: string, to: string, failure: object][] = [
        ['none', 'x', dfsError('NOT_FOUND')],
        ['none', 'f', dfsError('NOT_FOUND')],
        ['none', 'd', dfsError('NOT_FOUND')],
        ['f', 'none/x', dfsError('NOT_FOUND')],
        ['f', 'd', dfsError('IO_ERROR')],
        ['f', 'e', dfsError('IO_ERROR')],
        ['e', 'f', dfsError('IO_ERROR')],
        ['e', 'd', dfsError('IO_ERROR')],
        ['d', 'd/inner/x', dfsError('IO_ERROR')],
        ['f', 'f/x', dfsError('IO_ERROR')],
        ['f', '.', dfsError('IO_ERROR')],
        ['.', 'x', dfsError('IO_ERROR')],
      ];
      const found: unknown[] = [];
      for (const [from, to] of refusals) found.push([from, to, await failureOf(disk.rename(from, to))]);
      expect(found).toMatchObject(refusals);
      expect([await namesIn(disk, '.'), await namesIn(disk, 'd'), await namesIn(disk, 'e')]).toEqual([
        ['d', 'e', 'f'],
        ['inner'],
        [],
      ]);
      expect(await readFile(disk, 'f')).toBe('file');
    }));

  test('remove: a file or an empty directory, and nothing else', () =>
    run(async ({ runtime: { disk } }) => {
      expect(await failureOf(disk.remove('.'))).toMatchObject(dfsError('IO_ERROR'));
      await disk.makeDirectory('d/e');
      await writeFile(disk, 'd/f', 'x');
      const refusals: readonly [path: string, failure: object][] = [
        ['none', dfsError('NOT_FOUND')],
        ['none/x', dfsError('NOT_FOUND')],
        ['d', dfsError('IO_ERROR')],
        ['d/f/x', dfsError('IO_ERROR')],
        ['.', dfsError('IO_ERROR')],
      ];
      const found: unknown[] = [];
      for (const [path] of refusals) found.push([path, await failureOf(disk.remove(path))]);
      expect(found).toMatchObject(refusals);
      expect(await namesIn(disk, 'd')).toEqual(['e', 'f']);
      for (const path of ['d/f', 'd/e', 'd']) await disk.remove(path);
      expect(await disk.list('.')).toEqual([]);
      expect(await failureOf(disk.remove('d'))).toMatchObject(dfsError('NOT_FOUND'));
    }));

  test('a name is free again once it was removed or renamed', () =>
    run(async ({ runtime: { disk } }) => {
      await writeFile(disk, 'f', 'first');
      await disk.remove('f');
      await writeFile(disk, 'f', 'second');
      expect(await readFile(disk, 'f')).toBe('second');
      await disk.rename('f', 'g');
      await (await disk.open('f', 'exclusive')).close();
      expect([await readFile(disk, 'f'), await readFile(disk, 'g')]).toEqual(['', 'second']);
      await disk.remove('f');
      await disk.makeDirectory('f');
      await disk.remove('f');
    }));

  test('paths: "." and repeated slashes add nothing', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('./d//e/');
      await writeFile(disk, './d/./e//f', 'x');
      expect(await readFile(disk, 'd/e/f')).toBe('x');
      await disk.rename('d/e/./f', './d/g');
      expect(await namesIn(disk, './d/')).toEqual(['e', 'g']);
      await disk.remove('d//g');
      expect(await namesIn(disk, 'd')).toEqual(['e']);
      // Names that only look special.
      await writeFile(disk, '..x', '');
      await writeFile(disk, '...', '');
      expect(await namesIn(disk, '')).toEqual(['...', '..x', 'd']);
    }));

  test('paths: one that is absolute, or has "..", a backslash or NUL in it, rejects with INVALID_ARGUMENT everywhere', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('a');
      await writeFile(disk, 'f', '');
      for (const path of ['..', '../x', 'a/..', 'a/../f', 'a/../../x', '/', '/etc/passwd', 'a\0b', 'a\\..\\f']) {
        const calls = [
          disk.open(path, 'read'),
          disk.open(path, 'create'),
          disk.rename(path, 'x'),
          disk.rename('f', path),
          disk.remove(path),
          disk.list(path),
          disk.makeDirectory(path),
          disk.syncDirectory(path),
        ];
        const found = await Promise.all(calls.map(failureOf));
        expect(found, JSON.stringify(path)).toMatchObject(calls.map(() => dfsError('INVALID_ARGUMENT')));
      }
      expect(await namesIn(disk, '.')).toEqual(['a', 'f']);
    }));

  test('space: whole bytes, no more free than there are', () =>
    run(async ({ runtime: { disk } }) => {
      const { totalBytes, freeBytes, isVolatile } = await disk.space();
      expect(totalBytes).toBeGreaterThan(0);
      expect(freeBytes).toBeGreaterThanOrEqual(0);
      expect(freeBytes).toBeLessThanOrEqual(totalBytes);
      expect([totalBytes, freeBytes].every(Number.isSafeInteger)).toBe(true);
      expect(typeof isVolatile).toBe('boolean');
    }));

  test('lock: one holder at a time, in one process or two; release lets the next one in', () =>
    run(async ({ runtime, another }) => {
      const [first, second] = [runtime.disk, another().disk];
      const lock = await first.lock();
      expect(await failureOf(second.lock())).toMatchObject(dfsError('DATA_DIR_LOCKED', { retriable: false }));
      expect(await failureOf(first.lock())).toMatchObject(dfsError('DATA_DIR_LOCKED'));
      // A refused attempt lets nothing go.
      expect(await failureOf(second.lock())).toMatchObject(dfsError('DATA_DIR_LOCKED'));
      await lock.release();
      await (await second.lock()).release();
      await (await first.lock()).release();
    }));

  test('lock: released twice, it does not let go of the next one', () =>
    run(async ({ runtime: { disk }, another }) => {
      const lock = await disk.lock();
      await lock.release();
      const next = await disk.lock();
      await lock.release();
      expect(await failureOf(another().disk.lock())).toMatchObject(dfsError('DATA_DIR_LOCKED'));
      await next.release();
    }));
}
