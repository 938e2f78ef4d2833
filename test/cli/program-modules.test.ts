import { expect, test } from 'vitest';
import { loadedModules } from './loaded-modules.js';

/** Packages that only some commands of the lab, or only checksums of large files need. */
const RARE_PACKAGES = ['ajv', 'yaml', 'ink', 'react', 'piscina', 'fs-native-extensions'];

const CLIENT = 'src/cli/distrifs/client-command.ts';
const RUNTIME = ['src/runtime/node/index.ts', 'src/runtime/faulty/faulty-runtime.ts', 'src/runtime/node/pino-logger.ts'];

const below = (modules: ReadonlySet<string>, folders: readonly string[]): string[] =>
  [...modules].filter((path) => folders.some((folder) => path.startsWith(`src/${folder}/`)));

const rare = (modules: ReadonlySet<string>): string[] => RARE_PACKAGES.filter((name) => modules.has(name));

test('distrifs ls loads the client and no part of a lab, a master or a datanode', async () => {
  const modules = await loadedModules(['src/cli/distrifs.ts', 'src/cli/distrifs/ls-command.ts'], [CLIENT]);
  expect([...modules]).toEqual(expect.arrayContaining(['src/distri-fs.ts', '@grpc/grpc-js', 'commander']));
  expect(below(modules, ['lab', 'supervisor', 'master', 'datanode', 'raft', 'tui', 'runtime/memory', 'runtime/faulty'])).toEqual(
    [],
  );
  expect(rare(modules)).toEqual([]);
  expect(modules.has('pino')).toBe(false);
});

test('distrifs and lab load the table of their commands, and no command', async () => {
  const modules = await loadedModules(['src/cli/distrifs.ts', 'src/cli/lab.ts']);
  expect(below(modules, ['master', 'datanode', 'raft', 'tui', 'runtime'])).toEqual([]);
  expect([...modules].filter((path) => path.endsWith('-command.ts') && path.startsWith('src/cli/distrifs'))).toEqual([]);
  expect([...rare(modules), ...['pino', '@grpc/grpc-js'].filter((name) => modules.has(name))]).toEqual([]);
});

test.each(['master', 'datanode'] as const)(
  'the process of a %s in a lab loads no other role and nothing of the lab',
  async (role) => {
    const entries = ['src/supervisor/host/host-child.ts', `src/${role}/index.ts`, ...RUNTIME];
    const modules = await loadedModules(entries);
    const other = role === 'master' ? ['datanode'] : ['master', 'raft'];
    expect([...modules]).toEqual(expect.arrayContaining(['pino', '@grpc/grpc-js', '@grpc/proto-loader']));
    expect(below(modules, [...other, 'lab', 'cli', 'client', 'tui', 'runtime/memory', 'supervisor/cluster'])).toEqual([]);
    expect(rare(modules)).toEqual([]);
    expect(modules.has('commander')).toBe(false);
  },
);
