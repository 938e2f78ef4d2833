import { expect, test } from 'vitest';
import { importsOf, readText, sourceFiles } from './sources.js';

/** Which rooms of src a room may import, besides itself. An entry point (main.ts, *-child.ts, *-worker.ts) may import anything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  shared: [],
  protocol: ['shared'],
  runtime: ['shared', 'protocol'],
  raft: [],
  master: ['shared', 'protocol', 'raft'],
  datanode: ['shared', 'protocol'],
  client: ['shared', 'protocol'],
  supervisor: ['shared', 'protocol', 'runtime', 'client'],
  tui: ['shared', 'supervisor'],
  cli: ['shared', 'client', 'supervisor', 'tui', 'runtime', 'index.js'],
  'index.ts': ['shared', 'client', 'supervisor', 'runtime'],
};

/** What the terminal UI may see of the supervisor: its public types. */
const SUPERVISOR_FACE = 'src/supervisor/api/';

const isEntryPoint = (file: string): boolean => /\/(main|[a-z-]+-child|[a-z-]+-worker)\.ts$/.test(file);
const roomOf = (path: string): string => path.split('/')[1] ?? '';

/** The imports that the rule is about: a type is gone at run time, and the command line loads a role's entry point by path. */
function ruledImportsOf(file: string): string[] {
  const text = readText(file).replace(TYPE_IMPORT, (statement) => (isEntryPointImport(statement) ? '' : statement));
  return importsOf(
    file,
    roomOf(file) === 'cli' ? text.replace(/await import\('\.\.\/(master|datanode)\/main\.js'\)/g, '') : text,
  );
}

const TYPE_IMPORT = /^(import|export) type [^;]*;/gms;
const isEntryPointImport = (statement: string): boolean => /(main|-child|-worker)\.js'/.test(statement);

/** What breaks the rule in one file. */
function violations(file: string, imports: readonly string[]): string[] {
  if (isEntryPoint(file)) return [];
  const room = roomOf(file);
  const allowed = MAY_IMPORT[room];
  if (allowed === undefined) return [`${file} is in a room that the rule does not know`];
  return imports
    .filter((target) => target.startsWith('src/'))
    .filter((target) => {
      if (isEntryPoint(target.replace(/\.js$/, '.ts'))) return true;
      if (room === 'tui' && roomOf(target) === 'supervisor') return !target.startsWith(SUPERVISOR_FACE);
      return roomOf(target) !== room && !allowed.includes(roomOf(target));
    })
    .map((target) => `${file} imports ${target}`);
}

test('import rule: rooms import only what stands below them, nobody imports an entry point', () => {
  expect(sourceFiles().flatMap((file) => violations(file, ruledImportsOf(file)))).toEqual([]);
});

test('import rule: the check can fail', () => {
  expect(violations('src/master/x.ts', ['src/datanode/y.js'])).toEqual(['src/master/x.ts imports src/datanode/y.js']);
  expect(violations('src/shared/x.ts', ['src/protocol/y.js'])).toHaveLength(1);
  expect(violations('src/cli/x.ts', ['src/master/main.js'])).toHaveLength(1);
  expect(violations('src/tui/x.tsx', ['src/supervisor/cluster/cluster.js'])).toHaveLength(1);
  expect(violations('src/tui/x.tsx', ['src/supervisor/api/cluster-status.js', 'src/shared/units.js', 'ink'])).toEqual([]);
});

/** The first cycle among the files, as a path, or null. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle !== null) return cycle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle !== null) return cycle;
  }
  return null;
}

test('import rule: no cycles', () => {
  const files = new Set(sourceFiles());
  const toSource = (target: string): string | undefined =>
    [target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.tsx')].find((path) => files.has(path));
  /** Type-only imports are gone at run time and make no cycle. */
  const runtimeImports = (file: string): string[] => {
    const text = readText(file).replace(TYPE_IMPORT, '');
    return importsOf(file).filter((target) => text.includes(`/${target.split('/').at(-1) ?? ''}'`) && target.startsWith('src/'));
  };
  const graph = new Map(
    [...files].map(
      (file) =>
        [
          file,
          runtimeImports(file)
            .map(toSource)
            .filter((path): path is string => path !== undefined),
        ] as const,
    ),
  );
  expect(findCycle(graph)).toBeNull();
  expect(
    findCycle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
  ).toEqual(['b', 'c', 'b']);
});
