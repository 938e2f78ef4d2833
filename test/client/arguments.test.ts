import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { DistriFSClient } from '../../src/client/distrifs-client.js';
import { DistriFS } from '../../src/index.js';
import { FakeCluster } from './fake-cluster.js';

/** A client whose every method takes anything, as a program in JavaScript may call it. */
type Untyped = Record<string, (...args: unknown[]) => Promise<unknown>>;

async function started(seed: number): Promise<{ cluster: FakeCluster; client: DistriFSClient; untyped: Untyped }> {
  const cluster = new FakeCluster(seed);
  await cluster.sim.run(() => cluster.start());
  const client = cluster.client();
  return { cluster, client, untyped: client as unknown as Untyped };
}

const ofType = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const ofValue = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };
const ofRange = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

/** The failure of a call, thrown or as a rejection. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'no failure';
  } catch (error) {
    return error;
  }
}

test.each([
  ['a number', 5],
  ['undefined', undefined],
  ['null', null],
  ['an object', {}],
  ['an ArrayBuffer', new ArrayBuffer(3)],
  ['an array of numbers', [1, 2, 3]],
  ['a Set of numbers', new Set([1])],
  [
    'a generator of objects',
    (function* () {
      yield {};
    })(),
  ],
  ['a promise', Promise.resolve('text')],
])('writeFile: %s as data is a TypeError, and nothing is sent', async (_name, data) => {
  const { cluster, untyped } = await started(1);
  await cluster.sim.run(async () => {
    expect(await failureOf(() => untyped['writeFile']!('/f', data))).toMatchObject(ofType);
  });
  expect(cluster.calls).toEqual([]);
});

test('writeFile: a stream of objects is a TypeError, creates no file, and is destroyed', async () => {
  const { cluster, untyped } = await started(2);
  const source = Readable.from([{ a: 1 }, { b: 2 }]);
  await cluster.sim.run(async () => {
    expect(await failureOf(() => untyped['writeFile']!('/f', source))).toMatchObject(ofType);
  });
  expect(cluster.calls).toEqual([]);
  expect(source.destroyed).toBe(true);
});

test('writeFile: a wrong piece after good ones is a TypeError; the file is abandoned', async () => {
  const { cluster, untyped } = await started(3);
  await cluster.sim.run(async () => {
    expect(await failureOf(() => untyped['writeFile']!('/f', ['good', 7]))).toMatchObject(ofType);
  });
  expect(cluster.files.size).toBe(0);
  expect(cluster.countOf('AbandonFile')).toBe(1);
});

test('writeFile: the bytes of every view, of strings in an encoding, and of iterables of these', async () => {
  const { cluster, client, untyped } = await started(4);
  const words = new Uint16Array([0x0102, 0x0304, 0x0506]);
  const bytes = Buffer.from(words.buffer);
  await cluster.sim.run(async () => {
    const written = async (data: unknown, options?: unknown): Promise<Buffer> => {
      await untyped['writeFile']!('/f', data, options);
      return client.readFile('/f');
    };
    expect(await written(words)).toEqual(bytes);
    expect(await written(words.subarray(1, 2))).toEqual(bytes.subarray(2, 4));
    expect(await written(new DataView(words.buffer, 1, 3))).toEqual(bytes.subarray(1, 4));
    expect(await written([words, 'Grüße'])).toEqual(Buffer.concat([bytes, Buffer.from('Grüße')]));
    expect(await written(Readable.from(['a', Buffer.from('b')]))).toEqual(Buffer.from('ab'));
    expect(await written('0aff', 'hex')).toEqual(Buffer.from([10, 255]));
    expect(await written('0aff', { encoding: 'hex' })).toEqual(Buffer.from([10, 255]));
    expect(await written('', null)).toEqual(Buffer.alloc(0));
    expect(await written([])).toEqual(Buffer.alloc(0));
  });
});

test.each([
  ['writeFile', ['/f', 'data', { overwrite: false }], ofValue],
  ['writeFile', ['/f', 'data', { flag: 'a' }], ofValue],
  ['writeFile', ['/f', 'data', { mode: '0644' }], ofType],
  ['writeFile', ['/f', 'data', { mode: 0o10000 }], ofRange],
  ['writeFile', ['/f', 'data', { replication: 1.5 }], ofRange],
  ['writeFile', ['/f', 'data', { replication: NaN }], ofRange],
  ['writeFile', ['/f', 'data', { chunkSize: 1 }], ofRange],
  ['writeFile', ['/f', 'data', { encoding: 'utf9' }], ofValue],
  ['writeFile', ['/f', 'data', { signal: {} }], ofType],
  ['writeFile', ['/f', 'data', 5], ofType],
  ['writeFile', [5, 'data'], ofType],
  ['writeFile', ['/a\0b', 'data'], ofValue],
  ['writeFile', ['/a\ud800b', 'data'], ofValue],
  ['writeFile', [Buffer.from('/f'), 'data'], ofType],
  ['readFile', [undefined], ofType],
  ['readFile', ['/f', 'utf9'], ofValue],
  ['readFile', ['/f', { flag: 'r' }], ofValue],
  ['createReadStream', [null], ofType],
  ['createReadStream', ['/f', { start: '0' }], ofType],
  ['createReadStream', ['/f', { start: -1 }], ofRange],
  ['createReadStream', ['/f', { end: 1.5 }], ofRange],
  ['createReadStream', ['/f', { start: Infinity }], ofRange],
  ['createReadStream', ['/f', { start: 2, end: 1 }], ofRange],
  ['createReadStream', ['/f', { autoClose: true }], ofValue],
  ['createWriteStream', [7], ofType],
  ['createWriteStream', ['/f', { flags: 'wx' }], ofValue],
  ['createWriteStream', ['/f', { highWaterMark: '1' }], ofType],
  ['mkdir', ['/d', 0o700], ofType],
  ['mkdir', ['/d', { recursive: 'yes' }], ofType],
  ['mkdir', ['/d', { parents: true }], ofValue],
  ['readdir', ['/', { recursive: true }], ofValue],
  ['readdir', ['/', { withFileTypes: 1 }], ofType],
  ['stat', [{}], ofType],
  ['stat', ['/f', { bigint: true }], ofValue],
  ['locate', [1], ofType],
  ['rename', ['/a', 1], ofType],
  ['rename', [1, '/a'], ofType],
  ['rm', ['/f', { recursive: 1 }], ofType],
  ['rm', ['/f', { maxRetries: 3 }], ofValue],
  ['exists', [1], ofType],
  ['df', [{ all: true }], ofValue],
  ['df', [[]], ofType],
])('%s(%j): refused, and nothing is sent', async (method, args, failure) => {
  const { cluster, client, untyped } = await started(5);
  await cluster.sim.run(async () => {
    expect(await failureOf(() => untyped[method]!.apply(client, args))).toMatchObject(failure);
  });
  expect(cluster.calls).toEqual([]);
});

test('unknown options: the message names the option and the options that exist', async () => {
  const { cluster, untyped } = await started(6);
  await cluster.sim.run(async () => {
    const failure = await failureOf(() => untyped['writeFile']!('/f', 'data', { overwrite: false }));
    expect(failure).toHaveProperty('message', expect.stringMatching(/"options\.overwrite".*flag/));
    // An option without a value is no option.
    await untyped['writeFile']!('/f', 'data', { overwrite: undefined });
  });
});

test('createReadStream, createWriteStream: encoding and highWaterMark as in node:fs', async () => {
  const { cluster, client } = await started(7);
  await cluster.sim.run(async () => {
    const out = client.createWriteStream('/f', { encoding: 'hex', highWaterMark: 16 });
    expect(out.writableHighWaterMark).toBe(16);
    await new Promise((resolve) => out.end('c3a4', () => resolve(null)));
    const read = client.createReadStream('/f', 'utf8');
    expect(await read.toArray()).toEqual(['ä']);
  });
});

test.each([
  [{}, ofType],
  [undefined, ofType],
  [{ master: 7 }, ofType],
  [{ master: ['h:1', 2] }, ofType],
  [{ master: 'h:1', masters: 'h:2' }, ofValue],
  [{ master: 'h:1', profile: 'slow' }, ofValue],
  [{ master: 'h:1', timings: { patience: 1 } }, ofValue],
  [{ master: 'h:1', timings: { rpcDeadlineMs: '1' } }, ofType],
  [{ master: 'h:1', clientName: 1 }, ofType],
  [{ master: 'h:1', log: 'debug' }, ofType],
])('connect(%j): refused', async (options, failure) => {
  const untyped = DistriFS as unknown as Untyped;
  expect(await failureOf(() => untyped['connect']!(options))).toMatchObject(failure);
});
