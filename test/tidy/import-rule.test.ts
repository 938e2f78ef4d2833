import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import type { ICruiseResult } from 'dependency-cruiser';
import { afterEach, expect, test } from 'vitest';
import rules from '../../.dependency-cruiser.js';
import { SUB_MODULES } from '../../module-plan.js';
import { filesBelow, ROOT } from './sources.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What breaks the rules below a folder: `rule: file → file`. */
async function violations(baseDir: string): Promise<string[]> {
  const { forbidden, options } = rules;
  const { output } = await cruise(['src'], {
    ...options,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
    outputType: 'json',
  });
  const { summary } = JSON.parse(output as string) as ICruiseResult;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

/** A repository of some files, each with the imports that it has. */
function repository(files: Readonly<Record<string, readonly string[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'distrifs-imports-'));
  folders.push(folder);
  for (const [file, imports] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${imports.map((line) => `${line}\n`).join('')}export const name = 1;\n`);
  }
  return folder;
}

test('import rule: modules and sub-modules import only what stands below them, types counted', { timeout: 120_000 }, async () => {
  expect(await violations(ROOT)).toEqual([]);
});

test.each([
  ['a module above', 'src/raft/a.ts', 'src/shared/b.ts', "import { name as other } from '../shared/b.js';"],
  [
    'a module beside',
    'src/master/base/a.ts',
    'src/datanode/base/b.ts',
    "import { name as other } from '../../datanode/base/b.js';",
  ],
  [
    'a type of a module above',
    'src/supervisor/cluster/a.ts',
    'src/lab/live/b.ts',
    "import type { name as Other } from '../../lab/live/b.js';",
  ],
  [
    'a module above, loaded late',
    'src/supervisor/cluster/a.ts',
    'src/lab/live/b.ts',
    "export const late = import('../../lab/live/b.js');",
  ],
  ['a sub-module above', 'src/lab/scenario/a.ts', 'src/lab/run/b.ts', "import type { name as Other } from '../run/b.js';"],
  ['a sub-module of two folders above', 'src/master/state/tables/a.ts', 'src/master/state/image/b.ts', "import '../image/b.js';"],
  ['files of the folder above', 'src/client/read/a.ts', 'src/client/b.ts', "import '../b.js';"],
  ['an entry point', 'src/supervisor/host/a.ts', 'src/supervisor/host/some-child.ts', "import './some-child.js';"],
  [
    'more of the supervisor than the terminal UI may see',
    'src/tui/a.ts',
    'src/supervisor/cluster/b.ts',
    "import '../supervisor/cluster/b.js';",
  ],
  [
    'an entry point that is no daemon',
    'src/cli/a.ts',
    'src/supervisor/host/host-child.ts',
    "import '../supervisor/host/host-child.js';",
  ],
])('import rule: refuses %s', async (_, from, to, line) => {
  const found = await violations(repository({ [from]: [line], [to]: [] }));
  expect(found.filter((each) => each.endsWith(`${from} → ${to}`))).not.toEqual([]);
});

test('import rule: refuses a cycle of types, and a file outside of the plan', async () => {
  const cycle = repository({
    'src/shared/a.ts': ["import type { name as Other } from './b.js';"],
    'src/shared/b.ts': ["import type { name as Other } from './a.js';"],
  });
  expect((await violations(cycle)).map((each) => each.split(':')[0])).toContain('no cycles');
  const stray = repository({ 'src/lab/unknown/a.ts': ["import '../run/b.js';"], 'src/lab/run/b.ts': [] });
  expect((await violations(stray)).join()).toContain('every file belongs to a module of the plan');
});

test('import rule: allows what the plan allows', async () => {
  const sound = repository({
    'src/lab/run/a.ts': ["import '../scenario/b.js';", "import '../../shared/c.js';"],
    'src/lab/scenario/b.ts': [],
    'src/shared/c.ts': [],
    'src/cli/lab.ts': ["export const daemon = import('../master/main.js');"],
    'src/master/main.ts': ["import './master.js';"],
    'src/master/master.ts': [],
  });
  expect(await violations(sound)).toEqual([]);
});

/** More files than a reader takes in at once. */
const FOLDER_FILES_MAX = 26;

test('layout: no folder is too full, and every sub-module of the plan exists', () => {
  const counts = new Map<string, number>();
  for (const file of filesBelow('src', '.ts', '.tsx')) {
    if (!file.startsWith('src/protocol/generated/')) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  }
  expect([...counts].filter(([, count]) => count > FOLDER_FILES_MAX)).toEqual([]);
  const planned = Object.entries(SUB_MODULES).flatMap(([module, order]) =>
    order.map((sub) => (sub === '' ? `src/${module}` : `src/${module}/${sub}`)),
  );
  expect(planned.filter((folder) => !counts.has(folder))).toEqual([]);
});
