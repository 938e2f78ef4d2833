import { expect, test } from 'vitest';
import type { Operation } from '../../../src/lab/history/operation.js';
import { readHistory } from '../../../src/lab/history/read-history.js';
import { simulateScenario } from '../../../src/lab/simulation/simulate-scenario.js';
import type { Simulated } from '../../../src/lab/simulation/simulate-scenario.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { WORKLOAD_TYPES } from '../../../src/lab/workloads/workload-types.js';
import type { WorkloadType } from '../../../src/lab/workloads/workload-types.js';
import { ROLES, scenarioOf } from '../simulation/fixtures.js';

const ENTRIES: Readonly<Record<WorkloadType, string>> = {
  'write-verify': 'clients: 2, rate: 8/s, size: 1-100KiB',
  'big-file': 'clients: 2, rate: 3/s, size: 200-400KiB',
  'many-small': 'clients: 2, rate: 60/s',
  'read-heavy': 'clients: 3, rate: 60/s, size: 1-80KiB, names: 6',
  'rename-storm': 'clients: 5, rate: 100/s, names: 3',
  metadata: 'clients: 3, rate: 50/s, size: 16-99B',
};

const STEPS = `steps:
  - { at: 500ms, duration: 600ms, node: { action: kill, selector: { name: dn-2 } } }
  - { at: 1500ms, duration: 600ms, network: { action: isolate, selector: { name: m-1 } } }
`;

/** A few seconds of one workload on a cluster whose chunks are smaller than its files. */
const scenarioFor = (type: WorkloadType, steps = '', seconds = 3): string => `apiVersion: lab/v1
kind: Scenario
cluster: { masters: 1, datanodes: 4, replication: 3, chunkSize: 64KiB }
workload: [{ type: ${type}, ${ENTRIES[type]} }]
duration: ${seconds}s
${steps}final: { heal: all, settle: 10s }
`;

interface Run extends Simulated {
  readonly history: readonly Operation[];
}

async function run(text: string, seed: number, wrapClient?: (client: FileClient) => FileClient): Promise<Run> {
  const lines: string[] = [];
  const simulated = await simulateScenario({
    scenario: scenarioOf(text),
    seed,
    roles: ROLES,
    onHistory: (line) => void lines.push(line),
    ...(wrapClient === undefined ? {} : { wrapClient }),
  });
  return { ...simulated, history: readHistory(lines.join('')) };
}

const okKinds = ({ history }: Run): Set<string> =>
  new Set(
    history
      .filter(({ outcome }) => outcome === 'ok')
      .map(({ kind, startByte }) => kind + (startByte === undefined ? '' : ' range')),
  );

const KINDS: Readonly<Record<WorkloadType, readonly string[]>> = {
  'write-verify': ['overwrite', 'read', 'delete'],
  'big-file': ['overwrite', 'read', 'read range', 'delete'],
  'many-small': ['mkdir', 'create', 'read', 'list', 'stat', 'delete'],
  'read-heavy': ['overwrite', 'read'],
  'rename-storm': ['create', 'read', 'rename', 'mkdir', 'list'],
  metadata: ['create', 'overwrite', 'read', 'stat', 'list', 'delete', 'rename', 'mkdir'],
};

test.each(WORKLOAD_TYPES)(
  '%s passes every check under faults, with every kind of its operations, and a seed decides it',
  async (type) => {
    const text = scenarioFor(type, STEPS);
    const first = await run(text, 1);
    expect(first.verdict).toMatchObject({ verdict: 'pass', reasons: [] });
    expect(first.historyVerdict).toBe('pass');
    expect([...okKinds(first)]).toEqual(expect.arrayContaining([...KINDS[type]]));
    expect(first.verdict.readsVerified).toBeGreaterThan(8);
    // The report draws latencies from these.
    expect(first.history.every(({ completedMs, invokedMs }) => completedMs === null || completedMs > invokedMs)).toBe(true);
    const again = await run(text, 1);
    expect(again.digest).toBe(first.digest);
    expect(again.history).toEqual(first.history);
  },
);

/** Every n-th call of one kind is answered wrongly. */
const everyNth = (count: number): (() => boolean) => {
  let calls = 0;
  return () => ++calls % count === 0;
};

interface Lie {
  readonly type: WorkloadType;
  readonly what: string;
  readonly wrap: () => (client: FileClient) => FileClient;
  /** By what the workload finds itself; left out: only the history shows it. */
  readonly ownReason?: RegExp;
  readonly checkers: readonly string[];
  readonly seconds?: number;
}

/** The last bytes but one that a path had, for readers that are behind. */
const olderBytes = (): ((client: FileClient) => FileClient) => {
  const now = new Map<string, Uint8Array>();
  const before = new Map<string, Uint8Array>();
  const isLying = everyNth(4);
  return (client) => ({
    ...client,
    writeFile: async (path, content) => {
      const copy = content.slice();
      await client.writeFile(path, content);
      const held = now.get(path);
      if (held !== undefined) before.set(path, held);
      now.set(path, copy);
    },
    readFile: async (path) => {
      const content = await client.readFile(path);
      const old = before.get(path);
      return old !== undefined && isLying() ? old : content;
    },
  });
};

