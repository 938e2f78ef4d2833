import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as plainTest } from 'vitest';
import { runScenario } from '../../../src/lab/campaign/run-scenario.js';
import { readRun } from '../../../src/lab/record/run-folder.js';
import { repetitionSeeds } from '../../../src/lab/scenario/plan/repetitions.js';
import type { RunEvent, VerdictEvent } from '../../../src/lab/run/run-events.js';
import { createFakeWorld } from '../scenario/fake-world.js';
import type { FakeCluster, Sabotage } from '../scenario/fake-world.js';

const QUIET = `apiVersion: lab/v1
kind: Scenario
metadata: { name: quick }
cluster: { masters: 1, datanodes: 5, replication: 3 }
workload:
  - { type: write-verify, clients: 2, rate: 200/s, size: 1-4KiB }
duration: 500ms
final: { heal: all, settle: 1s }
`;

const FAULTS = `${QUIET}seed: 7
steps:
  - { at: 50ms, duration: 100ms, node: { action: kill, selector: { name: [dn-3, dn-4] }, mode: one } }
  - { at: 60ms, duration: 200ms, network: { action: isolate, selector: { name: dn-5 } } }
  - { at: 300ms, duration: 50ms, node: { action: pause, selector: { name: m-1 } } }
  - { at: 400ms, node: { action: stop, selector: { name: [dn-1, dn-2] } } }
`;

interface Ran {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly events: readonly RunEvent[];
  readonly verdict: VerdictEvent | undefined;
  readonly cluster: () => FakeCluster;
  readonly dir: string;
  /** The schedule as it was written beside the data. */
  readonly resolved: string;
}

interface RunOptions {
  readonly sabotage?: Sabotage;
  readonly json?: boolean;
  readonly seed?: number;
  readonly interruptAfterMs?: number;
  readonly file?: string;
  readonly repeat?: number;
  readonly dataDir?: string;
  /** Reads the folder of the runs before it goes. */
  readonly look?: (runs: string) => Promise<void>;
}

// Each run sleeps most of its time.
const test = plainTest.concurrent;

const isEvent = (value: unknown): value is RunEvent => typeof value === 'object' && value !== null && 'event' in value;

async function run(text: string, options: RunOptions = {}): Promise<Ran> {
  const fake = await createFakeWorld(options.sabotage);
  const dir = await mkdtemp(join(tmpdir(), 'distrifs-scenario-'));
  await writeFile(join(dir, 'quick.yaml'), text);
  const lines: string[] = [];
  const errors: string[] = [];
  const interrupt = new AbortController();
  const timer = setTimeout(() => interrupt.abort(), options.interruptAfterMs ?? 30_000);
  const exitCode = await runScenario(
    {
      files: [options.file ?? join(dir, 'quick.yaml')],
      json: options.json ?? true,
      signal: interrupt.signal,
      write: (line) => void lines.push(line),
      writeError: (line) => void errors.push(line),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
      ...(options.dataDir === undefined ? {} : { dir: options.dataDir }),
      ...(options.look === undefined ? {} : { record: join(dir, 'runs') }),
    },
    fake.world,
  );
  clearTimeout(timer);
  await options.look?.(join(dir, 'runs'));
  const resolved = await readFile(join(fake.dir, 'scenario.resolved.yaml'), 'utf8').catch(() => '');
  await Promise.all([fake.remove(), rm(dir, { recursive: true, force: true })]);
  const events = options.json === false ? [] : lines.map((line): unknown => JSON.parse(line)).filter(isEvent);
  const verdict = events.find((event) => event.event === 'verdict');
  return { exitCode, lines, errors, events, verdict, cluster: fake.cluster, dir, resolved };
}

test('runScenario passes when every promise is kept, and leaves the cluster closed and unobserved', async () => {
  const { exitCode, verdict, events, cluster } = await run(QUIET);
  expect(verdict).toMatchObject({ verdict: 'pass', exitCode: 0, reasons: [] });
  expect(exitCode).toBe(0);
  expect(verdict?.filesAcked).toBeGreaterThan(10);
  expect(verdict?.readsVerified).toBeGreaterThan(10);
  expect(verdict?.filesDeleted).toBeGreaterThan(0);
  expect(events.at(-1)?.event).toBe('verdict');
  expect(cluster().isClosed).toBe(true);
  expect(cluster().listenerCount).toBe(0);
});

