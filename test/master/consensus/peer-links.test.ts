import { expect, test } from 'vitest';
import { PeerLinks } from '../../../src/master/consensus/peer-links.js';
import { decodeMessage } from '../../../src/master/consensus/raft-codec.js';
import { SwappableServices } from '../../../src/master/consensus/swappable-services.js';
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import { bindService, RaftService } from '../../../src/protocol/services.js';
import type { Message } from '../../../src/raft/types.js';
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
      return runtime.rpc.connect(address);
    };
    return { ...runtime, rpc: { serve: (listen, bindings) => runtime.rpc.serve(listen, bindings), connect } };
  }

  async serve(address = 'm-2:7000', host = 'm-2'): Promise<void> {
    const { rpc } = this.sim.machine(host).boot();
    await rpc.serve(
      address,
      bindService(RaftService, {
        Step: async ({ messages, ...sender }) => {
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
          return {};
        },
        Invite: async () => ({}),
        Greet: async () => ({}),
      }),
    );
  }
}

test('PeerLinks: messages arrive once each; those that come together go together', async () => {
  const pair = new Pair();
  await pair.sim.run(async () => {
    await pair.serve();
    pair.links.send([0, 1, 2].map((at) => message(at)));
    for (let at = 3; at < 100; at += 1) pair.links.send([message(at)]);
    await pair.sim.runUntil(() => pair.taken.length === 100);
    expect(pair.taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(pair.batches.length).toBeLessThanOrEqual(5);
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
