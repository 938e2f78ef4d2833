/** Conformance of an Rpc: servers, channels, and what a handler learns of its caller. */
import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import type { RpcBinding } from '../../../src/shared/runtime.js';
import { bindText, textMethod } from './text-service.js';
import { ANY_PORT, dfsError, failureOf, type Subject } from './world.js';

const LONG = { deadlineMs: 60_000 };
const Echo = textMethod('Echo');
const Hang = textMethod('Hang');
const UNAVAILABLE = dfsError('UNAVAILABLE', { retriable: true });

const echo = bindText(Echo, async (text) => text);

/** A method that hangs until its signal fires, or `finish` is called; and what happened to its calls. */
function hanging(): {
  binding: RpcBinding;
  started: string[];
  aborted: string[];
  reasons: unknown[];
  finish: (text: string) => void;
} {
  const started: string[] = [];
  const aborted: string[] = [];
  const reasons: unknown[] = [];
  const finishing: ((text: string) => void)[] = [];
  const binding = bindText(Hang, (text, { signal }) => {
    started.push(text);
    return new Promise((resolve, reject) => {
      finishing.push(resolve);
      signal.addEventListener('abort', () => {
        aborted.push(text);
        reasons.push(signal.reason);
        reject(new DfsError('CANCELLED', 'gone'));
      });
    });
  });
  return { binding, started, aborted, reasons, finish: (text) => finishing.forEach((resolve) => resolve(text)) };
}

