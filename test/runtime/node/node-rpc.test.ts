import { afterEach, expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import { RPC_MESSAGE_BYTES_MAX } from '../../../src/shared/limits.js';
import { bindText, type Fixture, openFixture, rawServer, textMethod, until } from './fixture.js';

const Echo = textMethod('Echo');
const Hang = textMethod('Hang');
const LONG = { deadlineMs: 10_000 };

const fixtures: Fixture[] = [];

async function fixture(): Promise<Fixture> {
  const opened = await openFixture();
  fixtures.push(opened);
  return opened;
}

const echo = bindText(Echo, async (request) => request);

afterEach(async () => {
  for (const opened of fixtures.splice(0)) await opened.close();
});

test('Rpc: a call carries bytes there and back, up to the message limit', async () => {
  const { runtime } = await fixture();
  const server = await runtime.rpc.serve('127.0.0.1:0', [echo]);
  const channel = runtime.rpc.connect(server.address);
  expect(await channel.call(Echo, 'hello', LONG)).toBe('hello');
  expect(await channel.call(Echo, '', LONG)).toBe('');
  const largest = 'x'.repeat(RPC_MESSAGE_BYTES_MAX);
  expect(await channel.call(Echo, largest, LONG)).toHaveLength(RPC_MESSAGE_BYTES_MAX);
  await expect(channel.call(Echo, `${largest}x`, LONG)).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED', retriable: false });
});

test('Rpc: many calls at once are each answered', async () => {
  const { runtime } = await fixture();
  const server = await runtime.rpc.serve('127.0.0.1:0', [echo]);
  const channel = runtime.rpc.connect(server.address);
  const texts = Array.from({ length: 300 }, (_, i) => `call ${i}`);
  expect(await Promise.all(texts.map((text) => channel.call(Echo, text, LONG)))).toEqual(texts);
});

test('Rpc: an error keeps its code, message, retriable, nodeId and leaderHint', async () => {
  const { runtime } = await fixture();
  const Fail = textMethod('Fail');
  const thrown = new DfsError('NOT_LEADER', 'Ask "m-2" ünd not me\n', { retriable: true, nodeId: 'm-1', leaderHint: 'm-2:7000' });
  const server = await runtime.rpc.serve('127.0.0.1:0', [
    bindText(Fail, async (request) => {
      throw request === 'bug' ? new TypeError('x is undefined') : thrown;
    }),
  ]);
  const channel = runtime.rpc.connect(server.address);
  await expect(channel.call(Fail, '', LONG)).rejects.toMatchObject({
    code: 'NOT_LEADER',
    message: thrown.message,
    retriable: true,
    nodeId: 'm-1',
    leaderHint: 'm-2:7000',
  });
  await expect(channel.call(Fail, 'bug', LONG)).rejects.toMatchObject({ code: 'INTERNAL', retriable: false });
  await expect(channel.call(textMethod('Nowhere'), '', LONG)).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
});

test('Rpc: a caller that gives up fires the signal of the handler', async () => {
  const { runtime } = await fixture();
  const aborted: string[] = [];
  let started = 0;
  const server = await runtime.rpc.serve('127.0.0.1:0', [
    bindText(Hang, (request, { signal, peer }) => {
      started++;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push(`${request} ${peer.startsWith('127.0.0.1:')}`);
          reject(new DfsError('CANCELLED', 'gone'));
        });
      });
    }),
  ]);
  const channel = runtime.rpc.connect(server.address);
  const controller = new AbortController();
  const cancelled = channel.call(Hang, 'by signal', { ...LONG, signal: controller.signal });
  await until(() => started === 1);
  controller.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(channel.call(Hang, 'by deadline', { deadlineMs: 150 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  const closed = channel.call(Hang, 'by close', LONG);
  await until(() => started === 3);
  channel.close();
  await expect(closed).rejects.toMatchObject({ code: 'CANCELLED' });
  await until(() => aborted.length === 3);
  expect(aborted).toEqual(['by signal true', 'by deadline true', 'by close true']);
  await expect(channel.call(Hang, '', LONG)).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('Rpc: a refused connection fails at once with UNAVAILABLE', async () => {
  const { runtime } = await fixture();
  const { address, close } = await rawServer(() => undefined);
  close();
  const startMs = performance.now();
  await expect(runtime.rpc.connect(address).call(Echo, '', LONG)).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
  expect(performance.now() - startMs).toBeLessThan(500);
});

test('Rpc: a server that accepts and never speaks costs no more than the deadline, and does not spoil later calls', async () => {
  const { runtime } = await fixture();
  const silent = await rawServer(() => undefined);
  const channel = runtime.rpc.connect(silent.address);
  const startMs = performance.now();
  await expect(channel.call(Echo, '', { deadlineMs: 300 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(performance.now() - startMs).toBeLessThan(600);
  // The stuck attempt is torn down, not left behind.
  await until(() => silent.sockets.size === 0);
  silent.close();
  await runtime.rpc.serve(silent.address, [echo]);
  expect(await channel.call(Echo, 'back', { deadlineMs: 1_000 })).toBe('back');
});

test('Rpc: a server that came back on its port is reached by the next call', async () => {
  const { runtime } = await fixture();
  const first = await runtime.rpc.serve('127.0.0.1:0', [echo]);
  const channel = runtime.rpc.connect(first.address);
  await channel.call(Echo, 'one', LONG);
  await first.stop(100);
  for (let i = 0; i < 5; i++) await expect(channel.call(Echo, '', LONG)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await runtime.rpc.serve(first.address, [echo]);
  const startMs = performance.now();
  expect(await channel.call(Echo, 'two', LONG)).toBe('two');
  expect(performance.now() - startMs).toBeLessThan(200);
});

test('RpcServer.stop: lets calls under way end within the grace, cuts them after it', async () => {
  const { runtime } = await fixture();
  let finish = (): void => undefined;
  let started = 0;
  const bindings = [
    bindText(Hang, (request) => {
      started++;
      return new Promise((resolve) => {
        finish = () => resolve(request);
      });
    }),
  ];
  const patient = await runtime.rpc.serve('127.0.0.1:0', bindings);
  const channel = runtime.rpc.connect(patient.address);
  const answered = channel.call(Hang, 'in time', LONG);
  await until(() => started === 1);
  const stopped = patient.stop(5_000);
  finish();
  expect(await answered).toBe('in time');
  await stopped;

  const hasty = await runtime.rpc.serve('127.0.0.1:0', bindings);
  const cut = runtime.rpc.connect(hasty.address).call(Hang, 'too late', LONG);
  const outcome = expect(cut).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true });
  await until(() => started === 2);
  await hasty.stop(50);
  await outcome;
  await hasty.stop(50);
});

test('Rpc.serve: a taken port is ADDRESS_IN_USE', async () => {
  const { runtime } = await fixture();
  const server = await runtime.rpc.serve('127.0.0.1:0', [echo]);
  await expect(runtime.rpc.serve(server.address, [echo])).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  await expect(runtime.rpc.serve('nonsense', [echo])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
