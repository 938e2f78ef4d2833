/** Conformance of an Rpc: streams. */
import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import { MIB, RPC_MESSAGE_BYTES_MAX, RPC_STREAM_BYTES_MAX, RPC_STREAM_MESSAGES_MAX } from '../../../src/shared/limits.js';
import type { RpcChannel, RpcContext, RpcServer, RpcStream } from '../../../src/shared/runtime.js';
import { bindText, bindTextStream, textMethod, textStream } from './text-service.js';
import { ANY_PORT, dfsError, failureOf, type Subject, type World } from './world.js';

const LONG = { stallMs: 60_000 };
const Say = textStream('Say');
const Echo = textMethod('Echo');

/** A channel to one more process, which takes streams of text. */
async function serve(
  { runtime, another }: World,
  handler: (text: string, context: RpcContext) => Promise<void>,
): Promise<{ readonly channel: RpcChannel; readonly server: RpcServer }> {
  const echo = bindText(Echo, async (text) => text);
  const server = await another().rpc.serve(ANY_PORT, [bindTextStream(Say, handler), echo]);
  return { channel: runtime.rpc.connect(server.address), server };
}

/** A handler that waits until it is released, and what it was called with. */
function gate(): { readonly begun: string[]; readonly handle: (text: string) => Promise<void>; readonly open: () => void } {
  const begun: string[] = [];
  let release = (): void => undefined;
  const opened = new Promise<void>((resolve) => (release = resolve));
  return { begun, handle: (text) => (begun.push(text), opened), open: () => release() };
}

/** Whether a promise has settled, as of when it is asked. */
function watch(promise: Promise<unknown>): () => boolean {
  let isSettled = false;
  const settle = (): void => void (isSettled = true);
  promise.then(settle, settle);
  return () => isSettled;
}

