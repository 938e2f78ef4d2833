/** Every queue of the core is bounded, and says so by a typed refusal. */
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/raft/config.js';
import type { RaftConfig } from '../../src/raft/config.js';
import { bootstrapState } from '../../src/raft/bootstrap.js';
import { RaftNode } from '../../src/raft/raft-node.js';
import type { Members, Output } from '../../src/raft/types.js';

const SELF = { id: 'm1', incarnation: 1 };
const voters = (...ids: string[]): Members => ids.map((id) => ({ id, incarnation: 1, isVoter: true }));

/** Takes what there is and makes it durable. */
function settle(node: RaftNode): Output {
  const output = node.takeOutput();
  if (output.write !== null) node.persisted(output.write.number);
  return output;
}

/** A group of which this member leads: of two, the other votes for it and then says nothing. */
function leader(limits: Partial<RaftConfig> = {}, members = voters('m1')): RaftNode {
  const node = new RaftNode({ ...DEFAULT_CONFIG, ...limits, self: SELF, random: () => 0 }, bootstrapState(SELF, members));
  for (let ticks = 0; ticks < DEFAULT_CONFIG.electionTicks; ticks += 1) node.tick();
  for (const isPre of members.length > 1 ? [true, false] : []) {
    settle(node);
    node.step({ type: 'vote-reply', isPre, isGranted: true, from: { id: 'm2', incarnation: 1 }, to: SELF, term: 2 });
  }
  settle(node);
  settle(node);
  expect(node.status.role).toBe('leader');
  return node;
}

test('propose: refuses what is too large, too much, or not for it', () => {
  const node = leader({ proposalBytesMax: 100, uncommittedBytesMax: 300 });
  const refusal = (refused: string): object => ({ refused, leaderId: 'm1' });
  expect(node.propose(new Uint8Array(101))).toEqual(refusal('TOO_LARGE'));
  for (const index of [3, 4]) expect(node.propose(new Uint8Array(100))).toEqual({ index, term: 2 });
  expect(node.propose(new Uint8Array(0))).toEqual(refusal('BUSY'));
  const committed = (): number[] => settle(node).committed.map(({ index }) => index);
  expect([committed(), committed()]).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(node.propose(new Uint8Array(0))).toEqual({ index: 5, term: 2 });

  const follower = new RaftNode({ ...DEFAULT_CONFIG, self: SELF, random: () => 0 }, bootstrapState(SELF, voters('m1', 'm2')));
  expect(follower.propose(new Uint8Array(0))).toEqual({ refused: 'NOT_LEADER', leaderId: null });
  expect(follower.readIndex(1)).toEqual({ refused: 'NOT_LEADER', leaderId: null });
});

test('propose: a log that nobody compacts is full one day', () => {
  const node = leader({ proposalBytesMax: 100, uncommittedBytesMax: 200, logBytesMax: 1_000 });
  let taken = 0;
  while (!('refused' in node.propose(new Uint8Array(100)))) {
    settle(node);
    settle(node);
    taken += 1;
  }
  expect(taken).toBeLessThan(10);
  node.compact(node.status.commitIndex);
  expect(node.propose(new Uint8Array(100))).toHaveProperty('index');
});

test('readIndex: as many reads wait as are allowed', () => {
  const node = leader({ readsMax: 2 }, voters('m1', 'm2'));
  expect([node.readIndex(1), node.readIndex(2)]).toEqual([null, null]);
  expect(node.readIndex(3)).toEqual({ refused: 'BUSY', leaderId: 'm1' });
});

test('a leader sends no more than the window takes, and goes on when it is answered', () => {
  const node = leader({ inFlightMessagesMax: 2, appendBytesMax: 100 }, voters('m1', 'm2'));
  const from = { id: 'm2', incarnation: 1 };
  node.step({ type: 'append-accepted', match: 2, from, to: SELF, term: 2 });
  settle(node);
  for (let i = 0; i < 5; i += 1) node.propose(new Uint8Array(50));
  const sent = (): number[] =>
    settle(node).messages.flatMap((message) => (message.type === 'append' ? message.entries.map(({ index }) => index) : []));
  expect(sent()).toEqual([3, 4]);
  expect(sent()).toEqual([]);
  node.step({ type: 'append-accepted', match: 3, from, to: SELF, term: 2 });
  expect(sent()).toEqual([5]);
});

