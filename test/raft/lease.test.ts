/** What a leader's lease counts on: whom it binds, for how long, and what ends it. */
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG, longestLeaseTicks } from '../../src/raft/config.js';
import type { RaftConfig } from '../../src/raft/config.js';
import { bootstrapState } from '../../src/raft/bootstrap.js';
import type { StoredState } from '../../src/raft/member-state.js';
import { RaftNode } from '../../src/raft/raft-node.js';
import type { Address, Members, Message, MessageBody, Output } from '../../src/raft/types.js';

const [M1, M2, M3] = ['m1', 'm2', 'm3'].map((id) => ({ id, incarnation: 1 })) as [Address, Address, Address];
const VOTERS: Members = [M1, M2, M3].map((address) => ({ ...address, isVoter: true }));
const { electionTicks, heartbeatTicks } = DEFAULT_CONFIG;
const LEASE_TICKS = longestLeaseTicks(electionTicks);

function start(self: Address, limits: Partial<RaftConfig> = {}, stored: StoredState = bootstrapState(self, VOTERS)): RaftNode {
  return new RaftNode({ ...DEFAULT_CONFIG, leaseTicks: LEASE_TICKS, ...limits, self, random: () => 0 }, stored);
}

/** Takes what there is and makes it durable. */
function settle(node: RaftNode): Output {
  const output = node.takeOutput();
  if (output.write !== null) node.persisted(output.write.number);
  return output;
}

function tick(node: RaftNode, ticks: number): void {
  for (let made = 0; made < ticks; made += 1) node.tick();
}

const message = (from: Address, to: Address, term: number, body: MessageBody): Message => ({ ...body, from, to, term });

/** m1, leading in term 2 with its entry committed, which m2 has acknowledged. */
function leader(limits: Partial<RaftConfig> = {}): RaftNode {
  const node = start(M1, limits);
  tick(node, electionTicks);
  for (const isPre of [true, false]) {
    settle(node);
    node.step(message(M2, M1, 2, { type: 'vote-reply', isPre, isGranted: true }));
  }
  settle(node);
  node.step(message(M2, M1, 2, { type: 'append-accepted', match: 2 }));
  settle(node);
  expect(node.status).toMatchObject({ role: 'leader', commitIndex: 2 });
  return node;
}

const roundOf = (output: Output): number =>
  Math.max(...output.messages.map((sent) => (sent.type === 'heartbeat' ? sent.round : -1)));

/** Lets the leader ask once, of its own accord. @returns the round */
function beat(node: RaftNode): number {
  settle(node);
  tick(node, heartbeatTicks);
  return roundOf(settle(node));
}

function answer(node: RaftNode, round: number, isBound = true): void {
  node.step(message(M2, M1, 2, { type: 'heartbeat-reply', round, probe: null, isBound }));
}

/** Whether a read is answered without a question to anybody. */
function readsAlone(node: RaftNode): boolean {
  settle(node);
  expect(node.readIndex(1)).toBeNull();
  return settle(node).reads.length > 0;
}

test('readIndex: by lease for leaseTicks from when the round began, whenever it is answered', () => {
  const node = leader();
  expect(readsAlone(node)).toBe(false);
  const round = beat(node);
  tick(node, LEASE_TICKS - 1);
  expect(readsAlone(node)).toBe(false);
  answer(node, round);
  expect(readsAlone(node)).toBe(true);
  tick(node, 1);
  expect(readsAlone(node)).toBe(false);
});

test('readIndex: a round that a read has begun gives a lease as well', () => {
  const node = leader();
  node.readIndex(1);
  answer(node, roundOf(settle(node)));
  expect(settle(node).reads).toHaveLength(1);
  expect(readsAlone(node)).toBe(true);
});

test('readIndex: no lease by members who are not bound, nor without leases', () => {
  for (const [node, isBound] of [
    [leader(), false],
    [leader({ leaseTicks: 0 }), true],
  ] as const) {
    answer(node, beat(node), isBound);
    expect(readsAlone(node)).toBe(false);
  }
});

test('transferTo: once another one was asked to take over, no lease holds in this term', () => {
  const node = leader();
  answer(node, beat(node));
  expect(readsAlone(node)).toBe(true);
  node.transferTo('m2');
  expect(settle(node).messages.map(({ type }) => type)).toContain('timeout-now');
  tick(node, electionTicks);
  answer(node, beat(node));
  expect(node.status.role).toBe('leader');
  expect(readsAlone(node)).toBe(false);
});

/** What m2 says to a vote or pre-vote that m3 asks for. null: nothing. */
function vote(node: RaftNode, term: number, { isPre = false, isForced = false } = {}): boolean | null {
  settle(node);
  node.step(message(M3, M2, term, { type: 'vote', isPre, isForced, last: { index: 9, term: 2 } }));
  const replies = [...settle(node).messages, ...settle(node).messages].filter((sent) => sent.type === 'vote-reply');
  return replies[0]?.isGranted ?? null;
}

const hear = (node: RaftNode, round = 1): void =>
  node.step(message(M1, M2, 2, { type: 'heartbeat', commit: 0, round, recovery: null }));

test('a follower says whether it is bound', () => {
  for (const leaseTicks of [0, LEASE_TICKS]) {
    const node = start(M2, { leaseTicks });
    hear(node);
    settle(node);
    const replies = settle(node).messages.filter(({ type }) => type === 'heartbeat-reply');
    expect(replies).toMatchObject([{ round: 1, isBound: leaseTicks > 0 }]);
  }
});

test('a follower is bound for an election timeout by the leader that it has heard, into later terms too', () => {
  const heard = (ticks: number): RaftNode => {
    const node = start(M2);
    tick(node, electionTicks - 1);
    hear(node);
    tick(node, ticks);
    // A candidate whose election nobody wins: it speaks, and leads nobody.
    node.step(message(M3, M2, 3, { type: 'vote-reply', isPre: false, isGranted: false }));
    expect(node.status).toMatchObject({ term: 3, leaderId: null });
    return node;
  };
  expect(vote(heard(electionTicks - 1), 3)).toBe(false);
  expect(vote(heard(electionTicks - 1), 4)).toBeNull();
  expect(vote(heard(electionTicks - 1), 4, { isPre: true })).toBe(false);
  expect(vote(heard(electionTicks - 1), 4, { isForced: true })).toBe(true);
  expect(vote(heard(electionTicks), 3)).toBe(true);
});

test('a member that starts is bound by what it does not know to have promised', () => {
  const started = (ticks: number, limits: Partial<RaftConfig> = {}): RaftNode => {
    const node = start(M2, limits);
    tick(node, ticks);
    return node;
  };
  expect(vote(started(electionTicks - 1), 3)).toBeNull();
  expect(vote(started(electionTicks - 1), 3, { isPre: true })).toBe(false);
  expect(vote(started(0), 3, { isForced: true })).toBe(true);
  expect(vote(started(electionTicks), 3)).toBe(true);
  expect(vote(started(0, { leaseTicks: 0 }), 3)).toBe(true);
});

test('longestLeaseTicks: ends before followers vote, though clocks differ by nearly a tenth, and no longer one is taken', () => {
  for (let ticks = 5; ticks < 200; ticks += 1) expect(11 * longestLeaseTicks(ticks)).toBeLessThanOrEqual(10 * (ticks - 1));
  expect(LEASE_TICKS).toBe(8);
  expect(() => start(M1, { leaseTicks: LEASE_TICKS + 1 })).toThrow(/outlast/);
  expect(() => start(M1, { leaseTicks: -1 })).toThrow(/whole number/);
});
