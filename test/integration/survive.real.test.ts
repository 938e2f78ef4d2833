import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive, Lab, run, sha256Of, startBin, temporaryFolder, waitFor, outcomeOf, writeSample } from './processes.js';

interface StatJson {
  readonly length: number;
  readonly chunks: readonly { id: string; index: number; length: number; version: number; replicas: readonly string[] }[];
}

/** Four chunks of 16 MiB and a part: long enough to be interrupted. */
const BIG_BYTES = 70 * 1024 * 1024;

/** What one checksum covers. */
const BLOCK_BYTES = 64 * 1024;

/** Two of three replicas are damaged: more reads than it takes to come upon both. */
const READS_MAX = 40;

async function labUp(...args: readonly string[]): Promise<Lab> {
  const lab = await Lab.up(...args);
  onTestFinished(async () => {
    await lab.down();
  });
  return lab;
}

const statOf = async (lab: Lab, path: string): Promise<StatJson> =>
  JSON.parse((await lab.distrifs(['stat', path, '--json'])).stdout) as StatJson;

const folderOf = (lab: Lab, nodeId: string): string => lab.ready.datanodes.find((node) => node.id === nodeId)?.dataDir ?? '';

test('lab: a file survives two datanodes killed at once, comes back to three replicas, and leaves nothing behind', async () => {
  const folder = temporaryFolder(onTestFinished);
  const lab = await Lab.up();
  const [source, copy] = [join(folder, 'source'), join(folder, 'copy')];
  await writeSample(source, 21 * 1024 * 1024 + 12_345, 1);

  expect(await lab.distrifs(['put', source, '/film.bin'])).toMatchObject({ code: 0 });
  const { length, chunks } = await statOf(lab, '/film.bin');
  expect(length).toBe(21 * 1024 * 1024 + 12_345);
  expect(chunks.map((chunk) => [chunk.index, new Set(chunk.replicas).size])).toEqual(
    [0, 1, 2, 3, 4, 5].map((index) => [index, 3]),
  );
  const parts = (replica: number): string[] =>
    chunks.map((chunk) => join(folderOf(lab, chunk.replicas[replica] ?? ''), `chunk-${chunk.id}`));
  for (const replica of [0, 1, 2]) expect(await sha256Of(...parts(replica))).toBe(await sha256Of(source));

  const victims = chunks[0]?.replicas.slice(0, 2) ?? [];
  await lab.lab('kill', ...victims);
  expect(await lab.distrifs(['get', '/film.bin', copy])).toMatchObject({ code: 0 });
  expect(await sha256Of(copy)).toBe(await sha256Of(source));

  await waitFor(
    'the dead nodes noticed',
    10_000,
    async () => (await lab.status()).nodes.filter((node) => node.state === 'stopped').length === 2,
  );
  await waitFor('three replicas of each chunk on nodes that live', 15_000, async () =>
    (await statOf(lab, '/film.bin')).chunks.every(
      ({ replicas }) => replicas.length === 3 && !replicas.some((id) => victims.includes(id)),
    ),
  );
  const { nodes } = await lab.healed(15_000);
  expect(nodes.filter((node) => node.state === 'live').map((node) => node.role)).toEqual([
    ...Array.from({ length: 3 }, () => 'master'),
    ...Array.from({ length: 3 }, () => 'datanode'),
  ]);

  const pids = [lab.child.pid ?? 0, ...[...lab.ready.masters, ...lab.ready.datanodes].map((node) => node.pid)];
  expect(await lab.down()).toMatchObject({ code: 0 });
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(lab.ready.dir)).toBe(false);
});

test('lab: one bit flipped in two of three replicas never reaches a reader, and the master names both nodes', async () => {
  const folder = temporaryFolder(onTestFinished);
  const lab = await labUp('--masters', '1');
  const source = join(folder, 'source');
  await writeSample(source, 300_000, 2);
  expect(await lab.distrifs(['put', source, '/bits'])).toMatchObject({ code: 0 });
  const chunk = (await statOf(lab, '/bits')).chunks[0]!;
  const flipped = chunk.replicas.slice(0, 2);
  for (const nodeId of flipped) {
    const path = join(folderOf(lab, nodeId), `chunk-${chunk.id}`);
    const bytes = readFileSync(path);
    bytes[123_456] = (bytes[123_456] ?? 0) ^ 0x10;
    writeFileSync(path, bytes);
  }
  const wanted = await sha256Of(source);
  const areBothNamed = (): boolean => {
    // Whichever leads.
    const log = lab.ready.masters.flatMap((master) => readFileSync(master.log, 'utf8').split('\n'));
    return flipped.every((nodeId) =>
      log.some((line) => line.includes(chunk.id) && line.includes(nodeId) && /corrupt/i.test(line)),
    );
  };
  // A read finds what is wrong with the replica it takes.
  for (let reads = 0; reads < READS_MAX && !areBothNamed(); reads++) {
    const copy = join(folder, `copy-${reads}`);
    expect(await lab.distrifs(['get', '/bits', copy])).toMatchObject({ code: 0 });
    expect(await sha256Of(copy)).toBe(wanted);
  }
  expect(areBothNamed()).toBe(true);
  await lab.healed(15_000);
});

