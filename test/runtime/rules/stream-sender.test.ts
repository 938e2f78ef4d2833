import { expect, test } from 'vitest';
import { StreamSender } from '../../../src/runtime/rules/stream-sender.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';

const ignored = { resolve: () => undefined, reject: () => undefined };

test('StreamSender.taken: more than was sent, or fewer than before, is a PROTOCOL_ERROR', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('m').boot();
  await sim.run(async () => {
    const sender = new StreamSender({ clock, stallMs: 1_000, onStall: () => undefined });
    sender.start(() => undefined);
    for (let i = 0; i < 3; i += 1) sender.send(new Uint8Array(1), ignored);
    sender.taken(2);
    sender.taken(2);
    for (const messages of [1, 4]) {
      expect(() => sender.taken(messages)).toThrow(expect.objectContaining({ code: 'PROTOCOL_ERROR' }));
    }
    sender.taken(3);
  });
});

test('StreamSender: the time counts from the last acknowledgement, or from the oldest message; without any there is none', async () => {
  const sim = new Simulation({ seed: 1 });
  const { clock } = sim.machine('m').boot();
  await sim.run(async () => {
    let stalls = 0;
    const sender = new StreamSender({ clock, stallMs: 1_000, onStall: () => void (stalls += 1) });
    // The connection does not come about for a while.
    sender.send(new Uint8Array(1), ignored);
    await sim.advance(900);
    sender.start(() => undefined);
    sender.taken(1);
    await sim.advance(5_000);
    sender.send(new Uint8Array(1), ignored);
    sender.send(new Uint8Array(1), ignored);
    await sim.advance(800);
    sender.taken(2);
    await sim.advance(900);
    expect(stalls).toBe(0);
    await sim.advance(200);
    expect(stalls).toBe(1);
  });
});
