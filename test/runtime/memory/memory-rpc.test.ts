import { expect, test } from 'vitest';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { NamespaceService } from '../../../src/protocol/services.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { RpcBinding, RpcChannel, RpcContext, RpcServer, Runtime } from '../../../src/shared/runtime.js';
import { bindEcho, echoMethod } from './fixtures.js';

interface Service {
  readonly sim: Simulation;
  readonly client: Runtime;
  readonly server: Runtime;
  readonly channel: RpcChannel;
  readonly rpcServer: RpcServer;
}

/** Machine `s` serving at s:7000, and a channel to it from machine `c`. */
async function serve(seed: number, ...bindings: RpcBinding[]): Promise<Service> {
  const sim = new Simulation({ seed });
  const [client, server] = [sim.machine('c').boot(), sim.machine('s').boot()];
  const rpcServer = await sim.run(() => server.rpc.serve('0.0.0.0:7000', bindings));
  return { sim, client, server, rpcServer, channel: client.rpc.connect(rpcServer.address) };
}

const say = (channel: RpcChannel, text: string, deadlineMs = 1_000): Promise<string> =>
  channel.call(echoMethod, text, { deadlineMs });

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );

test('MemoryRpcChannel.call: works with the real services, whose messages are never shared', async () => {
  const method = NamespaceService.GetFileInfo;
  const { sim, channel } = await serve(1, {
    path: method.path,
    handle: async (request) => {
      throw new DfsError('SAFE_MODE', `not now: ${method.decodeRequest(request).path}`, { leaderHint: 'm-2:7000' });
    },
  });
  const call = channel.call(method, { path: '/x' }, { deadlineMs: 1_000 });
  expect(await sim.run(() => failureOf(call))).toMatchObject({
    name: 'DfsError',
    code: 'SAFE_MODE',
    message: 'not now: /x',
    retriable: true,
    leaderHint: 'm-2:7000',
  });
});

test('MemoryRpcChannel.call: the deadline holds under a stall, and the handler may have run', async () => {
  const heard: string[] = [];
  const { sim, channel } = await serve(
    2,
    bindEcho(async (text) => {
      heard.push(text);
      return text;
    }),
  );
  await sim.run(() => say(channel, 'warm'));
  for (const [from, to, isHeard] of [
    ['s', 'c', true],
    ['c', 's', false],
  ] as const) {
    sim.network.stall(from, to);
    const startedMs = sim.nowMs;
    expect(await sim.run(() => failureOf(say(channel, `${from}>${to}`, 300)))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(sim.nowMs - startedMs).toBeCloseTo(300, 5);
    expect(heard.includes(`${from}>${to}`)).toBe(isHeard);
    sim.network.heal();
    await sim.advance(100);
  }
  expect(await sim.run(() => say(channel, 'again'))).toBe('again');
  expect(heard).toEqual(['warm', 's>c', 'c>s', 'again']);
});

test('MemoryRpcChannel.call: without a connection, a stall of either direction keeps the handler from running', async () => {
  for (const [from, to] of [
    ['s', 'c'],
    ['c', 's'],
  ] as const) {
    let count = 0;
    const { sim, channel } = await serve(
      3,
      bindEcho(async () => `${++count}`),
    );
    sim.network.stall(from, to);
    expect(await sim.run(() => failureOf(say(channel, 'x', 300)))).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await sim.advance(1_000);
    expect(count).toBe(0);
    sim.network.heal();
    expect(await sim.run(() => say(channel, 'x', 300))).toBe('1');
  }
});

test('RpcContext.signal: fires when the caller dies; at the deadline even where the caller cannot say so', async () => {
  const signals: AbortSignal[] = [];
  const wait = bindEcho((_text, { signal }: RpcContext) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const { sim, channel } = await serve(4, wait);
  void failureOf(say(channel, 'x', 500));
  await sim.runUntil(() => signals.length === 1);
  sim.network.stall('c', 's');
  await sim.runUntil(() => signals[0]?.aborted === true, { limitMs: 600 });
  sim.network.heal();
  void failureOf(say(channel, 'x', 60_000));
  await sim.runUntil(() => signals.length === 2);
  sim.machine('c').crash();
  await sim.runUntil(() => signals[1]?.aborted === true, { limitMs: 20 });
});

test('RpcContext.signal: has fired when it is first asked for after the caller gave up', async () => {
  const seen: boolean[] = [];
  const contexts: RpcContext[] = [];
  const { sim, channel } = await serve(
    13,
    bindEcho((_text, context: RpcContext) => {
      contexts.push(context);
      return new Promise(() => undefined);
    }),
  );
  await sim.run(() => failureOf(say(channel, 'x', 50)));
  void failureOf(say(channel, 'y', 5_000));
  await sim.advance(100);
  for (const context of contexts) seen.push(context.signal.aborted);
  expect(seen).toEqual([true, false]);
  expect(contexts[0]?.signal).toBe(contexts[0]?.signal);
});

test('MemoryRpcChannel.call: a killed server means UNAVAILABLE at once; one without power means silence until it boots', async () => {
  const wait = bindEcho(() => new Promise(() => undefined));
  for (const power of [false, true]) {
    const { sim, channel } = await serve(5, wait);
    const call = failureOf(say(channel, 'x', 60_000));
    await sim.advance(50);
    sim.machine('s').crash({ power });
    let outcome: unknown;
    void call.then((found) => (outcome = found));
    await sim.advance(1_000);
    expect(outcome === undefined).toBe(power);
    const runtime = sim.machine('s').boot();
    await sim.run(() => runtime.rpc.serve('0.0.0.0:7000', [bindEcho(async (text) => text)]));
    await sim.advance(100);
    expect(outcome).toMatchObject({ code: 'UNAVAILABLE' });
    expect(await sim.run(() => say(channel, 'back'))).toBe('back');
  }
});

test('MemoryRpcChannel.call: a reset breaks calls under way and refuses new ones', async () => {
  const { sim, channel } = await serve(
    6,
    bindEcho(() => new Promise(() => undefined)),
  );
  const call = failureOf(say(channel, 'x', 60_000));
  await sim.advance(50);
  sim.network.reset('s', 'c');
  expect(await sim.run(() => call)).toMatchObject({ code: 'UNAVAILABLE' });
  expect(await sim.run(() => failureOf(say(channel, 'x')))).toMatchObject({ code: 'UNAVAILABLE' });
});

test('MemoryRpcChannel.call: calls of one machine may overtake each other', async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 30; seed++) {
    const heard: string[] = [];
    const { sim, channel } = await serve(
      seed,
      bindEcho(async (text) => {
        heard.push(text);
        return text;
      }),
    );
    await sim.run(() => Promise.all([say(channel, 'a'), say(channel, 'b')]));
    orders.add(heard.join(''));
  }
  expect([...orders].sort()).toEqual(['ab', 'ba']);
});