// The first read was right, and made all three datanodes drop their replica.
test('lab: a bit flipped in a different block of each of three replicas: every read is right, and three good files come back', async () => {
  const folder = temporaryFolder(onTestFinished);
  const lab = await labUp('--masters', '1', '--datanodes', '3');
  const source = join(folder, 'source');
  await writeSample(source, 300_000, 6);
  expect(await lab.distrifs(['put', source, '/bits'])).toMatchObject({ code: 0 });
  const wanted = await sha256Of(source);
  const chunk = (await statOf(lab, '/bits')).chunks[0]!;
  const paths = chunk.replicas.map((nodeId) => join(folderOf(lab, nodeId), `chunk-${chunk.id}`));
  expect(paths).toHaveLength(3);
  for (const [i, path] of paths.entries()) {
    const bytes = readFileSync(path);
    const at = i * BLOCK_BYTES + 1_000;
    bytes[at] = (bytes[at] ?? 0) ^ 0x04;
    writeFileSync(path, bytes);
  }
  const areGood = async (): Promise<boolean> =>
    (await Promise.all(paths.map((path) => sha256Of(path)))).every((hash) => hash === wanted);
  for (let reads = 0; reads < READS_MAX && !(await areGood()); reads++) {
    const copy = join(folder, `copy-${reads}`);
    expect(await lab.distrifs(['get', '/bits', copy])).toMatchObject({ code: 0 });
    expect(await sha256Of(copy)).toBe(wanted);
  }
  expect(await areGood()).toBe(true);
  await lab.healed(15_000);
});

test('lab: a chunk file removed by hand is noticed and made again', async () => {
  const folder = temporaryFolder(onTestFinished);
  const lab = await labUp('--masters', '1', '--datanodes', '3');
  const source = join(folder, 'source');
  await writeSample(source, 100_000, 3);
  await lab.distrifs(['put', source, '/file']);
  const chunk = (await statOf(lab, '/file')).chunks[0]!;
  const path = join(folderOf(lab, chunk.replicas[0] ?? ''), `chunk-${chunk.id}`);
  rmSync(path);
  await waitFor('the chunk file to be made again', 20_000, () => existsSync(path));
  expect(await sha256Of(path)).toBe(await sha256Of(source));
});

test('lab: a datanode killed in the middle of a write does not stop it, and has no temporary file after its restart', async () => {
  const folder = temporaryFolder(onTestFinished);
  const lab = await labUp('--masters', '1', '--chunk-size', '16MiB');
  const source = join(folder, 'source');
  await writeSample(source, BIG_BYTES, 4);
  const put = startBin('distrifs', ['put', source, '/big'], { DISTRIFS_MASTER: lab.master });
  const ended = outcomeOf(put);
  const writing = await waitFor('a datanode to be writing', 20_000, () =>
    lab.ready.datanodes.find((node) => readdirSync(node.dataDir).some((name) => name.endsWith('.tmp'))),
  );
  await lab.lab('kill', writing.id);
  expect(await ended).toMatchObject({ code: 0 });
  await lab.lab('restart', writing.id);
  await waitFor('no temporary file', 10_000, () => !readdirSync(writing.dataDir).some((name) => name.endsWith('.tmp')));
  expect(await lab.distrifs(['get', '/big', join(folder, 'copy')])).toMatchObject({ code: 0 });
  expect(await sha256Of(join(folder, 'copy'))).toBe(await sha256Of(source));
  await lab.healed(20_000);
});

test('lab: a datanode stalled during a put through the client proxy: the put ends, and acknowledged means two replicas', async () => {
  const folder = temporaryFolder(onTestFinished);
  const lab = await labUp('--masters', '1', '--chunk-size', '16MiB');
  const source = join(folder, 'source');
  await writeSample(source, BIG_BYTES, 5);
  const put = startBin('distrifs', ['put', source, '/big', '--profile', 'fast'], {
    DISTRIFS_MASTER: lab.master,
    grpc_proxy: lab.ready.proxy,
  });
  const ended = outcomeOf(put, 60_000);
  const writing = await waitFor('a datanode to be writing', 20_000, () =>
    lab.ready.datanodes.find((node) => readdirSync(node.dataDir).some((name) => name.endsWith('.tmp'))),
  );
  await lab.lab('isolate', writing.id);
  const outcome = await ended;
  expect(outcome.signal).toBeNull();
  if (outcome.code === 0) {
    for (const chunk of (await statOf(lab, '/big')).chunks) expect(chunk.replicas.length).toBeGreaterThanOrEqual(2);
    expect(await lab.distrifs(['get', '/big', join(folder, 'copy')])).toMatchObject({ code: 0 });
    expect(await sha256Of(join(folder, 'copy'))).toBe(await sha256Of(source));
  } else {
    expect(outcome.stderr).toMatch(/^distrifs put: .+\n$/);
  }
  await lab.lab('heal');
});

test('lab: a given folder keeps its data and can be started again', async () => {
  const folder = temporaryFolder(onTestFinished);
  const source = join(folder, 'source');
  copyFileSync(new URL('../../LICENSE', import.meta.url), source);
  const first = await Lab.up('--dir', join(folder, 'lab'), '--datanodes', '3');
  expect(await first.distrifs(['put', source, '/kept'])).toMatchObject({ code: 0 });
  await first.down();
  const second = await labUp('--dir', join(folder, 'lab'));
  await waitFor('the file to be readable again', 10_000, async () => {
    const { code, stdout } = await second.distrifs(['cat', '/kept']);
    return code === 0 && stdout === readFileSync(source, 'utf8');
  });
});

test('lab: without a terminal it says so and points to --no-tui', async () => {
  const outcome = await run('lab', ['up']);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toMatch(/--no-tui/);
  expect(await run('lab', ['up', '--no-tui', '--masters', '2'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/take 1, 3 or 5/) as string,
  });
});
