/** The documents of the scenarios: every example has a page that can be followed word by word, and no link leads nowhere. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { COMMAND_WORDS, SELECTOR_KEYS } from '../../src/lab/scenario/grammar/command-words.js';
import { parseFaultCommand } from '../../src/lab/scenario/grammar/command-line.js';
import { parseScenario } from '../../src/lab/scenario/grammar/parse-scenario.js';
import { SCENARIO_SCHEMA } from '../../src/lab/scenario/schema/scenario-schema.js';
import type { ScenarioCluster } from '../../src/lab/scenario/model/scenario.js';
import { INVARIANTS } from '../../src/lab/workloads/invariants.js';
import type { Schema } from '../../src/lab/scenario/schema/schema-parts.js';
import { MODES, STATES } from '../../src/lab/scenario/schema/selector-schema.js';
import { WORKLOAD_TYPES } from '../../src/lab/workloads/workload-types.js';
import { filesBelow, readText, ROOT } from './sources.js';

const PAGES = 'docs/scenarios';
const INDEX = `${PAGES}/README.md`;
const names = filesBelow('examples', '.yaml').map((file) => basename(file, '.yaml'));
const pages = names.map((name) => ({ name, example: `examples/${name}.yaml`, page: `${PAGES}/${name}.md` }));
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));

/** The lines of the document's shell blocks. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap((match) =>
    (match[1] ?? '')
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter(Boolean),
  );

/** Options of a command of the shell as keys of the same command behind `:`. */
function typed(line: string): string {
  return line
    .replace(/^npx lab /, '')
    .replace(/^(\S+ [^-]\S*)/, (head) => head.replaceAll(',', ' '))
    .replace(/ --(to|from) (\S+)/g, ' direction=$1 target=$2')
    .replace(/ --in-pipeline\b/g, ' in-pipeline=true')
    .replace(/ --for (\S+)/g, ' duration=$1')
    .replace(/ --([a-z-]+) (\S+)/g, ' $1=$2');
}

/** Of the example, as far as a page does not start another one by hand. */
function clusterOf(example: string): ScenarioCluster {
  const parsed = parseScenario(readText(example), example);
  if (!parsed.ok) throw new Error(`${example} cannot be read`);
  const { cluster, steps } = parsed.scenario;
  const added = steps.some(({ fault }) => fault.action === 'add') ? 2 : 0;
  return { ...cluster, datanodes: Math.max(5, cluster.datanodes) + added };
}

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('docs/scenarios: every example has a page of its own, and the index leads to it', () => {
  const index = readText(INDEX);
  const missing = pages.filter(({ page }) => !existsSync(join(ROOT, page))).map(({ page }) => page);
  const unlisted = pages.filter(({ name }) => !index.includes(`(${name}.md)`)).map(({ name }) => name);
  const strays = filesBelow(PAGES, '.md').filter((file) => file !== INDEX && !pages.some(({ page }) => page === file));
  expect({ missing, unlisted, strays }).toEqual({ missing: [], unlisted: [], strays: [] });
});

test.each(pages)('$page runs its example, and what it has typed by hand is understood', ({ example, page }) => {
  const commands = commandsIn(readText(page));
  expect(commands).toEqual(expect.arrayContaining([`npx lab run ${example}`, `npx lab sim ${example} --seeds 100`]));
  const cluster = clusterOf(example);
  const words: readonly string[] = COMMAND_WORDS.map(({ word }) => word);
  const faults = commands.filter((line) => words.includes(line.split(' ')[2] ?? ''));
  const wrong = faults.flatMap((line) => {
    const parsed = parseFaultCommand(typed(line), cluster);
    return 'step' in parsed ? [] : [{ line, problems: parsed.problems }];
  });
  expect(wrong).toEqual([]);
});

/** What stands under `definitions`, where a schema only names it. */
const resolved = (schema: Schema): unknown => {
  const name = /^#\/definitions\/(\w+)$/.exec(String(schema['$ref']))?.[1];
  return name === undefined ? schema : (SCENARIO_SCHEMA['definitions'] as Readonly<Record<string, Schema>>)[name];
};
const keysIn = (schema: unknown, key: string): unknown => ((schema as Schema)['properties'] as Schema)[key];
const keysOf = (schema: unknown): string[] => Object.keys((schema as Schema)['properties'] ?? {});
const untold = (file: string, words: readonly string[]): string[] => {
  const text = readText(file);
  return words.filter((word) => !new RegExp(`\`[^\`\\n]*\\b${word}\\b`).test(text));
};

test('docs/faults.md names every word, key, selector and mode that the schema has', () => {
  const keys = COMMAND_WORDS.flatMap((word) => word.keys.map(({ key }) => key)).filter((key) => !key.startsWith('target-'));
  const words = [...COMMAND_WORDS.map(({ word }) => word), ...keys, ...SELECTOR_KEYS.map(({ key }) => key), ...MODES, ...STATES];
  expect(untold('docs/faults.md', words)).toEqual([]);
});

test('docs/scenario-files.md names all that the schema has beside faults', () => {
  const properties = SCENARIO_SCHEMA['properties'] as Readonly<Record<string, Schema>>;
  const items = (key: string): unknown => resolved(properties[key]?.['items'] as Schema);
  const words = [
    ...Object.keys(properties),
    ...['metadata', 'cluster', 'nemesis', 'final'].flatMap((key) => keysOf(properties[key])),
    ...['workload', 'steps', 'probes'].flatMap((key) => keysOf(items(key))),
    ...WORKLOAD_TYPES,
    ...INVARIANTS,
  ];
  const pattern = String((keysIn(items('probes'), 'eventually') as Schema)['pattern']);
  const metrics = (/\(([a-z_|]+)\)/.exec(pattern)?.[1] ?? '').split('|');
  expect(metrics.length).toBeGreaterThan(10);
  expect(untold('docs/scenario-files.md', [...words, ...metrics])).toEqual([]);
});

test('documents: every scenario that they show can be read', () => {
  const shown = documents.flatMap((file) =>
    [...readText(file).matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
      .map((match) => match[1] ?? '')
      .filter((text) => text.includes('kind: Scenario'))
      .map((text) => ({ file, parsed: parseScenario(text, file) })),
  );
  expect(shown.length).toBeGreaterThan(1);
  expect(shown.filter(({ parsed }) => !parsed.ok)).toEqual([]);
});

test('documents: every file that a command names is there', () => {
  const missing = documents.flatMap((file) =>
    commandsIn(readText(file))
      .flatMap((line) => line.split(' '))
      .filter((word) => /^(examples|scripts|test|docs)\/[\w./-]+$/.test(word) && !existsSync(join(ROOT, word)))
      .map((word) => `${file}: ${word}`),
  );
  expect(missing).toEqual([]);
});

test('documents: every anchor of a link is a heading of the document that it leads to', () => {
  const broken = documents.flatMap((file) =>
    [...readText(file).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].flatMap(([link, path = '', anchor = '']) => {
      const target = path === '' ? file : normalize(join(dirname(file), path));
      const isThere = target.endsWith('.md') && existsSync(join(ROOT, target));
      return isThere && anchorsOf(readFileSync(join(ROOT, target), 'utf8')).includes(anchor) ? [] : [`${file}: ${link}`];
    }),
  );
  expect(broken).toEqual([]);
});
