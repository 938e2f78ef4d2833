/** How bugs are planted: passages of the source are found by their tokens, and whatever does not fit is said. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { shareOf } from './run-mutants.js';

interface Mutant {
  readonly name: string;
}
interface SourceText {
  find(passage: string, places?: readonly string[]): readonly { file: string; start: number; end: number }[];
}
interface Scripts {
  readonly SourceText: new (files: ReadonlyMap<string, string>) => SourceText;
  readonly parseMutant: (name: string, text: string, keys: readonly string[]) => Mutant;
  readonly plant: (mutant: Mutant, source: SourceText) => ReadonlyMap<string, string>;
  readonly compileMutant: (mutant: Mutant, source: SourceText) => Promise<ReadonlyMap<string, string>>;
  readonly seedOrder: (order: { hints?: readonly number[]; from: number; count: number }) => readonly number[];
  readonly startOfCommit: (environment?: Record<string, string>) => number;
}

// The scripts are JavaScript without declarations.
const load = async (module: string): Promise<Scripts> =>
  (await import(new URL(`../../scripts/mutants/${module}.mjs`, import.meta.url).href)) as Scripts;
const { SourceText } = await load('source-text');
const { parseMutant } = await load('mutant-format');
const { plant } = await load('plant');
const { compileMutant } = await load('compile');
const { seedOrder, startOfCommit } = await load('seed-order');

/** Reads and compiles much, for a machine that is busy. */
const CHECK_MS_MAX = 300_000;

const LOG = `
/** A log. */
export class Log {
  #size = 0; // in bytes
  async append(bytes: Uint8Array, /* why */ isLast: boolean,): Promise<void> {
    await this.file.write(
      bytes,
      this.#size,
    );
    await this.file.sync();
    this.#size += bytes.length;
  }
  async close(): Promise<void> {
    await this.file.sync();
    await this.file.close("now");
  }
}
export const half = (n: number) => \`\${n / 2 /* of it */} and \${\`\${n / 4}\`}\`;
export const isText = (text: string) => /"[/]\`/.test(text) && text.length > 1;
`;
const FILES = new Map([
  ['src/log/log.ts', LOG],
  ['src/log/empty.ts', 'export const size = (): number => 0;\n'],
]);

const source = new SourceText(FILES);
const textAt = (passage: string, ...places: string[]) =>
  source.find(passage, places).map(({ file, start, end }) => FILES.get(file)?.slice(start, end));
const mutantOf = (edits: string) => parseMutant('bug', `What: a bug\n\n${edits}`, ['What']);
const planted = (edits: string) => plant(mutantOf(edits), source).get('src/log/log.ts');

test.each([
  ['white space and line breaks', 'await   this.file\n.write(bytes, this . #size)', 1],
  ['trailing commas', 'write(bytes, this.#size)', 1],
  ['a trailing comma of the passage', 'write(bytes, this.#size,)', 1],
  ['comments of the source', 'bytes: Uint8Array, isLast: boolean', 1],
  ['comments of the passage', '// what it adds\nthis.#size += /* all */ bytes.length', 1],
  ['quotes', "close('now')", 1],
  ['a part of a name', 'bytes.len', 0],
  ['a word of a comment', 'A log', 0],
  ['a passage that stands twice', 'await this.file.sync();', 2],
  ['a passage of two files', 'export const', 3],
  ['a template', '`${n / 2} and ${`${n / 4}`}`', 1],
  ['what follows a regular expression', 'test(text) && text.length', 1],
])('a passage is found by its tokens: %s', (_, passage, count) => {
  expect(source.find(passage)).toHaveLength(count);
});

test('what is found begins and ends with the passage', () => {
  expect(textAt('write(bytes, this.#size)')).toEqual(['write(\n      bytes,\n      this.#size,\n    )']);
});

test.each([
  [['append'], 1],
  [['close'], 1],
  [['Log', 'close'], 1],
  [['log.ts'], 2],
  [['log.ts', 'append'], 1],
  [['empty.ts'], 0],
  [['half'], 0],
])('a passage is looked for in %j', (places, count) => {
  expect(source.find('await this.file.sync();', places)).toHaveLength(count);
});

test('replaces', () => {
  expect(planted('--- replace\nbytes.length\n--- with\n0\n')).toBe(LOG.replace('bytes.length', '0'));
});

test('removes', () => {
  expect(planted('--- remove in append\nawait this.file.sync();\n')).toBe(LOG.replace('await this.file.sync();', ''));
});

test('inserts before and after', () => {
  const text = planted(
    '--- after\nthis.#size += bytes.length;\n--- insert\nlate();\n--- before\nthis.#size +=\n--- insert\nearly();\n',
  );
  expect(text).toBe(LOG.replace('this.#size += bytes.length;', 'early();\nthis.#size += bytes.length;\nlate();'));
});

test('plants several edits, in several files, each where it stands in the unchanged source', () => {
  const edits =
    '--- replace\n=> 0\n--- with\n=> bytes.length\n--- replace\nbytes.length\n--- with\n0\n--- replace in Log\n#size = 0\n--- with\n#size = 1\n';
  const files = plant(mutantOf(edits), source);
  expect([...files.keys()].sort()).toEqual(['src/log/empty.ts', 'src/log/log.ts']);
  expect(files.get('src/log/log.ts')).toBe(LOG.replace('bytes.length', '0').replace('#size = 0', '#size = 1'));
});

