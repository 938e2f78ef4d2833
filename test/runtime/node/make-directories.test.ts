import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectories, makeDirectoriesSync } from '../../../src/runtime/node/base/make-directories.js';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'make-directories-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const WAYS: readonly [string, (path: string) => Promise<unknown>][] = [
  ['makeDirectories', makeDirectories],
  ['makeDirectoriesSync', async (path) => makeDirectoriesSync(path)],
];

test.each(WAYS)('%s: makes missing parents, and accepts what exists', async (_name, make) => {
  const deep = join(root, 'a', 'b', 'c');
  await make(`${deep}/`);
  expect(statSync(deep).isDirectory()).toBe(true);
  await make(deep);
  symlinkSync(deep, join(root, 'link'));
  await make(join(root, 'link', 'd'));
  expect(statSync(join(deep, 'd')).isDirectory()).toBe(true);
  await make('/');
});

test('makeDirectories: says which folders it made, for their names to be made durable', async () => {
  const made = [join(root, 'x'), join(root, 'x', 'y')];
  expect(await makeDirectories(join(root, 'x', 'y'))).toEqual(made);
  expect(await makeDirectories(join(root, 'x', 'y'))).toEqual([]);
});

test.each(WAYS)('%s: a file in the way is an error', async (_name, make) => {
  writeFileSync(join(root, 'file'), '');
  await expect(make(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(make(join(root, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
  await expect(make(join(root, 'dangling'))).rejects.toMatchObject({ code: 'EEXIST' });
  expect(existsSync(join(root, 'nowhere'))).toBe(false);
});

test.each(WAYS)('%s: ends where a folder exists but none can be made in it', async (_name, make) => {
  // Linux: /proc answers ENOENT. Elsewhere the parent is missing and cannot be made.
  const failure = await make('/proc/distrifs-test/deep').catch((error: unknown) => error);
  expect(failure).toHaveProperty('code');
});
