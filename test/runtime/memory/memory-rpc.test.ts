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
  const rpcServer = await sim.run(() => server.rpc.serve(':7000', bindings));
  return { sim, client, server, rpcServer, channel: client.rpc.connect(rpcServer.address) };
}

const say = (channel: RpcChannel, text: string, deadlineMs = 1_000, signal?: AbortSignal): Promise<string> =>
  channel.call(echoMethod, text, { deadlineMs, ...(signal === undefined ? {} : { signal }) });

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );

test('MemoryRpcChannel.call: carries request and answer as bytes, and says who calls', async () => {
  const { sim, channel } = await serve(
    1,
    bindEcho(async (text, { peer }) => `${text} from ${peer}`),
  );
  expect(await sim.run(() => say(channel, 'hello'))).toBe('hello from c:50000');
});

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

test('MemoryRpcChannel.call: errors cross as details; what is not a DfsError becomes INTERNAL; unknown methods are refused', async () => {
  const { sim, channel } = await serve(
    1,
    bindEcho(async (text) => {
      if (text === 'bug') throw new TypeError('undefined is not a function');
      throw new DfsError('DATA_CORRUPT', 'bad block', { nodeId: 'dn-1', cause: new Error('stays at home') });
    }),
  );
  const corrupt = await sim.run(() => failureOf(say(channel, 'x')));
  expect(corrupt).toMatchObject({ code: 'DATA_CORRUPT', message: 'bad block', nodeId: 'dn-1' });
  expect((corrupt as Error).cause).toBeUndefined();
  expect(await sim.run(() => failureOf(say(channel, 'bug')))).toMatchObject({ code: 'INTERNAL' });
  const unknown = channel.call({ ...echoMethod, path: '/test.Echo/Other' }, 'x', { deadlineMs: 100 });
  expect(await sim.run(() => failureOf(unknown))).toMatchObject({ code: 'UNIMPLEMENTED' });
});

test('MemoryRpcChannel.call: messages beyond 4 MiB are refused both ways; damage is a PROTOCOL_ERROR', async () => {
  const { sim, channel } = await serve(
    1,
    bindEcho(async (text) => (text === 'large' ? 'x'.repeat(5_000_000) : text)),
  );
  expect(await sim.run(() => failureOf(say(channel, 'x'.repeat(5_000_000))))).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  expect(await sim.run(() => failureOf(say(channel, 'large')))).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
  const damaged = {
    ...echoMethod,
    decodeResponse: () => {
      throw new DfsError('PROTOCOL_ERROR', 'not a message');
    },
  };
  const call = channel.call(damaged, 'x', { deadlineMs: 100 });
  expect(await sim.run(() => failureOf(call))).toMatchObject({ code: 'PROTOCOL_ERROR' });
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

test('RpcContext.signal: fires when the caller gives up, dies or breaks off; at the deadline even where nobody can tell', async () => {
  const signals: AbortSignal[] = [];
  const wait = bindEcho((_text, { signal }: RpcContext) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const { sim, client, channel } = await serve(4, wait);
  const controller = new AbortController();
  const cancelled = failureOf(say(channel, 'x', 60_000, controller.signal));
  await sim.runUntil(() => signals.length === 1);
  controller.abort();
  expect(await sim.run(() => cancelled)).toMatchObject({ code: 'CANCELLED' });
  expect(signals[0]?.aborted).toBe(false);
  await sim.runUntil(() => signals[0]?.aborted === true, { limitMs: 20 });

  void failureOf(say(channel, 'x', 500));
  await sim.runUntil(() => signals.length === 2);
  sim.network.stall('c', 's');
  await sim.runUntil(() => signals[1]?.aborted === true, { limitMs: 600 });
  sim.network.heal();

  const other = client.rpc.connect('s:7000');
  const closed = failureOf(say(other, 'x', 60_000));
  await sim.runUntil(() => signals.length === 3);
  other.close();
  other.close();
  expect(await sim.run(() => closed)).toMatchObject({ code: 'CANCELLED' });
  await sim.runUntil(() => signals[2]?.aborted === true, { limitMs: 20 });
  expect(await sim.run(() => failureOf(say(other, 'x')))).toMatchObject({ code: 'CANCELLED' });

  void failureOf(say(channel, 'x', 60_000));
  await sim.runUntil(() => signals.length === 4);
  sim.machine('c').crash();
  await sim.runUntil(() => signals[3]?.aborted === true, { limitMs: 20 });
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
    await sim.run(() => runtime.rpc.serve(':7000', [bindEcho(async (text) => text)]));
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

test('MemoryRpcChannel.call: refuses where nobody serves, and a signal that has fired', async () => {
  const { sim, client, channel } = await serve(7);
  const calls = [
    say(client.rpc.connect('s:1'), 'x'),
    say(client.rpc.connect('nowhere:1'), 'x'),
    say(client.rpc.connect('nonsense'), 'x'),
    say(channel, 'x', 1_000, AbortSignal.abort()),
  ];
  const codes = ['UNAVAILABLE', 'UNAVAILABLE', 'INVALID_ARGUMENT', 'CANCELLED'];
  expect(await sim.run(() => Promise.all(calls.map(failureOf)))).toMatchObject(codes.map((code) => ({ code })));
});

test('MemoryRpcServer.stop: lets calls end for the grace time, then cuts them, and frees the address', async () => {
  const { sim, server, channel, rpcServer } = await serve(
    8,
    bindEcho(async (text): Promise<string> => {
      await server.clock.sleep(text === 'quick' ? 100 : 10_000);
      return text;
    }),
  );
  const quick = failureOf(say(channel, 'quick', 60_000));
  const slow = failureOf(say(channel, 'slow', 60_000));
  await sim.advance(50);
  const stop = rpcServer.stop(1_000);
  await sim.advance(10);
  expect(await sim.run(() => failureOf(say(channel, 'late')))).toMatchObject({ code: 'UNAVAILABLE' });
  expect(await sim.run(() => quick)).toEqual({ resolved: 'quick' });
  const startedMs = sim.nowMs;
  expect(await sim.run(() => slow)).toMatchObject({ code: 'UNAVAILABLE' });
  expect(sim.nowMs - startedMs).toBeGreaterThan(800);
  await sim.run(() => Promise.all([stop, rpcServer.stop(0)]));
  const again = await sim.run(() => server.rpc.serve(':7000', []));
  const idleMs = sim.nowMs;
  await sim.run(() => again.stop(60_000));
  expect(sim.nowMs - idleMs).toBeLessThan(10);
});
