import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, readText, ROOT, sourceFiles } from './sources.js';

test('sources: each file opens with a sentence on what it is for, and stays below 400 lines', () => {
  const silent = sourceFiles().filter((file) => !/^(#!.*\n)?\/\*\*/.test(readText(file)));
  const long = sourceFiles().filter((file) => readText(file).split('\n').length > 401);
  expect({ silent, long }).toEqual({ silent: [], long: [] });
});

test('sources: no leftovers', () => {
  const marks = /\b(TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-expect-error|eslint-disable/;
  expect(sourceFiles().filter((file) => marks.test(readText(file)))).toEqual([]);
});

test('tests: none skipped, none focused', () => {
  const marks = new RegExp(String.raw`\b(it|test|describe)\.(skip|only|todo)\b`);
  expect(filesBelow('test', '.ts', '.tsx').filter((file) => marks.test(readText(file)))).toEqual([]);
});

test('documents: every relative link leads somewhere', () => {
  const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
  const broken = tracked.flatMap((file) =>
    [...readText(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !existsSync(join(ROOT, file, '..', target)))
      .map((target) => `${file}: ${target}`),
  );
  expect(broken).toEqual([]);
});
