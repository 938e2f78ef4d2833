import { expect, test } from 'vitest';
import { StreamReceiver } from '../../../src/runtime/rules/stream-receiver.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { MIB, RPC_MESSAGE_BYTES_MAX, RPC_STREAM_BYTES_MAX, RPC_STREAM_MESSAGES_MAX } from '../../../src/shared/limits.js';

/** A receiver in a simulation whose handler waits until `release`, if it is to hang. */
function rig(isHanging: boolean) {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('m').boot();
  const acknowledged: number[] = [];
  const failures: unknown[] = [];
  let handled = 0;
  const receiver = new StreamReceiver({
    binding: {
      path: '/Say',
      isStream: true,
      handle: async () => {
        handled += 1;
        if (isHanging) await new Promise<never>(() => undefined);
        return new Uint8Array(0);
      },
    },
    context: { peer: 'p:1', signal: new AbortController().signal },
    clock,
    acknowledge: (messages) => acknowledged.push(messages),
    onFailure: (error) => failures.push(error),
  });
  return { sim, receiver, acknowledged, failures, handled: () => handled };
}

test('StreamReceiver: small messages are acknowledged together, a little later; many bytes or messages at once', async () => {
  const { sim, receiver, acknowledged } = rig(false);
  await sim.run(async () => {
    for (let i = 0; i < 5; i += 1) receiver.push(new Uint8Array(10));
    await sim.advance(190);
    expect(acknowledged).toEqual([]);
    await sim.advance(20);
    expect(acknowledged).toEqual([5]);
    receiver.push(new Uint8Array(MIB));
    await sim.advance(1);
    expect(acknowledged).toEqual([5, 6]);
    for (let i = 0; i < RPC_STREAM_MESSAGES_MAX / 4; i += 1) receiver.push(new Uint8Array(0));
    await sim.advance(1);
    expect(acknowledged).toEqual([5, 6, 6 + RPC_STREAM_MESSAGES_MAX / 4]);
    await sim.advance(1_000);
    expect(acknowledged).toHaveLength(3);
  });
});

test('StreamReceiver: a sender that waits for no acknowledgements is refused, by bytes and by messages; nothing is handled after that', async () => {
  for (const [message, count] of [
    [new Uint8Array(RPC_MESSAGE_BYTES_MAX), RPC_STREAM_BYTES_MAX / RPC_MESSAGE_BYTES_MAX + 1],
    [new Uint8Array(0), RPC_STREAM_MESSAGES_MAX],
  ] as const) {
    const { sim, receiver, failures, handled, acknowledged } = rig(true);
    await sim.run(async () => {
      for (let i = 0; i < count; i += 1) receiver.push(message);
      expect(failures).toEqual([]);
      receiver.push(Uint8Array.of(1));
      expect(failures).toMatchObject([{ code: 'PROTOCOL_ERROR' }]);
      receiver.push(message);
      await sim.advance(1_000);
      expect([failures.length, handled(), acknowledged.length]).toEqual([1, 1, 0]);
    });
  }
});