test('proposeChange: refuses what would leave nobody, is there already, or lags', () => {
  const node = leader();
  const refusal = (change: Parameters<RaftNode['proposeChange']>[0]): unknown => node.proposeChange(change);
  expect(refusal({ kind: 'remove', id: 'm1' })).toMatchObject({ refused: 'LAST_VOTER' });
  expect(refusal({ kind: 'add-learner', id: 'm1', incarnation: 2 })).toMatchObject({ refused: 'ALREADY_A_MEMBER' });
  expect(refusal({ kind: 'promote', id: 'm9' })).toMatchObject({ refused: 'NO_SUCH_MEMBER' });
  node.proposeChange({ kind: 'add-learner', id: 'm2', incarnation: 1 });
  expect(refusal({ kind: 'promote', id: 'm2' })).toMatchObject({ refused: 'CHANGE_UNDER_WAY' });
  settle(node);
  for (let i = 0; i < DEFAULT_CONFIG.promotionLagMax; i += 1) node.propose(new Uint8Array(0));
  settle(node);
  expect(refusal({ kind: 'promote', id: 'm2' })).toMatchObject({ refused: 'NOT_CAUGHT_UP' });
  expect(node.transferTo('m2')).toMatchObject({ refused: 'NO_SUCH_MEMBER' });
});

test('transferTo: no proposals until it is over, or has taken too long', () => {
  const node = leader({}, voters('m1', 'm2'));
  expect(node.transferTo('m2')).toBeNull();
  expect(node.propose(new Uint8Array(0))).toMatchObject({ refused: 'TRANSFERRING' });
  for (let ticks = 0; ticks < DEFAULT_CONFIG.electionTicks; ticks += 1) {
    node.step({
      type: 'heartbeat-reply',
      round: 0,
      probe: null,
      isBound: false,
      from: { id: 'm2', incarnation: 1 },
      to: SELF,
      term: 2,
    });
    node.tick();
  }
  expect(node.propose(new Uint8Array(0))).toHaveProperty('index');
});

test('RaftNode: refuses a contradictory configuration, and a disk that is not its own or has lost its term', () => {
  const start = (limits: Partial<RaftConfig>, stored = bootstrapState(SELF, voters('m1'))) =>
    new RaftNode({ ...DEFAULT_CONFIG, ...limits, self: SELF, random: () => 0 }, stored);
  expect(() => start({ electionTicks: 4, heartbeatTicks: 2 })).toThrow(/heartbeats/);
  expect(() => start({ inFlightBytesMax: 1 })).toThrow(/window/);
  expect(() => start({ readsMax: 0 })).toThrow(/readsMax/);
  expect(() => start({}, bootstrapState({ id: 'm1', incarnation: 2 }, voters('m1')))).toThrow(/incarnation/);
  const hardState = { term: 0, votedFor: null, incarnation: 1, isDamaged: false };
  expect(() => start({}, { ...bootstrapState(SELF, voters('m1')), hardState })).toThrow(/lost/);
});

test('tick: two election timeouts in a row make a single voter the leader as soon as its vote is durable, with leases too', () => {
  for (const leaseTicks of [0, 5]) {
    for (const random of [0, 0.999]) {
      const node = new RaftNode(
        { ...DEFAULT_CONFIG, leaseTicks, self: SELF, random: () => random },
        bootstrapState(SELF, voters('m1')),
      );
      for (let ticks = 0; ticks < 2 * DEFAULT_CONFIG.electionTicks; ticks += 1) node.tick();
      settle(node);
      expect(node.status.role).toBe('leader');
      settle(node);
      const { committed } = settle(node);
      expect(committed.map(({ body }) => body.kind)).toEqual(['members', 'empty']);
      node.readIndex(7);
      expect(settle(node).reads).toEqual([{ context: 7, index: 2 }]);
    }
  }
});

test('progress: what a leader knows of the others, and nobody else', () => {
  const node = leader({}, voters('m1', 'm2', 'm3'));
  const from = { id: 'm2', incarnation: 1 };
  node.step({ type: 'append-accepted', match: 2, from, to: SELF, term: 2 });
  const progress = (isActive: boolean): object[] => [
    { id: 'm2', match: 2, isActive: true },
    { id: 'm3', match: 0, isActive },
  ];
  expect(node).toMatchObject({ progress: progress(true), isVoter: true, isTransferring: false });
  expect(node.status.isDamaged).toBe(false);
  for (let ticks = 0; ticks < 2 * DEFAULT_CONFIG.electionTicks; ticks += 1) {
    node.step({ type: 'heartbeat-reply', round: 0, probe: null, isBound: false, from, to: SELF, term: 2 });
    node.tick();
  }
  node.transferTo('m2');
  expect(node).toMatchObject({ progress: progress(false), isTransferring: true });
  node.step({ type: 'append', previous: { index: 1, term: 1 }, entries: [], commit: 0, from, to: SELF, term: 3 });
  expect(node).toMatchObject({ role: 'follower', progress: [], isTransferring: false });

  const { hardState, ...log } = bootstrapState(SELF, []);
  const waiting = new RaftNode(
    { ...DEFAULT_CONFIG, self: SELF, random: () => 0 },
    { ...log, hardState: { ...hardState, isDamaged: true } },
  );
  expect(waiting.isVoter).toBe(false);
  expect(waiting.status.isDamaged).toBe(true);
});
