/** `distrifs` with a master and two datanodes on real ports and disks, all in the test's own process. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SILENT_LOGGER } from '../../src/cli/distrifs/admin-command.js';
import { getFiles } from '../../src/cli/distrifs/get-command.js';
import { start as startDatanode } from '../../src/datanode/index.js';
import { DistriFS } from '../../src/index.js';
import { start as startMaster } from '../../src/master/index.js';
import { createNodeRuntime, type NodeRuntime } from '../../src/runtime/node/index.js';
import { crc32Portable } from '../../src/shared/crc32.js';
import { BLOCK_BYTES } from '../../src/shared/limits.js';
import { timingsOf } from '../../src/shared/profile.js';
import type { RunningNode } from '../../src/shared/runtime.js';
import { until } from '../until.js';
import { distrifs, type Outcome } from './command-line.js';

const TIMINGS = timingsOf('fast');
const folder = mkdtempSync(join(tmpdir(), 'file-batches-'));
const runtimes: NodeRuntime[] = [];
const nodes: RunningNode[] = [];
let masters: string;

async function startNode(name: string, start: (runtime: NodeRuntime['runtime']) => Promise<RunningNode>): Promise<RunningNode> {
  const host = createNodeRuntime({ dataDir: join(folder, name), log: SILENT_LOGGER });
  runtimes.push(host);
  const node = await start(host.runtime);
  nodes.unshift(node);
  return node;
}

beforeAll(async () => {
  const master = await startNode('m-1', (runtime) =>
    startMaster(runtime, {
      masterId: 'm-1',
      listen: '127.0.0.1:0',
      init: true,
      defaultReplication: 2,
      defaultChunkSizeBytes: 100 * 1_024,
      minReplicas: 2,
      timings: TIMINGS,
    }),
  );
  masters = master.address;
  for (const nodeId of ['dn-1', 'dn-2']) {
    await startNode(nodeId, (runtime) =>
      startDatanode(runtime, { nodeId, listen: '127.0.0.1:0', masters: [masters], rack: 'r', timings: TIMINGS }),
    );
  }
});
afterAll(async () => {
  for (const node of nodes) await node.stop();
  for (const host of runtimes) await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<Outcome> => distrifs(...args, '--master', masters, '--profile', 'fast');

const NAMES = ['a.bin', 'b.bin', 'sub/c.bin'];
const local = (name: string): Buffer => readFileSync(join(folder, 'tree', name));

test('batches: a tree into the cluster, patterns, copies and checksums there, and back, byte for byte', async () => {
  mkdirSync(join(folder, 'tree/sub'), { recursive: true });
  const data = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff));
  for (const name of NAMES) writeFileSync(join(folder, 'tree', name), data.subarray(name.length));
  chmodSync(join(folder, 'tree/a.bin'), 0o640);
  const stored = await run('put', '-rp', '--verify', '--json', join(folder, 'tree'), '/tree');
  expect(stored).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(stored.stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
    summary: { files: 3, bytes: 3 * data.length - 19, failed: 0, skipped: 0 },
  });
  expect(await run('cp', '-r', '--verify', '/tree', '/copy')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await run('mv', '/copy/*.bin', '/copy/sub')).toMatchObject({ code: 0, stderr: '' });

  const checksums = await run('checksum', '/copy/**/*.bin', '--json');
  const lines = checksums.stdout.trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
    NAMES.map((name) => {
      const bytes = local(name);
      const crc32 = crc32Portable(bytes).toString(16).padStart(8, '0');
      const path = `/copy/sub/${name.replace('sub/', '')}`;
      return { path, crc32, length: bytes.length, chunks: 3, compared: 3, differences: [] };
    }),
  );

  const back = join(folder, 'back');
  const fetched = await run('get', '-rp', '--verify', '--resume', '/tree', '/none/*', back);
  expect(fetched.code).toBe(1);
  expect(fetched.stderr).toMatch(/^distrifs get: "\/none\/\*": no path matches\n/);
  for (const name of NAMES) expect(readFileSync(join(back, name)).equals(local(name))).toBe(true);
  expect(statSync(join(back, 'a.bin')).mode & 0o777).toBe(0o640);
  expect(readdirSync(back).toSorted()).toEqual(['a.bin', 'b.bin', 'sub']);
  expect(await run('rm', '-r', '/tree', '/cop?')).toMatchObject({ code: 0, stderr: '' });
  expect((await run('ls')).stdout).toBe('');
});

test('get --resume: goes on after what an interrupted command left', async () => {
  const source = join(folder, 'source');
  writeFileSync(source, Buffer.from(Array.from({ length: 350_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff)));
  expect(await run('put', source, '/f')).toMatchObject({ code: 0 });
  const target = join(folder, 'resumed');
  mkdirSync(target);
  const partBytes = (): number => {
    const name = readdirSync(target).find((each) => each.endsWith('.part'));
    return name === undefined ? 0 : statSync(join(target, name)).size;
  };
  const client = await DistriFS.connect({ master: masters, profile: 'fast' });
  async function* interrupted(path: string): AsyncGenerator<Buffer, void, undefined> {
    let bytes = 0;
    for await (const piece of client.createReadStream(path) as AsyncIterable<Buffer>) {
      yield piece;
      bytes += piece.length;
      if (bytes < 200_000) continue;
      await until(() => partBytes() >= 150_000);
      throw new Error('interrupted');
    }
  }
  const failures: unknown[] = [];
  await getFiles(
    {
      client: {
        stat: (path, options) => client.stat(path, options),
        list: (path, options) => client.list(path, options),
        locate: (path, options) => client.locate(path, options),
        checksum: (path, options) => client.checksum(path, options),
        chunkChecksums: (path, options) => client.chunkChecksums(path, options),
        createReadStream: (path) => Readable.from(interrupted(path)),
      },
      json: false,
      signal: new AbortController().signal,
      warn: () => undefined,
      fail: (error) => failures.push(error),
    },
    ['/f', target],
    { resume: true, parallel: 1 },
  );
  await client.close();
  expect(failures).toMatchObject([{ message: 'interrupted' }]);
  const resumed = await run('get', '--resume', '--json', '/f', target);
  expect(resumed).toMatchObject({ code: 0, stderr: expect.stringMatching(/continued at/) as string });
  // Whole chunks, and whole blocks of the last one.
  const { resumedAt } = JSON.parse(resumed.stdout) as { readonly resumedAt: number };
  expect(resumedAt).toBeGreaterThanOrEqual(100 * 1_024);
  expect((resumedAt % (100 * 1_024)) % BLOCK_BYTES).toBe(0);
  expect(readFileSync(join(target, 'f')).equals(readFileSync(source))).toBe(true);
  expect(readdirSync(target)).toEqual(['f']);
});