export function rpcStreamConformance({ run }: Subject): void {
  test('stream: carries messages in order, also empty ones, each handled before the next one begins', () =>
    run(async (world) => {
      const taken: string[] = [];
      let underWay = 0;
      const { channel } = await serve(world, async (text) => {
        underWay += 1;
        expect(underWay).toBe(1);
        await world.runtime.clock.sleep(0);
        underWay -= 1;
        taken.push(text);
      });
      const stream = channel.open(Say, LONG);
      const texts = ['', 'ünd', ...Array.from({ length: 100 }, (_, i) => `message ${i}`)];
      await Promise.all(texts.map((text) => stream.send(text)));
      await world.until(() => taken.length === texts.length);
      expect(taken).toEqual(texts);
    }));

  test('stream: more messages than may be unacknowledged pass, and calls beside them', () =>
    run(async (world) => {
      let count = 0;
      const { channel } = await serve(world, async () => void (count += 1));
      const stream = channel.open(Say, LONG);
      const total = RPC_STREAM_MESSAGES_MAX + 100;
      for (let sent = 0; sent < total; sent += 1) await stream.send('x');
      expect(await channel.call(Echo, 'beside', { deadlineMs: 60_000 })).toBe('beside');
      await world.until(() => count === total);
    }));

  test('stream: a sender waits while the receiver holds what it may hold, and goes on when that is handled', () =>
    run(async (world) => {
      const { begun, handle, open } = gate();
      const { channel } = await serve(world, handle);
      const stream = channel.open(Say, LONG);
      const piece = 'x'.repeat(MIB);
      for (let sent = 0; sent < RPC_STREAM_BYTES_MAX; sent += MIB) await stream.send(piece);
      const next = stream.send('next');
      const isSent = watch(next);
      await world.until(() => begun.length === 1);
      await world.runtime.clock.sleep(300);
      expect([isSent(), begun.length]).toEqual([false, 1]);
      open();
      await next;
      await world.until(() => begun.at(-1) === 'next');
    }));

  test('stream: an error of the handler ends it with that error; nothing after it is handled, another stream is', () =>
    run(async (world) => {
      const taken: string[] = [];
      const thrown = new DfsError('FOREIGN_CLUSTER', 'not "me" ünd\n', { nodeId: 'm-1', leaderHint: 'm-2:7000' });
      const { channel } = await serve(world, async (text) => {
        taken.push(text);
        if (text === 'bad') throw thrown;
      });
      const stream = channel.open(Say, LONG);
      await Promise.all(['good', 'bad', 'after'].map((text) => stream.send(text)));
      const { code, message, retriable, nodeId, leaderHint } = thrown;
      const expected = { code, message, retriable, nodeId, leaderHint };
      expect(await stream.ended).toMatchObject(expected);
      expect(await failureOf(stream.send('late'))).toMatchObject(expected);
      const another = channel.open(Say, LONG);
      await another.send('again');
      await world.until(() => taken.at(-1) === 'again');
      expect(taken).toEqual(['good', 'bad', 'again']);
    }));

  test('stream: other errors are INTERNAL, an unknown method UNIMPLEMENTED, an unreadable message PROTOCOL_ERROR', () =>
    run(async (world) => {
      const { channel } = await serve(world, async () => {
        throw new TypeError('x is undefined');
      });
      const endOf = async (stream: RpcStream<string>): Promise<DfsError> => {
        await stream.send('x');
        return stream.ended;
      };
      expect(await endOf(channel.open(Say, LONG))).toMatchObject(dfsError('INTERNAL', { retriable: false }));
      expect(await endOf(channel.open(textStream('Other'), LONG))).toMatchObject(dfsError('UNIMPLEMENTED'));
      const unreadable = { ...Say, encode: () => Uint8Array.of(0xff, 0xfe) };
      expect(await endOf(channel.open(unreadable, LONG))).toMatchObject(dfsError('PROTOCOL_ERROR', { retriable: false }));
    }));

  test('stream: a message of 4 MiB passes, a longer one is refused, and the stream goes on', () =>
    run(async (world) => {
      const lengths: number[] = [];
      const { channel } = await serve(world, async (text) => void lengths.push(text.length));
      const stream = channel.open(Say, LONG);
      const tooLong = failureOf(stream.send('x'.repeat(RPC_MESSAGE_BYTES_MAX + 1)));
      expect(await tooLong).toMatchObject(dfsError('RESOURCE_EXHAUSTED', { retriable: false }));
      await stream.send('x'.repeat(RPC_MESSAGE_BYTES_MAX));
      await world.until(() => lengths.length > 0);
      expect(lengths).toEqual([RPC_MESSAGE_BYTES_MAX]);
    }));

  test('stream: one that takes nothing ends with DEADLINE_EXCEEDED, one that is slow or idle does not', () =>
    run(async (world) => {
      const { clock } = world.runtime;
      const taken: string[] = [];
      const { channel } = await serve(world, async (text) => {
        if (text === 'hang') await new Promise<never>(() => undefined);
        await clock.sleep(250);
        taken.push(text);
      });
      const slow = channel.open(Say, { stallMs: 2_000 });
      const hasEnded = watch(slow.ended);
      const texts = Array.from({ length: 12 }, (_, i) => `${i}`);
      await Promise.all(texts.map((text) => slow.send(text)));
      await world.until(() => taken.length === texts.length);
      await clock.sleep(2_500);
      expect(hasEnded()).toBe(false);
      await slow.send('hang');
      const begunMs = clock.nowMs();
      expect(await slow.ended).toMatchObject(dfsError('DEADLINE_EXCEEDED'));
      expect(clock.nowMs() - begunMs).toBeGreaterThanOrEqual(1_999);
      const next = channel.open(Say, LONG);
      await next.send('next');
      await world.until(() => taken.at(-1) === 'next');
    }));

  test('stream: DEADLINE_EXCEEDED where no connection comes about, UNAVAILABLE where no one serves, INVALID_ARGUMENT at no address', () =>
    run(async ({ runtime: { rpc, net }, silentAddress }) => {
      const listener = await net.listen(ANY_PORT, () => undefined);
      await listener.close();
      for (const [address, code] of [
        [await silentAddress(), 'DEADLINE_EXCEEDED'],
        [listener.address, 'UNAVAILABLE'],
        ['nonsense', 'INVALID_ARGUMENT'],
      ] as const) {
        const stream = rpc.connect(address).open(Say, { stallMs: 500 });
        const sent = failureOf(stream.send('x'));
        expect(await stream.ended, address).toMatchObject(dfsError(code));
        expect(await sent, address).toMatchObject(dfsError(code));
      }
    }));

  test('close: of a stream or its channel ends it with CANCELLED, and the handler is signalled', () =>
    run(async (world) => {
      const signals: AbortSignal[] = [];
      const { channel } = await serve(world, async (_text, { signal }) => void signals.push(signal));
      for (const [index, closing] of ['stream', 'channel'].entries()) {
        const stream = channel.open(Say, LONG);
        await stream.send('x');
        await world.until(() => signals.length === index + 1);
        expect(signals[index]?.aborted).toBe(false);
        if (closing === 'stream') stream.close();
        else channel.close();
        expect(await stream.ended).toMatchObject(dfsError('CANCELLED'));
        expect(await failureOf(stream.send('x'))).toMatchObject(dfsError('CANCELLED'));
        await world.until(() => signals[index]?.aborted === true);
        stream.close();
      }
      const another = world.runtime.rpc.connect(channel.address);
      const early = another.open(Say, LONG);
      another.close();
      expect(await early.ended).toMatchObject(dfsError('CANCELLED'));
      const late = channel.open(Say, LONG);
      expect(await late.ended).toMatchObject(dfsError('CANCELLED'));
      expect(await failureOf(late.send('x'))).toMatchObject(dfsError('CANCELLED'));
    }));

  test('stop: ends streams at once with UNAVAILABLE, whatever is handled, and waits for none', () =>
    run(async (world) => {
      const { begun, handle } = gate();
      const { channel, server } = await serve(world, handle);
      const stream = channel.open(Say, LONG);
      await stream.send('x');
      await world.until(() => begun.length === 1);
      const stopped = watch(server.stop(3_600_000));
      expect(await stream.ended).toMatchObject(dfsError('UNAVAILABLE', { retriable: true }));
      await world.until(stopped);
    }));
}