export function rpcConnectionConformance({ run }: Subject): void {
  test('serve: a taken port is ADDRESS_IN_USE, also for a net, and free again after stop', () =>
    run(async ({ runtime, another }) => {
      const server = await runtime.rpc.serve(ANY_PORT, [echo]);
      expect(server.address).toMatch(/^[^:]+:[1-9]\d{0,4}$/);
      const other = another();
      const refused = dfsError('ADDRESS_IN_USE', { retriable: false });
      expect(await failureOf(runtime.rpc.serve(server.address, [echo]))).toMatchObject(refused);
      expect(await failureOf(other.rpc.serve(server.address, [echo]))).toMatchObject(refused);
      expect(await failureOf(other.net.listen(server.address, () => undefined))).toMatchObject(refused);
      await server.stop(0);
      expect((await other.rpc.serve(server.address, [echo])).address).toBe(server.address);
    }));

  test('serve: what is no address, or one of another machine, or a method bound twice, is INVALID_ARGUMENT', () =>
    run(async ({ runtime: { rpc }, foreignAddress }) => {
      for (const address of ['nonsense', '127.0.0.1', ':0', '', foreignAddress]) {
        expect(await failureOf(rpc.serve(address, [echo])), address).toMatchObject(dfsError('INVALID_ARGUMENT'));
      }
      expect(await failureOf(rpc.serve(ANY_PORT, [echo, echo]))).toMatchObject(dfsError('INVALID_ARGUMENT'));
    }));

  test('connect: connects nowhere by itself; what is no address fails the calls with INVALID_ARGUMENT', () =>
    run(async ({ runtime: { rpc } }) => {
      for (const address of ['nonsense', '127.0.0.1', ':1', '']) {
        const channel = rpc.connect(address);
        expect(channel.address).toBe(address);
        expect(await failureOf(channel.call(Echo, '', LONG)), address).toMatchObject(dfsError('INVALID_ARGUMENT'));
        channel.close();
      }
    }));

  test('call: UNAVAILABLE where no one serves, or no such host is', () =>
    run(async ({ runtime: { rpc, net }, unknownAddress }) => {
      const listener = await net.listen(ANY_PORT, () => undefined);
      await listener.close();
      for (const nowhere of [listener.address, unknownAddress]) {
        expect(await failureOf(rpc.connect(nowhere).call(Echo, '', LONG)), nowhere).toMatchObject(UNAVAILABLE);
      }
    }));

  test('connect: a channel finds its server when that comes, goes and comes back', () =>
    run(async ({ runtime, another }) => {
      const other = another();
      const first = await other.rpc.serve(ANY_PORT, [echo]);
      const channel = runtime.rpc.connect(first.address);
      expect(await channel.call(Echo, 'one', LONG)).toBe('one');
      await first.stop(0);
      for (let i = 0; i < 3; i++) expect(await failureOf(channel.call(Echo, '', LONG))).toMatchObject(UNAVAILABLE);
      const second = await other.rpc.serve(first.address, [echo]);
      expect(await channel.call(Echo, 'two', LONG)).toBe('two');
      await second.stop(0);
      await other.rpc.serve(first.address, [echo]);
      // The channel may learn of the break from this call alone.
      await failureOf(channel.call(Echo, '', LONG));
      expect(await channel.call(Echo, 'three', LONG)).toBe('three');
    }));

  test('RpcContext.peer: host:port of the caller', () =>
    run(async ({ runtime, another }) => {
      const peers: string[] = [];
      const binding = bindText(Echo, async (text, { peer }) => {
        peers.push(peer);
        return text;
      });
      const { address } = await another().rpc.serve(ANY_PORT, [binding]);
      await runtime.rpc.connect(address).call(Echo, '', LONG);
      await runtime.rpc.connect(address).call(Echo, '', LONG);
      for (const peer of peers) expect(peer).toMatch(/^[^:]+:[1-9]\d{0,4}$/);
      expect(new Set([address, ...peers]).size).toBe(3);
    }));

  test('RpcContext.signal: fires when the caller cancels, misses its deadline or closes, with CANCELLED as its reason', () =>
    run(async ({ runtime, another, until }) => {
      const { binding, started, aborted, reasons } = hanging();
      const { address } = await another().rpc.serve(ANY_PORT, [binding]);
      const channel = runtime.rpc.connect(address);
      const controller = new AbortController();
      const cancelled = failureOf(channel.call(Hang, 'cancelled', { ...LONG, signal: controller.signal }));
      await until(() => started.length === 1);
      controller.abort();
      expect(await cancelled).toMatchObject(dfsError('CANCELLED'));
      await until(() => aborted.length === 1);
      expect(await failureOf(channel.call(Hang, 'late', { deadlineMs: 1_000 }))).toMatchObject(dfsError('DEADLINE_EXCEEDED'));
      await until(() => aborted.length === 2);
      const closed = failureOf(channel.call(Hang, 'closed', LONG));
      await until(() => started.length === 3);
      channel.close();
      expect(await closed).toMatchObject(dfsError('CANCELLED'));
      await until(() => aborted.length === 3);
      expect(aborted).toEqual(['cancelled', 'late', 'closed']);
      expect(reasons).toMatchObject(aborted.map(() => dfsError('CANCELLED')));
    }));

  test('RpcContext.signal: does not fire for a call that was answered', () =>
    run(async ({ runtime, another }) => {
      const signals: AbortSignal[] = [];
      const binding = bindText(Echo, async (text, { signal }) => {
        signals.push(signal);
        return text;
      });
      const { address } = await another().rpc.serve(ANY_PORT, [binding]);
      const channel = runtime.rpc.connect(address);
      await channel.call(Echo, '', LONG);
      await channel.call(Echo, '', { deadlineMs: 1_000 });
      // Past the deadline of the second one.
      await runtime.clock.sleep(1_100);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    }));

  test('RpcChannel.close: cuts calls under way with CANCELLED, later ones too; again it is harmless', () =>
    run(async ({ runtime, another, until, silentAddress }) => {
      const { binding, started } = hanging();
      const { address } = await another().rpc.serve(ANY_PORT, [binding, echo]);
      const [channel, other] = [runtime.rpc.connect(address), runtime.rpc.connect(address)];
      const connecting = runtime.rpc.connect(await silentAddress());
      const calls = [channel.call(Hang, 'a', LONG), channel.call(Hang, 'b', LONG), connecting.call(Echo, '', LONG)].map(
        failureOf,
      );
      await until(() => started.length === 2);
      for (const closing of [channel, connecting]) {
        closing.close();
        closing.close();
      }
      const cancelled = dfsError('CANCELLED', { retriable: false });
      expect(await Promise.all(calls)).toMatchObject([cancelled, cancelled, cancelled]);
      expect(await failureOf(channel.call(Echo, '', LONG))).toMatchObject(cancelled);
      expect(await other.call(Echo, 'open', LONG)).toBe('open');
    }));

  test('RpcServer.stop: takes no new calls, lets those under way end, and then resolves', () =>
    run(async ({ runtime, another, until }) => {
      const { binding, started, aborted, finish } = hanging();
      const server = await another().rpc.serve(ANY_PORT, [binding, echo]);
      const channel = runtime.rpc.connect(server.address);
      const answered = channel.call(Hang, 'in time', LONG);
      await until(() => started.length === 1);
      let isStopped = false;
      const stopped = server.stop(60_000).then(() => (isStopped = true));
      await runtime.clock.sleep(50);
      expect(await failureOf(channel.call(Echo, 'new', LONG))).toMatchObject(UNAVAILABLE);
      expect(await failureOf(runtime.rpc.connect(server.address).call(Echo, 'new', LONG))).toMatchObject(UNAVAILABLE);
      expect(isStopped).toBe(false);
      finish('done');
      expect(await answered).toBe('done');
      await stopped;
      expect(aborted).toEqual([]);
    }));

  test('RpcServer.stop: cuts what is under way after the grace, for caller and handler; again it is harmless', () =>
    run(async ({ runtime, another, until }) => {
      const { clock } = runtime;
      const { binding, started, aborted } = hanging();
      const server = await another().rpc.serve(ANY_PORT, [binding]);
      const channel = runtime.rpc.connect(server.address);
      const cut = failureOf(channel.call(Hang, 'too late', LONG));
      await until(() => started.length === 1);
      const begunMs = clock.nowMs();
      await server.stop(100);
      expect(clock.nowMs() - begunMs).toBeGreaterThanOrEqual(100);
      expect(await cut).toMatchObject(UNAVAILABLE);
      await until(() => aborted.length === 1);
      await server.stop(60_000);
    }));

  test('RpcServer.stop: with nothing under way the grace is not waited for', () =>
    run(async ({ runtime, another }) => {
      const server = await another().rpc.serve(ANY_PORT, [echo]);
      await runtime.rpc.connect(server.address).call(Echo, '', LONG);
      const begunMs = runtime.clock.nowMs();
      await server.stop(3_600_000);
      expect(runtime.clock.nowMs() - begunMs).toBeLessThan(3_600_000);
    }));
}