test('runScenario carries out steps, undoes them, brings every node back, and sees each effect', async () => {
  const { verdict, events, cluster } = await run(FAULTS);
  expect(verdict).toMatchObject({ verdict: 'pass', seed: 7, faults: { planned: 7, seen: 7 } });
  const done = events.flatMap((event) =>
    event.event === 'fault' && event.effect === 'seen' ? [`${event.fault.source} ${event.fault.action}`] : [],
  );
  expect(done.sort()).toEqual([
    'step isolate',
    'step kill',
    'step pause',
    'step stop',
    'undo lift',
    'undo restart',
    'undo resume',
  ]);
  const restarted = cluster()
    .calls.slice(-2)
    .filter(({ action }) => action === 'restart');
  expect(restarted.flatMap(({ nodes }) => nodes).sort()).toEqual(['dn-1', 'dn-2']);
});

test('runScenario fails on a read with wrong bytes', async () => {
  const { exitCode, verdict } = await run(QUIET, { sabotage: { flipEveryReads: 5 } });
  expect(exitCode).toBe(1);
  expect(verdict?.reasons[0]).toMatch(
    /^no-corruption: \/workload\/client-\d\/file-\d+: wrong bytes: sha256 [0-9a-f]{64} instead of /,
  );
});

test('runScenario fails when an acknowledged file is gone', async () => {
  const { exitCode, verdict } = await run(QUIET, { sabotage: { loseWrites: true } });
  expect(exitCode).toBe(1);
  expect(verdict?.reasons.join()).toMatch(/acked-files-readable: .*acknowledged, but reported as missing/);
});

test('runScenario fails when an acknowledged file cannot be read at the end', async () => {
  const { exitCode, verdict } = await run(QUIET, { sabotage: { unreadable: true } });
  expect(verdict?.reasons.join()).toMatch(/acked-files-readable: .*cannot be read: No replica/);
  expect(exitCode).toBe(1);
});

test('runScenario fails when a deleted file comes back', async () => {
  const { exitCode, verdict } = await run(QUIET, { sabotage: { resurrect: true } });
  expect(exitCode).toBe(1);
  expect(verdict?.reasons[0]).toMatch(/^deleted-stay-deleted: /);
});

test.each(['kill', 'pause', 'isolate', 'stop', 'restart', 'resume'] as const)(
  'runScenario says "unknown" when an ordered %s has no effect',
  async (ignore) => {
    const { exitCode, verdict } = await run(FAULTS, { sabotage: { ignore } });
    expect(exitCode).toBe(2);
    expect(verdict?.verdict).toBe('unknown');
    expect(verdict?.reasons.join()).toMatch(new RegExp(`${ignore} .* had no effect`));
  },
);

test('runScenario says "unknown" when no file was acknowledged', async () => {
  const { exitCode, verdict } = await run(QUIET, { sabotage: { refuseWrites: true } });
  expect(exitCode).toBe(2);
  expect(verdict?.reasons).toContain('no file was acknowledged');
  expect(verdict?.errors).toBeGreaterThan(0);
});

test('runScenario says "unknown" when a step finds fewer nodes than it asks for', async () => {
  const step = 'steps:\n  - { at: 10ms, node: { action: restart, selector: { state: stopped } } }\n';
  const { exitCode, verdict } = await run(QUIET + step);
  expect(exitCode).toBe(2);
  expect(verdict?.reasons[0]).toBe('restart at 0.0s had no effect: line 10 finds no node: no node is stopped');
});

test('runScenario says "unknown" when a node ends by itself', async () => {
  const { exitCode, verdict } = await run(QUIET, { sabotage: { crashNode: 'dn-4' } });
  expect(exitCode).toBe(2);
  expect(verdict?.reasons).toEqual(['dn-4 ended by itself (SIGSEGV)']);
});

