import { expect, test } from 'vitest';
import { PeerLinks } from '../../../src/master/consensus/peer-links.js';
import { decodeMessage } from '../../../src/master/consensus/raft-codec.js';
import { SwappableServices } from '../../../src/master/consensus/swappable-services.js';
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import { bindService, bindStreams, RaftService, RaftStreamService } from '../../../src/protocol/services.js';
import type { Message } from '../../../src/raft/types.js';
import type { RaftBatch__Output } from '../../../src/protocol/generated/distrifs/v1/RaftBatch.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { RpcChannel, Runtime } from '../../../src/shared/runtime.js';

const message = (match: number, data = new Uint8Array(0)): Message => ({
  from: { id: 'm-1', incarnation: 1 },
  to: { id: 'm-2', incarnation: 1 },
  term: 1,
  type: 'append',
  previous: { index: match, term: 1 },
  entries: data.length === 0 ? [] : [{ index: match + 1, term: 1, body: { kind: 'data', data } }],
  commit: 0,
});

class Pair {
  readonly log: string[] = [];
  readonly sim = new Simulation({ seed: 1, onLog: ({ level, message: text }) => this.log.push(`${level} ${text}`) });
  readonly taken: number[] = [];
  readonly batches: number[] = [];
  address: string | undefined = 'm-2:7000';
  connects = 0;
  streams = 0;
  /** Batches that came as calls. */
  calls = 0;
  refusal: DfsError | null = null;
  readonly links = new PeerLinks({
    runtime: this.#counting(this.sim.machine('m-1').boot()),
    clusterId: 'c',
    instanceId: 'l',
    self: () => ({ master: { id: 'm-1', incarnation: 1 }, address: 'm-1:7000', version: 3, highestOperation: 21 }),
    addressOf: () => this.address,
    deadlineMs: 1_000,
  });

  #counting(runtime: Runtime): Runtime {
    const connect = (address: string): RpcChannel => {
      this.connects += 1;
      const channel = runtime.rpc.connect(address);
      return {
        address,
        call: (method, request, options) => channel.call(method, request, options),
        open: (method, options) => {
          this.streams += 1;
          return channel.open(method, options);
        },
        close: () => channel.close(),
      };
    };
    return { ...runtime, rpc: { serve: (listen, bindings) => runtime.rpc.serve(listen, bindings), connect } };
  }

  /** @param isOld of a release without streams @returns how the server ends */
  async serve(address = 'm-2:7000', host = 'm-2', isOld = false): Promise<() => Promise<void>> {
    const { rpc } = this.sim.machine(host).boot();
    const calls = bindService(RaftService, {
      Step: async (batch) => {
        this.calls += 1;
        await this.#take(batch);
        return {};
      },
      Invite: async () => ({}),
      Greet: async () => ({}),
    });
    const streams = bindStreams(RaftStreamService, { Deliver: (batch) => this.#take(batch) });
    const server = await rpc.serve(address, isOld ? calls : [...calls, ...streams]);
    return () => server.stop(0);
  }

  async #take({ messages, ...sender }: RaftBatch__Output): Promise<void> {
    expect(sender).toEqual({
      clusterId: 'c',
      senderLife: 'l',
      senderAddress: 'm-1:7000',
      senderVersion: 3,
      senderHighestOperation: 21,
    });
    if (this.refusal !== null) throw this.refusal;
    this.batches.push(messages.length);
    for (const each of messages.map(decodeMessage)) if (each.type === 'append') this.taken.push(each.previous.index);
  }
}

test('PeerLinks: messages arrive once each and in order, over one stream; those that come together go together', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve();
    pair.links.send([0, 1, 2].map((at) => message(at)));
    for (let at = 3; at < 100; at += 1) pair.links.send([message(at)]);
    await pair.sim.runUntil(() => pair.taken.length === 100);
    expect(pair.taken).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(pair.batches.length).toBeLessThanOrEqual(5);
    for (let at = 100; at < 120; at += 1) {
      pair.links.send([message(at)]);
      await pair.sim.advance(50);
    }
    expect(pair.taken).toHaveLength(120);
    expect([pair.connects, pair.streams, pair.calls]).toEqual([1, 1, 0]);
  });
});

test('PeerLinks: large messages are not put into one call beyond what a call may hold', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve();
    pair.links.send(Array.from({ length: 12 }, (_, at) => message(at, new Uint8Array(700_000).fill(OPERATIONS.rename.code))));
    await pair.sim.runUntil(() => pair.taken.length === 12);
    expect(Math.max(...pair.batches)).toBe(1);
  });
});

