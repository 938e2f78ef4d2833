import { expect, test } from 'vitest';
import { readText, sourceFiles } from './sources.js';

/** Node's own loop: `mkdir(path, { recursive: true })` of node:fs, also through another package (`mkdir: true`). */
const RECURSIVE = /(?:(?<![.\w])|\b(?:fs|fsPromises|promises)\.)mkdir(?:Sync)?\([^;]*?recursive|\bmkdir: true/;

test('sources: folders are made with makeDirectories only, since the recursive mkdir of Node may never end', () => {
  expect(sourceFiles().filter((file) => RECURSIVE.test(readText(file)))).toEqual([]);
});

test.each([
  ['mkdirSync(path, { recursive: true });', true],
  ['await mkdir(\n  dir,\n  { mode, recursive: isDeep });', true],
  ['fs.mkdirSync(path, { recursive: true });', true],
  ['destination({ dest, mkdir: true })', true],
  ['client.mkdir(path, { recursive: true })', false],
  ['mkdirSync(entry, { mode: 0o700 });\nrmSync(entry, { recursive: true });', false],
])('the rule about %j', (text, isFound) => {
  expect(RECURSIVE.test(text)).toBe(isFound);
});