test('runScenario fails when an "eventually" does not come true in time', async () => {
  const probes = 'probes:\n  - { eventually: "under_replicated == 0", within: 300ms }\n  - { eventually: "chunks > 0" }\n';
  const { exitCode, verdict } = await run(QUIET + probes, { sabotage: { underReplicated: 2 } });
  expect(exitCode).toBe(1);
  expect(verdict?.reasons).toHaveLength(1);
  expect(verdict?.reasons[0]).toMatch(/^eventually "under_replicated == 0" did not come true: under_replicated is 2 after /);
});

test('runScenario stops with 130 when interrupted, and closes the cluster', async () => {
  const { exitCode, events, cluster, verdict } = await run(FAULTS.replace('500ms', '20s'), { interruptAfterMs: 300 });
  expect(exitCode).toBe(130);
  expect(verdict).toBeUndefined();
  expect(events.at(-1)).toMatchObject({ event: 'error' });
  expect(cluster().isClosed).toBe(true);
  expect(cluster().listenerCount).toBe(0);
});

test('runScenario ends with 255 when the cluster does not start', async () => {
  const { exitCode, events } = await run(QUIET, { sabotage: { refuseStart: true } });
  expect(exitCode).toBe(255);
  expect(events.at(-1)).toEqual({ event: 'error', message: 'The lab failed: Cannot listen on 127.0.0.1:7000' });
});

test('runScenario says one line about one mistake, before anything starts', async () => {
  const { exitCode, errors, lines, cluster, dir } = await run(QUIET.replace('rate:', 'rat:'), { json: false });
  const file = join(dir, 'quick.yaml');
  expect(exitCode).toBe(254);
  expect(errors).toEqual([`${file}:6:39: error on line 6, column 39: unknown key "rat" in a workload: did you mean "rate"?`]);
  expect(lines).toEqual([]);
  expect(cluster).toThrow('No cluster was started');
});

test('runScenario ends with 254 when the file cannot be read or is too large', async () => {
  const missing = await run('', { json: false, file: '/nonexistent/chaos.yaml' });
  expect(missing.exitCode).toBe(254);
  expect(missing.errors).toEqual([expect.stringMatching(/^Cannot read scenario "\/nonexistent\/chaos.yaml": ENOENT/)]);
  const large = await run(`# ${'x'.repeat(1024 * 1024)}\n${QUIET}`, { json: false });
  expect(large.exitCode).toBe(254);
  expect(large.errors[0]).toMatch(/more than 1048576 bytes/);
});

test('runScenario prefers --seed to the seed of the file, and chooses and prints one when there is none', async () => {
  const given = await run(FAULTS, { seed: 99 });
  expect(given.verdict?.seed).toBe(99);
  const chosen = await run(QUIET);
  const start = chosen.events[0];
  expect(start).toMatchObject({ event: 'start', seedFrom: 'chance', seed: chosen.verdict?.seed });
});

test('runScenario records the resolved schedule beside the data', async () => {
  const { resolved } = await run(FAULTS);
  expect(resolved).toContain('seed: 7');
  expect(resolved).toContain('action: isolate');
});

test('runScenario leaves a run folder that says all of the run', async () => {
  const look = async (runs: string): Promise<void> => {
    const [name = ''] = await readdir(runs);
    expect(name).toMatch(/^\d{8}T\d{6}Z-7$/);
    const at = (file: string): Promise<string> => readFile(join(runs, name, file), 'utf8');
    expect(await at('scenario.yaml')).toBe(FAULTS);
    expect(await at('scenario.resolved.yaml')).toMatch(/seed: 7[^]*names?: dn-|name: /);
    const { inputs, history } = readRun(join(runs, name));
    expect(inputs).toMatchObject({ mode: 'processes', seed: 7, recorded: 'pass', facts: { final: { temporaryFiles: 0 } } });
    expect(inputs.facts.faults.filter(({ effects }) => effects > 0)).toHaveLength(7);
    expect(history.length).toBeGreaterThan(20);
    const events = (await at('events.ndjson')).trimEnd().split('\n');
    expect(events[0]).toMatch(/"event":"start"/);
    expect(events.at(-1)).toMatch(/"event":"verdict","verdict":"pass"/);
    expect(await readdir(join(runs, name, 'logs'))).toEqual(['client-1.log']);
  };
  const { verdict, exitCode } = await run(FAULTS, { look, sabotage: { leaveLog: 'client-1.log' } });
  expect(verdict?.reasons).toEqual([]);
  expect(exitCode).toBe(0);
});

