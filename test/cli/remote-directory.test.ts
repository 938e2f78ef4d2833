import { expect, test } from 'vitest';
import { isRemoteDirectory } from '../../src/cli/distrifs/remote-directory.js';

const failing = (code: string) => ({ stat: () => Promise.reject(Object.assign(new Error(code), { code })) });

test('isRemoteDirectory: nothing there is no directory, a path that ends in / is one', async () => {
  expect(await isRemoteDirectory(failing('ENOENT'), '/a')).toBe(false);
  expect(await isRemoteDirectory(failing('ENOTDIR'), '/file/a')).toBe(false);
  expect(await isRemoteDirectory(failing('ENOENT'), '/a/')).toBe(true);
});

test('isRemoteDirectory: a master that does not answer is not taken for "nothing there"', async () => {
  await expect(isRemoteDirectory(failing('ETIMEDOUT'), '/a')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
});
