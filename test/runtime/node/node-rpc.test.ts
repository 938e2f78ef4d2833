import dns from 'node:dns';
import { parseAddress } from '../../../src/shared/address.js';
import { afterEach, expect, test, vi } from 'vitest';
import { bindText, textMethod } from '../conformance/text-service.js';
import { type Fixture, openFixture, rawServer, until } from './fixture.js';

const Echo = textMethod('Echo');
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

test('Rpc: a server that accepts and never speaks leaves nothing behind, and does not spoil later calls', async () => {
  const { runtime } = await fixture();
  const silent = await rawServer(() => undefined);
  const channel = runtime.rpc.connect(silent.address);
  await expect(channel.call(Echo, '', { deadlineMs: 300 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  // The stuck attempt is torn down, not left behind.
  await until(() => silent.sockets.size === 0);
  silent.close();
  await runtime.rpc.serve(silent.address, [echo]);
  expect(await channel.call(Echo, 'back', { deadlineMs: 1_000 })).toBe('back');
});

/** grpc-js waits at least so long before it connects again. */
const GRPC_BACKOFF_MS = 1_000;

test('Rpc: a server that came back on its port is reached by the next call, without the back-off of grpc-js', async () => {
  const { runtime } = await fixture();
  const first = await runtime.rpc.serve('127.0.0.1:0', [echo]);
  const channel = runtime.rpc.connect(first.address);
  await channel.call(Echo, 'one', LONG);
  await first.stop(100);
  for (let i = 0; i < 5; i++) await expect(channel.call(Echo, '', LONG)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await runtime.rpc.serve(first.address, [echo]);
  expect(await channel.call(Echo, 'two', { deadlineMs: GRPC_BACKOFF_MS - 100 })).toBe('two');
});

test('Rpc: a name that belongs to another host by now is looked up again with the next connection', async () => {
  const { runtime } = await fixture();
  const [first, second] = ['127.0.0.1', '127.0.0.2'];
  const former = await runtime.rpc.serve(`${first}:0`, [bindText(Echo, async () => first)]);
  const { port } = parseAddress(former.address);
  await runtime.rpc.serve(`${second}:${port}`, [bindText(Echo, async () => second)]);
  let host = first;
  const lookup = vi.spyOn(dns, 'lookup');
  // Node asks for one address or for all of them.
  lookup.mockImplementation(((_name: string, options: dns.LookupOptions, done: (...answer: unknown[]) => void) => {
    if (options.all === true) done(null, [{ address: host, family: 4 }]);
    else done(null, host, 4);
  }) as typeof dns.lookup);
  try {
    const channel = runtime.rpc.connect(`master.example:${port}`);
    expect(await channel.call(Echo, '', LONG)).toBe(first);
    host = second;
    await former.stop(0);
    // The broken connection may be noticed by this call alone.
    await channel.call(Echo, '', LONG).catch(() => undefined);
    expect(await channel.call(Echo, '', LONG)).toBe(second);
  } finally {
    lookup.mockRestore();
  }
});
