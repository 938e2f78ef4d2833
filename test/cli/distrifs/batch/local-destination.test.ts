import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalDestination } from '../../../../src/cli/distrifs/batch/local-destination.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'local-destination-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = async (name: string, path: string | undefined, kind: 'file' | 'directory' = 'file'): Promise<string> =>
  (await LocalDestination.of(path, 1)).pathFor(name, kind);

test('LocalDestination: a directory keeps the name; an empty path, and a missing directory, are errors', async () => {
  expect(await pathOf('name', undefined)).toBe('name');
  expect(await pathOf('name', folder)).toBe(join(folder, 'name'));
  expect(await pathOf('name', join(folder, 'other'))).toBe(join(folder, 'other'));
  expect(await pathOf('name', join(folder, 'other/'), 'directory')).toBe(join(folder, 'other/'));
  await expect(pathOf('name', '')).rejects.toThrow(/local path is empty/);
  await expect(pathOf('name', `${folder}/missing/`)).rejects.toThrow(/missing\/" is not a directory/);
});

test('LocalDestination: several sources need a directory, and each its own path in it', async () => {
  await expect(LocalDestination.of(join(folder, 'file'), 2)).rejects.toThrow(/is not a directory: several sources/);
  const destination = await LocalDestination.of(folder, 3);
  expect(destination.pathFor('a', 'file')).toBe(join(folder, 'a'));
  expect(destination.pathFor('', 'directory')).toBe(folder);
  expect(() => destination.pathFor('a', 'directory')).toThrow(/target of another source/);
});
