/** The documents as a whole, and the texts in sources: the map stays short, every decision is listed, and the language stays plain. */
import { basename } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { filesBelow, readText, sourceFiles } from './sources.js';

const MAP = 'ARCHITECTURE.md';
const MAP_LINES_MAX = 150;
const DECISIONS = 'docs/decisions';
const INDEX = `${DECISIONS}/README.md`;
const DOCUMENTS = [MAP, 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')];

/** Sources whose comments and strings are checked: folders, which end in `/`, and files. */
const PLAIN_SOURCES = ['src/shared/', 'src/protocol/', 'src/runtime/', 'src/client/', 'src/index.ts', 'src/cli/'];
/** Files of these folders that are not checked yet. */
const UNCHECKED_SOURCES = [
  'src/cli/lab/fault-command.ts',
  'src/cli/lab/lab-fault-commands.ts',
  'src/cli/lab/lab-help.ts',
  'src/cli/lab/lab-target.ts',
  'src/cli/lab/lab-tui.ts',
  'src/cli/lab/lab-up.ts',
];

/** Without what is quoted: programs print what they print. */
const proseOf = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** Pronouns without a noun, and words that are clearer under another name: `default`, `overrides`, `reported`, `active`, `inject`. */
const UNCLEAR =
  /\b(nobody|whoever|whomever|anybody|somebody|everybody|left out|is stronger|is told|are told|in force|strikes|struck)\b/gi;

const unclearIn = (text: string): string[] => proseOf(text).match(UNCLEAR) ?? [];

/** Comments and strings of a source, one a line. Comments stand in the trivia before tokens, where JSDoc nodes would repeat them. */
function textsIn(file: string, text: string): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    if (children.length === 0) texts.push(text.slice(node.getFullStart(), node.getStart(source)));
    if (ts.isStringLiteralLike(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node)) texts.push(node.text);
    children.forEach(visit);
  };
  visit(source);
  return texts.map((each) => each.replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ')).join('\n');
}

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

test('comments, messages and help in sources, examples and scripts: plain English', () => {
  const sources = sourceFiles().filter((file) => PLAIN_SOURCES.some((each) => file.startsWith(each)));
  const checked = sources.filter((file) => !UNCHECKED_SOURCES.includes(file));
  expect(checked.length).toBeGreaterThan(0);
  const scripts = [...filesBelow('scripts', '.mjs'), ...filesBelow('bench', '.mjs')];
  const texts = [
    ...[...checked, ...scripts].map((file) => ({ file, text: textsIn(file, readText(file)) })),
    ...[...filesBelow('proto', '.proto'), ...filesBelow('examples', '.yaml')].map((file) => ({ file, text: readText(file) })),
  ];
  expect(texts.map(({ file, text }) => ({ file, words: unclearIn(text) })).filter(({ words }) => words.length > 0)).toEqual([]);
});

test('comments and strings of a source are found, code is not', () => {
  const source = `
    /** It is left
     * out by \`nobody\`. */
    const struck = 'a fault is in force'; // Whoever leads.
    export const text = \`\${struck} is told \${struck}, somebody\`;
  `;
  expect(unclearIn(textsIn('a.ts', source)).sort()).toEqual(['Whoever', 'in force', 'is told', 'left out', 'somebody']);
});