test('a passage that is not found is named, with the places most like it', () => {
  expect(() => planted('--- remove\nawait this.file.sync(bytes);\n')).toThrow(
    /^Mutant bug is out of date: this passage is not found:\n {4}await this\.file\.sync\(bytes\);\nNearest:\n {4}src\/log\/log\.ts:10 has 7 of its 10 tokens, then "\)" instead of "bytes"/,
  );
});

test('a passage that stands in another place than said is named, with that place', () => {
  expect(() => planted('--- remove in half\nbytes.length\n')).toThrow(
    /not found in half:\n {4}bytes\.length\nNearest:\n {4}src\/log\/log\.ts:11 has it/,
  );
});

test('a passage that stands twice is named, with both places', () => {
  expect(() => planted('--- remove\nawait this.file.sync();\n')).toThrow(
    /^Mutant bug is out of date: this passage stands 2 times:\n.*\nAt:\n {4}src\/log\/log\.ts:10\n {4}src\/log\/log\.ts:14$/,
  );
});

test('edits that overlap are refused', () => {
  expect(() => planted('--- remove\nthis.#size += bytes.length;\n--- replace\nbytes.length\n--- with\n0\n')).toThrow(/overlap/);
});

test.each([
  ['Who: me\n\n--- remove\na\n', 'there is no line "Who"'],
  ['What: a\nWhat: b\n\n--- remove\na\n', 'the line "What" stands twice'],
  ['Real: a\n\n--- remove\na\n', 'the line "What" is missing'],
  ['What: a\nand more\n\n--- remove\na\n', '"and more" is no "Key: value"'],
  ['What: a\n', 'there is no edit'],
  ['What: a\n\n--- delete\na\n', '"--- delete" is none of replace, remove, after, before here'],
  ['What: a\n\n--- toString\na\n', '"--- toString" is none of'],
  ['What: a\n\n--- with\na\n', '"--- with" is none of'],
  ['What: a\n\n--- remove\n// only a comment\n', '"--- remove" names no passage'],
  ['What: a\n\n--- replace\na\n', '"--- replace" lacks its "--- with"'],
  ['What: a\n\n--- before\na\n--- with\nb\n', '"--- before" lacks its "--- insert"'],
  ['What: a\n\n--- after\na\n--- insert\n\n', '"--- insert" of "--- after" is empty'],
  ['What: a\n\n--- replace\na(b)\n--- with\na( b, ) // c\n', '"--- replace" changes nothing: a(b)'],
])('a file that is not as it must be is refused: %j', (text, problem) => {
  expect(() => parseMutant('bug', text, ['What'])).toThrow(`bug.mutant: ${problem}`);
});

test('a mutant is compiled without its types', async () => {
  const compiled = await compileMutant(mutantOf('--- replace\n=> 0\n--- with\n=> 1 as number\n'), source);
  expect([...compiled]).toEqual([['src/log/empty.ts', 'export const size = () => 1;\n']]);
});

test('a mutant that is no TypeScript, or changes only types, is refused', async () => {
  const broken = compileMutant(mutantOf('--- replace\n=> 0\n--- with\n=> =>\n'), source);
  await expect(broken).rejects.toThrow(/^Mutant bug does not compile: src\/log\/empty\.ts: Unexpected "=>"/);
  const harmless = compileMutant(mutantOf('--- remove in size\n: number\n'), source);
  await expect(harmless).rejects.toThrow('Mutant bug changes nothing that is compiled: src/log/empty.ts');
});

test('a mutant that imports what is not there is refused', async () => {
  const lost = compileMutant(mutantOf("--- before\nexport const size\n--- insert\nimport { a } from './a.js';\n"), source);
  await expect(lost).rejects.toThrow('Mutant bug is out of date: src/log/empty.ts has no "./a.js" to import');
});

test('hints are tried first', () => {
  expect(seedOrder({ hints: [7, 3], from: 10, count: 3 })).toEqual([7, 3, 10, 11, 12]);
  expect(seedOrder({ from: 1, count: 2 })).toEqual([1, 2]);
});

test('a search starts where the environment says, or else the commit', () => {
  expect(startOfCommit({ MUTANT_SEEDS_FROM: '17' })).toBe(17);
  expect(() => startOfCommit({ MUTANT_SEEDS_FROM: 'x' })).toThrow('MUTANT_SEEDS_FROM needs a number from 1, not "x"');
  expect(startOfCommit({})).toBe(startOfCommit({}));
  expect(startOfCommit({})).toBeGreaterThanOrEqual(1);
});

test(
  'every mutant of all sets fits the source',
  () => {
    const script = fileURLToPath(new URL('../../scripts/sim-mutants.mjs', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(stderr + stdout).toMatch(/^(\d+) of \1 mutants fit the source\n$/);
    expect(status).toBe(0);
  },
  CHECK_MS_MAX,
);

test('shareOf: each planted bug is in the share of exactly one of so many commits', () => {
  const names = ['g', 'b', 'a', 'f', 'd', 'c', 'e'];
  const shares = [10, 11, 12].map((turn) => shareOf(names, 3, turn));
  expect(shares.map(({ length }) => length).toSorted()).toEqual([2, 2, 3]);
  expect(shares.flat().toSorted()).toEqual(names.toSorted());
  expect(shareOf(names, 1, 10)).toEqual(names.toSorted());
});