test('runScenario writes down that nodes were threads', async () => {
  let mode: unknown;
  const look = async (runs: string): Promise<void> => {
    const [name = ''] = await readdir(runs);
    mode = readRun(join(runs, name)).inputs.mode;
  };
  await run(QUIET.replace('{ masters: 1,', '{ runtime: thread, masters: 1,'), { look });
  expect(mode).toBe('threads');
});

test('runScenario keeps the logs of a run that failed, and says where', async () => {
  let logs: readonly string[] = [];
  const look = async (runs: string): Promise<void> => {
    const [name = ''] = await readdir(runs);
    logs = await readdir(join(runs, name, 'logs'));
    expect(() => readRun(join(runs, name))).toThrow(/has no verdict: the run was interrupted/);
  };
  const interrupted = { look, interruptAfterMs: 300, json: false, sabotage: { leaveLog: 'client.log' } };
  const { exitCode, errors } = await run(FAULTS.replace('500ms', '20s'), interrupted);
  expect(exitCode).toBe(130);
  expect(logs).toEqual(['client.log']);
  expect(errors[0]).toMatch(/^Interrupted: .*the run was not judged \(partial record: .*runs.*\)$/);
});

test('runScenario repeats with seeds of its own, each recorded, and ends as the worst', async () => {
  const seeds: unknown[] = [];
  const look = async (runs: string): Promise<void> => {
    for (const name of await readdir(runs)) {
      const results = JSON.parse(await readFile(join(runs, name, 'results.json'), 'utf8')) as Record<string, unknown>;
      seeds.push([results['seed'], results['repetition']]);
    }
  };
  const options = { look, repeat: 3, json: false, seed: 7, sabotage: { flipEveryReads: 5, onlyInRun: 2 } };
  const { exitCode, lines } = await run(QUIET, options);
  const derived = repetitionSeeds(7, 3);
  const expected = derived.map((seed, index) => [seed, { number: index + 1, of: 3, firstSeed: 7 }]);
  expect(seeds).toHaveLength(3);
  expect(seeds).toEqual(expect.arrayContaining(expected));
  expect(lines).toContain('run 2 of 3');
  expect(lines.some((line) => line.startsWith(`seed ${derived[1] ?? 0} (derived: repeat with --seed) |`))).toBe(true);
  expect(lines.at(-1)).toMatch(/^3 of 3 runs: 2 pass, 1 fail, 0 unknown \(\d+\.\ds\)$/);
  expect(exitCode).toBe(1);
});

test('runScenario refuses several runs in one folder', async () => {
  const { exitCode, errors, cluster } = await run(QUIET, { repeat: 2, dataDir: '/nonexistent', json: false });
  expect(exitCode).toBe(254);
  expect(errors).toEqual(['Several runs cannot share one folder: omit --dir or --repeat']);
  expect(cluster).toThrow('No cluster was started');
});

test('runScenario tells a leader of the setup without a time of the workload', async () => {
  const sabotage = { electAtFirstLook: true };
  const { events } = await run(QUIET, { sabotage });
  expect(events.find(({ event }) => event === 'leader')).toMatchObject({ elapsedMs: null, node: 'm-1', term: 1 });
  const { lines } = await run(QUIET, { sabotage, json: false });
  expect(lines).toContain('  setup  m-1 leads in term 1');
});

test('runScenario prints readable lines that end with the verdict', async () => {
  const { lines, errors } = await run(FAULTS.replace('500ms', '1200ms'), { json: false });
  expect(errors).toEqual([]);
  expect(lines[1]).toMatch(/^seed 7 \| 1 master, 5 datanodes, replication 3, 4 MiB chunks, profile fast \| 2 clients \| 1.2s$/);
  expect(
    lines.some((line) =>
      /^ {3}1\.\ds {2}nodes \d\/6 live \| files \d+ acked, .* \| chunks 10 healthy, 0 under, 0 missing$/.test(line),
    ),
  ).toBe(true);
  expect(lines.some((line) => /step isolate dn-5: .*dn-5 went stale/.test(line))).toBe(true);
  expect(lines.at(-1)).toMatch(/^verdict: pass \(seed 7, \d+\.\ds\)$/);
});