test('PeerLinks: a master that is away costs a bounded queue and one line a minute; what is sent when it is back arrives', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    for (let at = 0; at < 10_000; at += 1) {
      pair.links.send([message(at)]);
      if (at % 100 === 0) await pair.sim.advance(10);
    }
    expect(pair.log).toEqual([expect.stringContaining('warn Master m-2 at m-2:7000 does not take messages')]);
    await pair.serve();
    await pair.sim.advance(3_000);
    pair.taken.length = 0;
    pair.links.send([message(77_777)]);
    await pair.sim.runUntil(() => pair.taken.includes(77_777));
    expect(pair.taken.length).toBeLessThanOrEqual(4_096);
  });
});

test('PeerLinks: a master that moved is followed; one without an address gets nothing', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve('elsewhere:7000', 'elsewhere');
    pair.address = undefined;
    pair.links.send([message(1)]);
    pair.address = 'elsewhere:7000';
    pair.links.send([message(2)]);
    await pair.sim.runUntil(() => pair.taken.length > 0);
    expect(pair.taken).toEqual([2]);
  });
});

test('PeerLinks: a connection at whose end another master answers is given up, so that the name is looked up again', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve();
    for (const [refusal, expected] of [
      [null, 1],
      [new DfsError('UNAVAILABLE', 'starting'), 1],
      [new DfsError('FOREIGN_CLUSTER', 'not me'), 1],
      [null, 2],
    ] as const) {
      pair.refusal = refusal;
      pair.links.send([message(1)]);
      await pair.sim.advance(100);
      expect(pair.connects).toBe(expected);
    }
  });
});

test('PeerLinks: a stream that takes nothing is replaced after the deadline; what is sent then arrives', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve();
    pair.links.send([message(1)]);
    await pair.sim.runUntil(() => pair.taken.length === 1);
    pair.sim.network.stall('m-2', 'm-1');
    pair.links.send([message(2)]);
    await pair.sim.advance(900);
    expect(pair.streams).toBe(1);
    await pair.sim.advance(200);
    pair.links.send([message(3)]);
    await pair.sim.runUntil(() => pair.taken.includes(3));
    expect([pair.streams, pair.log.length]).toEqual([2, 1]);
  });
});

test('PeerLinks: the end of a stream that worked is not complained of, a refusal after it is', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    const stop = await pair.serve();
    pair.links.send([message(1)]);
    await pair.sim.advance(5_000);
    await stop();
    await pair.sim.advance(5_000);
    expect(pair.log).toEqual([]);
    pair.links.send([message(2)]);
    await pair.sim.advance(1_000);
    expect(pair.log).toEqual([expect.stringContaining('warn Master m-2 at m-2:7000 does not take messages')]);
  });
});

test('PeerLinks: what waits at a master that takes nothing is bounded, and does not hold up what is sent when it takes again', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve();
    pair.links.send([message(0)]);
    await pair.sim.runUntil(() => pair.taken.length === 1);
    pair.sim.machine('m-2').pause();
    const data = new Uint8Array(500_000).fill(OPERATIONS.rename.code);
    for (let at = 1; at < 400; at += 1) {
      pair.links.send([message(at, data)]);
      await pair.sim.advance(10);
    }
    pair.sim.machine('m-2').resume();
    pair.links.send([message(400)]);
    await pair.sim.runUntil(() => pair.taken.includes(400));
    expect(pair.taken.length).toBeLessThan(200);
  });
});

test('PeerLinks: a master without streams gets calls; once it has been upgraded, a stream', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    const stop = await pair.serve('m-2:7000', 'm-2', true);
    for (let at = 0; at < 10; at += 1) {
      pair.links.send([message(at)]);
      await pair.sim.advance(50);
    }
    // The first batch is lost: it went into a stream that the other master refused.
    expect([pair.calls, pair.streams, pair.taken]).toEqual([9, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    expect(pair.log).toEqual([]);
    await stop();
    await pair.serve();
    for (let at = 10; at < 20; at += 1) {
      pair.links.send([message(at)]);
      await pair.sim.advance(50);
    }
    expect([pair.calls, pair.streams, pair.taken.at(-1)]).toEqual([9, 2, 19]);
  });
});

test('Switchboard: a call without a handler gets the reason, until there is one', async () => {
  const board = new SwappableServices(new DfsError('UNAVAILABLE', 'starting'));
  const [step] = board.bindings([RaftService]);
  const context = { peer: '', signal: new AbortController().signal };
  await expect(step!.handle(new Uint8Array(0), context)).rejects.toMatchObject({ message: 'starting' });
  board.connect(
    bindService(RaftService, { Step: async () => ({}), Invite: async () => ({}), Greet: async () => ({}) }),
    new DfsError('UNIMPLEMENTED', 'no'),
  );
  const batch = RaftService.Step.encodeRequest({ senderLife: 'l' });
  expect(await step!.handle(batch, context)).toHaveLength(0);
});