const LIES: readonly Lie[] = [
  {
    type: 'write-verify',
    what: 'a read brings another file’s bytes',
    wrap: () => {
      const isLying = everyNth(5);
      let other: Uint8Array | undefined;
      return (client) => ({
        ...client,
        readFile: async (path) => {
          const content = await client.readFile(path);
          const told = isLying() && other !== undefined ? other : content;
          other = content;
          return told;
        },
      });
    },
    ownReason: /^no-corruption: /,
    checkers: ['integrity'],
  },
  {
    type: 'big-file',
    what: 'a range begins a byte too late',
    wrap: () => (client) => ({
      ...client,
      readStream: (path, onPiece, range) =>
        client.readStream(path, onPiece, range && { startByte: range.startByte + 1, endByte: range.endByte + 1 }),
    }),
    ownReason: /^no-corruption: .*(wrong bytes from byte|bytes from byte)/,
    checkers: ['integrity', 'linearizability'],
  },
  {
    type: 'big-file',
    what: 'a whole read ends with the first chunk',
    wrap: () => (client) => ({
      ...client,
      readStream: (path, onPiece, range) => client.readStream(path, onPiece, range ?? { startByte: 0, endByte: 64 * 1_024 }),
    }),
    ownReason: /^no-corruption: .*65536 bytes from byte 0 on instead of/,
    checkers: ['integrity'],
  },
  {
    type: 'many-small',
    what: 'a list leaves an entry out',
    wrap: () => {
      const isLying = everyNth(6);
      return (client) => ({
        ...client,
        readdir: async (path) => {
          const names = await client.readdir(path);
          return isLying() ? names.slice(1) : names;
        },
      });
    },
    ownReason: /^acked-files-readable: .*missing in the list/,
    checkers: ['linearizability'],
  },
  {
    type: 'many-small',
    what: 'a deletion is acknowledged and not made',
    wrap: () => {
      const isLying = everyNth(5);
      return (client) => ({ ...client, rm: async (path) => (isLying() ? undefined : client.rm(path)) });
    },
    ownReason: /^deleted-stay-deleted: /,
    checkers: ['linearizability'],
  },
  {
    type: 'read-heavy',
    what: 'a read brings bytes that were replaced',
    wrap: olderBytes,
    ownReason: /^acked-files-readable: .*version \d+ was read, but version \d+ was acknowledged before the read/,
    checkers: ['linearizability', 'no-resurrection'],
  },
  {
    type: 'rename-storm',
    what: 'a rename loses the file',
    wrap: () => {
      const isLying = everyNth(9);
      return (client) => ({
        ...client,
        rename: async (from, to) => {
          await client.rename(from, to);
          if (isLying() && from !== to) await client.removeTree(to).catch(() => undefined);
        },
      });
    },
    checkers: ['linearizability'],
  },
  {
    type: 'rename-storm',
    what: 'a rename leaves the old name behind',
    wrap: () => {
      const isLying = everyNth(9);
      return (client) => ({
        ...client,
        rename: async (from, to) => {
          const content = isLying() && from !== to ? await client.readFile(from).catch(() => undefined) : undefined;
          await client.rename(from, to);
          if (content !== undefined) await client.writeFile(from, content).catch(() => undefined);
        },
      });
    },
    checkers: ['linearizability'],
  },
  {
    type: 'metadata',
    what: 'a created file is replaced by the next',
    wrap: () => (client) => ({ ...client, createFile: (path, content) => client.writeFile(path, content) }),
    checkers: ['linearizability'],
  },
];

test.each(LIES)('$type: shows that $what', async ({ type, wrap, ownReason, checkers, seconds = 3 }) => {
  const { verdict, checks } = await run(scenarioFor(type, '', seconds), 1, wrap());
  expect(verdict.verdict).toBe('fail');
  if (ownReason !== undefined) expect(verdict.reasons).toContainEqual(expect.stringMatching(ownReason));
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ checker }) => checker);
  expect(failed).toEqual(expect.arrayContaining([...checkers]));
});

test('entries of every type work side by side, each on files of its own', async () => {
  const text = `apiVersion: lab/v1
kind: Scenario
cluster: { masters: 1, datanodes: 4, replication: 2, chunkSize: 64KiB }
workload:
${WORKLOAD_TYPES.map((type) => `  - { type: ${type}, ${ENTRIES[type]} }`).join('\n')}
duration: 3s
final: { heal: all, settle: 10s }
`;
  const { verdict, historyVerdict, history } = await run(text, 5);
  expect(verdict).toMatchObject({ verdict: 'pass', reasons: [] });
  expect(historyVerdict).toBe('pass');
  expect(new Set(history.map(({ client }) => client)).size).toBe(18);
});
