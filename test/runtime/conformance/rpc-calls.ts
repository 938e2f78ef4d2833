/** Conformance of an Rpc: what a call carries, and how it ends. */
import { expect, test } from 'vitest';
import { DfsError } from '../../../src/shared/errors.js';
import { RPC_MESSAGE_BYTES_MAX } from '../../../src/shared/limits.js';
import type { RpcChannel, RpcContext } from '../../../src/shared/runtime.js';
import { bindText, type TextMethod, textMethod } from './text-service.js';
import { ANY_PORT, dfsError, failureOf, type Subject, type World } from './world.js';

const LONG = { deadlineMs: 60_000 };
const Echo = textMethod('Echo');

/** A channel to one more process, whose Echo method this handler serves. */
async function serve(
  { runtime, another }: World,
  handler: (text: string, context: RpcContext) => Promise<string>,
): Promise<{ readonly channel: RpcChannel; readonly address: string }> {
  const { address } = await another().rpc.serve(ANY_PORT, [bindText(Echo, handler)]);
  return { channel: runtime.rpc.connect(address), address };
}

export function rpcCallConformance({ run }: Subject): void {
  test('call: carries the request there and the answer back, also empty ones', () =>
    run(async (world) => {
      const { channel, address } = await serve(world, async (text) => `${text}${text}`);
      expect(channel.address).toBe(address);
      expect(await channel.call(Echo, 'ünd', LONG)).toBe('ündünd');
      expect(await channel.call(Echo, '', LONG)).toBe('');
    }));

  test('call: many at once are each answered', () =>
    run(async (world) => {
      const { channel } = await serve(world, async (text) => `${text}!`);
      const texts = Array.from({ length: 200 }, (_, i) => `call ${i}`);
      expect(await Promise.all(texts.map((text) => channel.call(Echo, text, LONG)))).toEqual(texts.map((text) => `${text}!`));
    }));

  test('call: one that waits holds no other up', () =>
    run(async (world) => {
      let finish = (_text: string): void => undefined;
      const { channel } = await serve(world, async (text) =>
        text === 'wait' ? new Promise<string>((resolve) => (finish = resolve)) : text,
      );
      const waiting = channel.call(Echo, 'wait', LONG);
      expect(await channel.call(Echo, 'quick', LONG)).toBe('quick');
      finish('at last');
      expect(await waiting).toBe('at last');
    }));

  test('call: messages of 4 MiB pass, longer ones are refused both ways, and not worth a retry', () =>
    run(async (world) => {
      const { channel } = await serve(world, async (text) =>
        text === 'too long' ? 'x'.repeat(RPC_MESSAGE_BYTES_MAX + 1) : text,
      );
      const largest = 'x'.repeat(RPC_MESSAGE_BYTES_MAX);
      expect((await channel.call(Echo, largest, LONG)) === largest).toBe(true);
      const refused = dfsError('RESOURCE_EXHAUSTED', { retriable: false });
      expect(await failureOf(channel.call(Echo, `${largest}x`, LONG))).toMatchObject(refused);
      expect(await failureOf(channel.call(Echo, 'too long', LONG))).toMatchObject(refused);
      expect(await channel.call(Echo, 'next', LONG)).toBe('next');
    }));

  test('call: an error of the other side keeps code, message, retriable, nodeId and leaderHint, and no cause', () =>
    run(async (world) => {
      const thrown = [
        new DfsError('NOT_LEADER', 'Ask "m-2" ünd not me\n', { nodeId: 'm-1', leaderHint: 'm-2:7000' }),
        new DfsError('NO_SPACE', 'full', { retriable: false, cause: new Error('stays at home') }),
        new DfsError('OUTCOME_UNKNOWN', '', { retriable: true }),
      ];
      const { channel } = await serve(world, async (text) => {
        throw thrown[Number(text)]!;
      });
      for (const [i, { code, message, retriable, nodeId, leaderHint }] of thrown.entries()) {
        const found = await failureOf(channel.call(Echo, `${i}`, LONG));
        expect(found).toBeInstanceOf(DfsError);
        expect(found).toMatchObject({ code, message, retriable, nodeId, leaderHint });
        expect((found as DfsError).cause).toBeUndefined();
      }
    }));

  test('call: errors of transport codes are those of the handler, too', () =>
    run(async (world) => {
      const codes = [
        'UNAVAILABLE',
        'DEADLINE_EXCEEDED',
        'CANCELLED',
        'UNIMPLEMENTED',
        'RESOURCE_EXHAUSTED',
        'CONNECTION_LOST',
      ] as const;
      const { channel } = await serve(world, async (text) => {
        throw new DfsError(codes[Number(text)]!, 'from a handler', { nodeId: 'dn-1' });
      });
      for (const [i, code] of codes.entries()) {
        const found = await failureOf(channel.call(Echo, `${i}`, LONG));
        expect(found).toMatchObject({ code, message: 'from a handler', nodeId: 'dn-1' });
      }
    }));

  test('call: what a handler throws that is no DfsError is INTERNAL; an unknown method is UNIMPLEMENTED', () =>
    run(async (world) => {
      const { channel } = await serve(world, async () => {
        throw new TypeError('x is undefined');
      });
      expect(await failureOf(channel.call(Echo, '', LONG))).toMatchObject(dfsError('INTERNAL', { retriable: false }));
      expect(await failureOf(channel.call(textMethod('Other'), '', LONG))).toMatchObject(dfsError('UNIMPLEMENTED'));
    }));

  test('call: a message that cannot be read is a PROTOCOL_ERROR, whichever side finds out', () =>
    run(async (world) => {
      const { channel } = await serve(world, async (text) => text);
      const noText = (): Uint8Array => Uint8Array.of(0xff, 0xfe);
      const noMessage = (): never => {
        throw new DfsError('PROTOCOL_ERROR', 'no message');
      };
      const damaged: TextMethod[] = [
        { ...Echo, encodeRequest: noText },
        { ...Echo, decodeResponse: noMessage },
      ];
      for (const method of damaged) {
        expect(await failureOf(channel.call(method, 'x', LONG))).toMatchObject(dfsError('PROTOCOL_ERROR', { retriable: false }));
      }
      expect(await channel.call(Echo, 'next', LONG)).toBe('next');
    }));

  test('call: a codec that throws anything else is INTERNAL', () =>
    run(async (world) => {
      const { channel } = await serve(world, async (text) => text);
      const bug = (): never => {
        throw new TypeError('x is undefined');
      };
      for (const method of [
        { ...Echo, encodeRequest: bug },
        { ...Echo, decodeResponse: bug },
      ]) {
        expect(await failureOf(channel.call(method, 'x', LONG))).toMatchObject(dfsError('INTERNAL'));
      }
    }));

  test('call: DEADLINE_EXCEEDED when no answer came in time, and not before; connecting counts', () =>
    run(async (world) => {
      const { clock } = world.runtime;
      const { channel } = await serve(world, () => new Promise(() => undefined));
      const silent = world.runtime.rpc.connect(await world.silentAddress());
      for (const slow of [channel, silent]) {
        const begunMs = clock.nowMs();
        const found = await failureOf(slow.call(Echo, '', { deadlineMs: 100 }));
        expect(found).toMatchObject(dfsError('DEADLINE_EXCEEDED', { retriable: true }));
        expect(clock.nowMs() - begunMs).toBeGreaterThanOrEqual(100);
      }
      silent.close();
    }));

  test('call: a deadline that passed harms no later call', () =>
    run(async (world) => {
      const { channel } = await serve(world, (text) => (text === 'hang' ? new Promise(() => undefined) : Promise.resolve(text)));
      const other = failureOf(channel.call(Echo, 'hang', { deadlineMs: 2_000 }));
      expect(await failureOf(channel.call(Echo, 'hang', { deadlineMs: 50 }))).toMatchObject(dfsError('DEADLINE_EXCEEDED'));
      expect(await channel.call(Echo, 'next', LONG)).toBe('next');
      expect(await other).toMatchObject(dfsError('DEADLINE_EXCEEDED'));
    }));

  test('call: CANCELLED when its signal fires, or has fired; one that fires later changes nothing', () =>
    run(async (world) => {
      let started = 0;
      const { channel } = await serve(world, (text) => {
        started++;
        return text === 'hang' ? new Promise(() => undefined) : Promise.resolve(text);
      });
      const cancelled = dfsError('CANCELLED', { retriable: false });
      expect(await failureOf(channel.call(Echo, 'x', { ...LONG, signal: AbortSignal.abort() }))).toMatchObject(cancelled);
      expect(started).toBe(0);
      const controller = new AbortController();
      const calling = failureOf(channel.call(Echo, 'hang', { ...LONG, signal: controller.signal }));
      await world.until(() => started === 1);
      controller.abort();
      expect(await calling).toMatchObject(cancelled);
      const late = new AbortController();
      expect(await channel.call(Echo, 'x', { ...LONG, signal: late.signal })).toBe('x');
      late.abort();
      expect(await channel.call(Echo, 'y', LONG)).toBe('y');
    }));
}
