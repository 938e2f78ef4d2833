/** Conformance of a Disk: opening, reading and writing files. */
import { expect, test } from 'vitest';
import type { Disk, DiskFile, OpenMode } from '../../../src/shared/runtime.js';
import { bytesOf, patternBytes, textOf } from '../bytes.js';
import { dfsError, failureOf, type Subject } from './world.js';

export async function writeFile(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.open(path, 'create');
  await file.truncate(0);
  await file.write(bytesOf(text), 0);
  await file.close();
}

export async function readFile(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'read');
  const text = await contentOf(file);
  await file.close();
  return text;
}

export async function contentOf(file: DiskFile): Promise<string> {
  const bytes = new Uint8Array(await file.sizeBytes());
  expect(await file.read(bytes, 0)).toBe(bytes.length);
  return textOf(bytes);
}

export function diskFileConformance({ run }: Subject): void {
  test('open: read and update ask for the file, create makes it if missing, exclusive must make it', () =>
    run(async ({ runtime: { disk } }) => {
      expect(await failureOf(disk.open('f', 'read'))).toMatchObject(dfsError('NOT_FOUND', { retriable: false }));
      expect(await failureOf(disk.open('f', 'update'))).toMatchObject(dfsError('NOT_FOUND'));
      expect(await disk.list('.')).toEqual([]);
      await (await disk.open('f', 'exclusive')).close();
      expect(await failureOf(disk.open('f', 'exclusive'))).toMatchObject(dfsError('IO_ERROR', { retriable: false }));
      await (await disk.open('g', 'create')).close();
      await writeFile(disk, 'g', 'stays');
      await (await disk.open('g', 'create')).close();
      expect(await readFile(disk, 'g')).toBe('stays');
      expect((await disk.list('.')).map(({ name }) => name).sort()).toEqual(['f', 'g']);
    }));

  test('open: all modes read, all but read write; a refused write changes nothing', () =>
    run(async ({ runtime: { disk } }) => {
      await writeFile(disk, 'f', 'before');
      const reader = await disk.open('f', 'read');
      expect(await failureOf(reader.write(bytesOf('x'), 0))).toMatchObject(dfsError('IO_ERROR'));
      expect(await failureOf(reader.truncate(0))).toMatchObject(dfsError('IO_ERROR'));
      expect(await contentOf(reader)).toBe('before');
      await reader.sync();
      await reader.close();
      for (const [path, mode] of [
        ['f', 'update'],
        ['f', 'create'],
        ['new', 'exclusive'],
      ] as const) {
        const file = await disk.open(path, mode);
        await file.truncate(0);
        await file.write(bytesOf(mode), 0);
        expect(await contentOf(file)).toBe(mode);
        await file.close();
        expect(await readFile(disk, path)).toBe(mode);
      }
    }));

  test('open: a directory cannot be opened in any mode, nor a path through a file or a missing directory', () =>
    run(async ({ runtime: { disk } }) => {
      await disk.makeDirectory('d');
      await writeFile(disk, 'f', '');
      const modes: OpenMode[] = ['read', 'update', 'create', 'exclusive'];
      const found = await Promise.all(
        modes.map(async (mode) => ({
          mode,
          directory: await failureOf(disk.open('d', mode)),
          folder: await failureOf(disk.open('.', mode)),
          throughFile: await failureOf(disk.open('f/x', mode)),
          inMissing: await failureOf(disk.open('none/x', mode)),
        })),
      );
      const [ioError, notFound] = [dfsError('IO_ERROR'), dfsError('NOT_FOUND')];
      expect(found).toMatchObject(
        modes.map((mode) => ({ mode, directory: ioError, folder: ioError, throughFile: ioError, inMissing: notFound })),
      );
    }));

  test('read: fills its target from any position, with fewer bytes only at the end', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      const bytes = patternBytes(1_000_000);
      await file.write(bytes, 0);
      const target = new Uint8Array(1_000_100).fill(9);
      expect(await file.read(target, 0)).toBe(1_000_000);
      expect(Buffer.from(target.subarray(0, 1_000_000)).equals(bytes)).toBe(true);
      expect(target.subarray(1_000_000)).toEqual(new Uint8Array(100).fill(9));
      const part = new Uint8Array(700).fill(9);
      expect(await file.read(part.subarray(100, 600), 123_456)).toBe(500);
      expect(part.subarray(100, 600)).toEqual(bytes.subarray(123_456, 123_956));
      expect([part[99], part[600]]).toEqual([9, 9]);
      const positions = [999_999, 1_000_000, 5_000_000];
      expect(await Promise.all(positions.map((position) => file.read(new Uint8Array(10), position)))).toEqual([1, 0, 0]);
      expect(await file.read(new Uint8Array(0), 0)).toBe(0);
      await file.close();
    }));

  test('write: all of its data, at any position; what lies between reads as zeros', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      await file.write(bytesOf('world'), 7);
      await file.write(bytesOf('hello'), 0);
      expect(await contentOf(file)).toBe('hello\0\0world');
      await file.write(bytesOf('LO, W'), 3);
      expect(await contentOf(file)).toBe('helLO, World');
      const bytes = patternBytes(3_000_000);
      await file.write(bytes.subarray(1_000_000), 1_000_000);
      await file.write(bytes.subarray(0, 1_000_000), 0);
      expect(await file.sizeBytes()).toBe(3_000_000);
      const target = new Uint8Array(3_000_000);
      await file.read(target, 0);
      expect(Buffer.from(target).equals(bytes)).toBe(true);
      await file.close();
    }));

  test('write: an empty one changes nothing, wherever it is', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      await file.write(bytesOf('abc'), 0);
      await file.write(new Uint8Array(0), 1);
      await file.write(new Uint8Array(0), 1_000);
      expect(await contentOf(file)).toBe('abc');
      await file.close();
    }));

  test('write: the data may change once it has resolved, and is not changed by a later read', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      const data = bytesOf('abc');
      await file.write(data, 0);
      data.fill(0);
      expect(await contentOf(file)).toBe('abc');
      const target = new Uint8Array(3);
      await file.read(target, 0);
      target.fill(0);
      expect(await contentOf(file)).toBe('abc');
      await file.close();
    }));

  test('truncate: cuts off, or adds zeros, also where bytes were before', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      await file.write(bytesOf('abcdef'), 0);
      await file.truncate(2);
      expect(await file.sizeBytes()).toBe(2);
      await file.truncate(5);
      expect(await contentOf(file)).toBe('ab\0\0\0');
      await file.truncate(0);
      expect(await contentOf(file)).toBe('');
      await file.close();
    }));

  test('DiskFile: several open ones of one file share its bytes', () =>
    run(async ({ runtime: { disk } }) => {
      const [writer, reader] = [await disk.open('f', 'create'), await disk.open('f', 'read')];
      await writer.write(bytesOf('shared'), 0);
      expect(await contentOf(reader)).toBe('shared');
      await writer.truncate(5);
      expect(await contentOf(reader)).toBe('share');
      await writer.close();
      expect(await contentOf(reader)).toBe('share');
      await reader.close();
    }));

  test('DiskFile: calls made at once are all carried out', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      const bytes = patternBytes(64_000);
      const parts = Array.from({ length: 64 }, (_, i) => i * 1_000);
      await Promise.all(parts.map((at) => file.write(bytes.subarray(at, at + 1_000), at)));
      await Promise.all([file.sync(), file.sync()]);
      const read = await Promise.all(
        parts.map(async (at) => {
          const target = new Uint8Array(1_000);
          await file.read(target, at);
          return target;
        }),
      );
      expect(Buffer.concat(read).equals(bytes)).toBe(true);
      await file.close();
    }));

  test('close: afterwards every call rejects with IO_ERROR, but closing again is harmless', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f', 'create');
      await file.write(bytesOf('kept'), 0);
      await file.close();
      const calls = [
        file.read(new Uint8Array(1), 0),
        file.write(bytesOf('x'), 0),
        file.sync(),
        file.truncate(0),
        file.sizeBytes(),
      ];
      expect(await Promise.all(calls.map(failureOf))).toMatchObject(calls.map(() => dfsError('IO_ERROR')));
      await file.close();
      expect(await readFile(disk, 'f')).toBe('kept');
    }));

  test('DiskFile: one that was removed or replaced keeps its bytes while it is open', () =>
    run(async ({ runtime: { disk } }) => {
      for (const path of ['removed', 'replaced', 'new']) await writeFile(disk, path, path);
      const [removed, replaced] = [await disk.open('removed', 'update'), await disk.open('replaced', 'update')];
      await disk.remove('removed');
      await disk.rename('new', 'replaced');
      for (const file of [removed, replaced]) {
        await file.write(bytesOf('RE'), 0);
        await file.sync();
      }
      expect([await contentOf(removed), await contentOf(replaced)]).toEqual(['REmoved', 'REplaced']);
      expect(await readFile(disk, 'replaced')).toBe('new');
      await writeFile(disk, 'removed', 'another');
      expect(await contentOf(removed)).toBe('REmoved');
      await removed.close();
      await replaced.close();
      expect(await readFile(disk, 'removed')).toBe('another');
    }));

  test('DiskFile: one that was renamed is the file under its new name', () =>
    run(async ({ runtime: { disk } }) => {
      const file = await disk.open('f.tmp', 'exclusive');
      await disk.rename('f.tmp', 'f');
      await file.write(bytesOf('late'), 0);
      await file.sync();
      await file.close();
      expect(await readFile(disk, 'f')).toBe('late');
    }));
}
