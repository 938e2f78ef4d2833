import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../src/runtime/node/pino-logger.js';
import { DfsError } from '../../../src/shared/errors.js';
import { type Fixture, openFixture } from './fixture.js';

let fixture: Fixture;

beforeEach(async () => {
  fixture = await openFixture();
});

afterEach(() => fixture.close());

test('createLogger: writes JSON lines at once, with fields, errors and their causes, from its level on', async () => {
  const file = join(fixture.folder, 'logs', 'dn-1.log');
  const { log } = createLogger({ name: 'dn-1', file });
  log.debug('unheard');
  log.info('plain');
  log.child({ chunk: 'c1' }).warn('with fields', { bytes: 7 });
  log.error('failed', { error: new DfsError('IO_ERROR', 'Cannot read', { cause: new Error('EIO') }) });
  const lines = (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { level: 'info', msg: 'plain', name: 'dn-1', pid: process.pid },
    { level: 'warn', msg: 'with fields', chunk: 'c1', bytes: 7 },
    { level: 'error', msg: 'failed', error: { code: 'IO_ERROR', message: 'Cannot read', cause: { message: 'EIO' } } },
  ]);
  expect(Date.parse(String(lines[0]?.['time']))).toBeGreaterThan(0);
});

/** Uses every part of the built runtime, closes it, and prints what it saw. It must then end by itself. */
const CHILD = `
  import { createNodeRuntime } from ${JSON.stringify(new URL('../../../dist/runtime/node/index.js', import.meta.url).href)};
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent, child: () => log };
  const { runtime, close } = createNodeRuntime({ dataDir: process.argv[1], log });
  await runtime.disk.lock();
  const text = { path: '/t.T/Echo', encodeRequest: Buffer.from, decodeRequest: String, encodeResponse: Buffer.from, decodeResponse: String };
  const server = await runtime.rpc.serve('127.0.0.1:0', [{ path: text.path, handle: async (bytes) => bytes }]);
  const echoed = await runtime.rpc.connect(server.address).call(text, 'echoed', { deadlineMs: 5000 });
  const listener = await runtime.net.listen('127.0.0.1:0', () => undefined);
  const stream = await runtime.net.dial(listener.address, { timeoutMs: 5000 });
  const chunk = new Uint8Array(4 * 1024 * 1024 + 1);
  const view = new Uint8Array(new ArrayBuffer(1 << 20), 7, 900000);
  const sums = await Promise.all([chunk, view].map((data) => runtime.compute.blockChecksums(data, 65536)));
  const moved = chunk.length === 0;
  const many = await Promise.allSettled(Array.from({ length: 40 }, () => runtime.compute.blockChecksums(new Uint8Array(1 << 20), 65536)));
  const refused = many.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
  if (process.argv[2] === 'close') await close();
  else {
    stream.destroy();
    await Promise.all([server.stop(10), listener.close()]);
  }
  console.log(JSON.stringify({ echoed, lengths: sums.map((s) => s.length), moved, refused: [...new Set(refused)] }));
`;

test.each(['close', 'leave'])('NodeRuntime: the process ends by itself (%s), and checksums run on threads', async (how) => {
  const args = ['--input-type=module', '-e', CHILD, fixture.folder, how];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(0);
  expect(JSON.parse(output)).toEqual({ echoed: 'echoed', lengths: [65, 14], moved: true, refused: ['RESOURCE_EXHAUSTED'] });
});
