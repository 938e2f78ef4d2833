/** Conformance of a Net: listening and dialling. */
import { expect, test } from 'vitest';
import type { ByteStream } from '../../../src/shared/runtime.js';
import { bytesOf, readText, readPiece } from '../bytes.js';
import { ANY_PORT, dfsError, failureOf, type Subject } from './world.js';

const DIAL = { timeoutMs: 5_000 };
const QUESTION_BYTES = 'question 10'.length;
const UNAVAILABLE = dfsError('UNAVAILABLE', { retriable: true });

export function netConnectionConformance({ run }: Subject): void {
  test('listen: port 0 is one that the system chooses, a free one each time', () =>
    run(async ({ runtime: { net } }) => {
      const listeners = await Promise.all([1, 2, 3].map(() => net.listen(ANY_PORT, () => undefined)));
      const addresses = listeners.map(({ address }) => address);
      for (const address of addresses) expect(address).toMatch(/^[^:]+:[1-9]\d{0,4}$/);
      expect(new Set(addresses).size).toBe(3);
    }));

  test('listen: a taken port is ADDRESS_IN_USE for everyone, and free again after close', () =>
    run(async ({ runtime, another }) => {
      const listener = await runtime.net.listen(ANY_PORT, () => undefined);
      const { address } = listener;
      const other = another();
      const refused = dfsError('ADDRESS_IN_USE', { retriable: false });
      expect(await failureOf(runtime.net.listen(address, () => undefined))).toMatchObject(refused);
      expect(await failureOf(other.net.listen(address, () => undefined))).toMatchObject(refused);
      expect(await failureOf(other.rpc.serve(address, []))).toMatchObject(refused);
      await listener.close();
      await listener.close();
      expect((await other.net.listen(address, () => undefined)).address).toBe(address);
    }));

  test('listen: what is no address, or one of another machine, is INVALID_ARGUMENT', () =>
    run(async ({ runtime: { net }, foreignAddress }) => {
      for (const address of ['nonsense', '127.0.0.1', ':0', '127.0.0.1:65536', '127.0.0.1:x', '', foreignAddress]) {
        const found = await failureOf(net.listen(address, () => undefined));
        expect(found, address).toMatchObject(dfsError('INVALID_ARGUMENT', { retriable: false }));
      }
    }));

  test('listen: each connection is one stream of its own', () =>
    run(async ({ runtime: { net }, another }) => {
      const listener = await net.listen(ANY_PORT, (stream) => {
        const answer = async (): Promise<void> => {
          const question = await readText(stream, QUESTION_BYTES);
          await stream.write(bytesOf(`${question}!`));
          await stream.end();
        };
        void failureOf(answer());
      });
      const dialer = another().net;
      const ask = async (question: string): Promise<string> => {
        const stream = await dialer.dial(listener.address, DIAL);
        await stream.write(bytesOf(question));
        const answer = await readText(stream, QUESTION_BYTES + 1);
        stream.destroy();
        return answer;
      };
      const questions = Array.from({ length: 20 }, (_, i) => `question ${10 + i}`);
      expect(await Promise.all(questions.map(ask))).toEqual(questions.map((question) => `${question}!`));
    }));

  test('Listener.close: destroys the streams it accepted, with what is unread, and refuses new ones', () =>
    run(async ({ runtime: { net, clock }, another, until }) => {
      const accepted: ByteStream[] = [];
      const listener = await net.listen(ANY_PORT, (stream) => accepted.push(stream));
      const dialer = another().net;
      const [waiting, talking] = [await dialer.dial(listener.address, DIAL), await dialer.dial(listener.address, DIAL)];
      await until(() => accepted.length === 2);
      const [first, second] = [accepted[0]!, accepted[1]!];
      const reading = failureOf(readPiece(first));
      await talking.write(bytesOf('unread'));
      await talking.end();
      // Time for the bytes to arrive; without it there would be less to see.
      await clock.sleep(50);
      await listener.close();
      expect(await reading).toMatchObject(dfsError('CONNECTION_LOST'));
      const later = [readPiece(first), first.write(bytesOf('x')), readPiece(second), second.write(bytesOf('x')), second.end()];
      expect(await Promise.all(later.map(failureOf))).toMatchObject(later.map(() => dfsError('CONNECTION_LOST')));
      expect(await readPiece(waiting)).toBeNull();
      expect(await failureOf(dialer.dial(listener.address, DIAL))).toMatchObject(UNAVAILABLE);
      waiting.destroy();
      talking.destroy();
    }));

  test('dial: refused, or an unknown host: UNAVAILABLE', () =>
    run(async ({ runtime: { net }, unknownAddress }) => {
      const listener = await net.listen(ANY_PORT, () => undefined);
      await listener.close();
      expect(await failureOf(net.dial(listener.address, DIAL))).toMatchObject(UNAVAILABLE);
      expect(await failureOf(net.dial(unknownAddress, DIAL))).toMatchObject(UNAVAILABLE);
    }));

  test('dial: what is no address is INVALID_ARGUMENT', () =>
    run(async ({ runtime: { net } }) => {
      for (const address of ['nonsense', '127.0.0.1', ':1', '127.0.0.1:65536', '']) {
        expect(await failureOf(net.dial(address, DIAL)), address).toMatchObject(dfsError('INVALID_ARGUMENT'));
      }
    }));

  test('dial: not connected in time: UNAVAILABLE, and not before', () =>
    run(async ({ runtime: { net, clock }, silentAddress }) => {
      const address = await silentAddress();
      const begunMs = clock.nowMs();
      expect(await failureOf(net.dial(address, { timeoutMs: 100 }))).toMatchObject(UNAVAILABLE);
      // Timers of the system may be a millisecond early.
      expect(clock.nowMs() - begunMs).toBeGreaterThan(98);
    }));

  test('dial: a signal that fires first, or has fired, means CANCELLED; one that fires later means nothing', () =>
    run(async ({ runtime: { net, clock }, another, silentAddress, until }) => {
      const cancelled = dfsError('CANCELLED', { retriable: false });
      const silent = await silentAddress();
      const controller = new AbortController();
      const dialling = failureOf(net.dial(silent, { timeoutMs: 60_000, signal: controller.signal }));
      clock.setTimer(20, () => controller.abort());
      expect(await dialling).toMatchObject(cancelled);
      const accepted: ByteStream[] = [];
      const { address } = await another().net.listen(ANY_PORT, (stream) => accepted.push(stream));
      expect(await failureOf(net.dial(address, { ...DIAL, signal: AbortSignal.abort() }))).toMatchObject(cancelled);
      const late = new AbortController();
      const stream = await net.dial(address, { ...DIAL, signal: late.signal });
      late.abort();
      await until(() => accepted.length === 1);
      await accepted[0]!.write(bytesOf('still there'));
      expect(await readText(stream, 11)).toBe('still there');
      stream.destroy();
    }));
}
