/** The documents as a whole: the map stays short, every decision is listed, and the language stays plain. */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, readText } from './sources.js';

const MAP = 'ARCHITECTURE.md';
const MAP_LINES_MAX = 150;
const DECISIONS = 'docs/decisions';
const INDEX = `${DECISIONS}/README.md`;
const DOCUMENTS = [MAP, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')];

/** Without what is quoted: programs print what they print. */
const proseOf = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** Pronouns without a noun, and words that are clearer under another name: `default`, `overrides`, `reported`, `active`, `inject`. */
const UNCLEAR =
  /\b(nobody|whoever|whomever|anybody|somebody|everybody|left out|is stronger|is told|are told|in force|strikes|struck)\b/gi;

const unclearIn = (text: string): string[] => proseOf(text).match(UNCLEAR) ?? [];

test('ARCHITECTURE.md is a map: it names every module of src, in few lines', () => {
  const map = readText(MAP);
  const modules = new Set(filesBelow('src', '.ts', '.tsx').map((file) => file.split('/').slice(0, 2).join('/')));
  const missing = [...modules].filter((module) => !map.includes(`| \`${module}\` `));
  expect(missing).toEqual([]);
  expect(map.split('\n').length - 1).toBeLessThanOrEqual(MAP_LINES_MAX);
});

test('ARCHITECTURE.md names files that exist', () => {
  const files = filesBelow('src', '.ts', '.tsx').concat(filesBelow('test', '.ts', '.tsx'));
  const named = [...readText(MAP).matchAll(/`([\w./-]+\.tsx?)`/g)].map(([, file]) => file ?? '');
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
});

test('docs/decisions: the index lists every page', () => {
  const index = readText(INDEX);
  const pages = filesBelow(DECISIONS, '.md').filter((file) => file !== INDEX);
  expect(pages.filter((page) => !index.includes(`(${basename(page)})`))).toEqual([]);
});

test('documents: plain English', () => {
  const unclear = DOCUMENTS.map((file) => ({ file, words: unclearIn(readText(file)) })).filter(({ words }) => words.length > 0);
  expect(unclear).toEqual([]);
  expect(unclearIn('Whoever leads is told; `nobody` is quoted.')).toEqual(['Whoever', 'is told']);
});
