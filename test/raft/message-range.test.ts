/** What others say is never asserted: a message that no member sends who follows the rules is dropped and reported. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/raft/config.js';
import { bootstrapState } from '../../src/raft/bootstrap.js';
import { RaftNode } from '../../src/raft/raft-node.js';
import type { Entry, Members, Message, MessageBody, Output } from '../../src/raft/types.js';

const SELF = { id: 'm1', incarnation: 1 };
const OTHER = { id: 'm2', incarnation: 1 };
const MEMBERS: Members = [SELF, OTHER, { id: 'm3', incarnation: 1 }].map((each) => ({ ...each, isVoter: true }));
const FAR = 10 ** 12;

/** Takes what there is and makes it durable. */
function settle(node: RaftNode): Output {
  const output = node.takeOutput();
  if (output.write !== null) node.persisted(output.write.number);
  return output;
}

const follower = (): RaftNode => new RaftNode({ ...DEFAULT_CONFIG, self: SELF, random: () => 0 }, bootstrapState(SELF, MEMBERS));
const said = (term: number, body: MessageBody, from = OTHER): Message => ({ ...body, from, to: SELF, term });

/** Leads in term 2, and its log ends at 2. */
function leader(): RaftNode {
  const node = follower();
  for (let ticks = 0; ticks < DEFAULT_CONFIG.electionTicks; ticks += 1) node.tick();
  for (const isPre of [true, false]) {
    settle(node);
    node.step(said(2, { type: 'vote-reply', isPre, isGranted: true }));
  }
  settle(node);
  settle(node);
  expect(node.status).toMatchObject({ role: 'leader', term: 2, lastIndex: 2 });
  return node;
}

const heartbeat = (commit: number): MessageBody => ({ type: 'heartbeat', commit, round: 1, recovery: null });

/** Nothing of the message has an effect, but that it is told of. */
function expectDropped(node: RaftNode, message: Message, reason: RegExp): void {
  settle(node);
  const before = node.status;
  node.step(message);
  const output = settle(node);
  expect(output.reports).toMatchObject([{ kind: 'out-of-range', reason: expect.stringMatching(reason) as unknown }]);
  expect(output).toMatchObject({ write: null, messages: [], committed: [], storePieces: [], reads: [] });
  expect(node.status).toEqual(before);
}

test('step: a term that leaps is dropped, whatever the message; one that is far ahead is not', () => {
  const { termLeapMax } = DEFAULT_CONFIG;
  const far = said(1 + termLeapMax + 1, heartbeat(0));
  expectDropped(follower(), far, /term 1099511627778 is too far from term 1/);
  expectDropped(leader(), said(2 ** 53 - 1, { type: 'vote-reply', isPre: false, isGranted: false }), /too far from term 2/);
  const last = { index: 9, term: 9 };
  expectDropped(follower(), said(2 ** 52, { type: 'vote', isPre: false, last, isForced: true }), /too far/);
  const node = follower();
  node.step(said(1 + termLeapMax, heartbeat(0)));
  expect(node.status).toMatchObject({ term: 1 + termLeapMax, leaderId: 'm2' });
});

test('step: a heartbeat does not commit what is not there, in this term or a later one', () => {
  expectDropped(follower(), said(1, heartbeat(FAR)), /commit index 1000000000000 is past the end of the log, 1/);
  expectDropped(follower(), said(5, heartbeat(2)), /commit index 2 is past the end of the log, 1/);
  const node = follower();
  node.step(said(5, heartbeat(1)));
  expect(node.status).toMatchObject({ term: 5, commitIndex: 1 });
});

test('step: an append commits no more than it brings', () => {
  const node = follower();
  node.step(said(1, { type: 'append', previous: { index: 1, term: 1 }, entries: [], commit: FAR }));
  expect(settle(node).reports).toEqual([]);
  expect(node.status).toMatchObject({ commitIndex: 1, lastIndex: 1 });
});

test('step: entries and snapshots of a later term than the message are dropped', () => {
  const entries: Entry[] = [{ index: 2, term: 9, body: { kind: 'empty' } }];
  const append = (previousTerm: number, more: readonly Entry[]): MessageBody => {
    return { type: 'append', previous: { index: 1, term: previousTerm }, entries: more, commit: 0 };
  };
  expectDropped(follower(), said(3, append(1, entries)), /entry of term 9 in term 3/);
  expectDropped(follower(), said(3, append(4, [])), /entry of term 4 in term 3/);
  const snapshot = { index: 7, term: 9, id: 'x', members: MEMBERS };
  const piece = { snapshot, offset: 0, data: new Uint8Array(1), isLast: true };
  expectDropped(follower(), said(3, { type: 'snapshot', piece }), /snapshot of term 9 in term 3/);
});

test('step: a leader believes no answer to what it has not sent or asked', () => {
  expectDropped(leader(), said(2, { type: 'append-accepted', match: 3 }), /accepts entry 3 of a log that ends at 2/);
  expectDropped(leader(), said(2, { type: 'append-rejected', rejected: FAR, hint: { index: 0, term: 0 } }), /rejects entry/);
  const reply: MessageBody = { type: 'heartbeat-reply', round: FAR, probe: null, isBound: true };
  expectDropped(leader(), said(2, reply), /answers round 1000000000000 where \d+ is the last one/);
  const node = leader();
  node.step(said(2, { type: 'append-accepted', match: 2 }));
  settle(node);
  expect(node.status.commitIndex).toBe(2);
});

test('step: nobody else speaks under the own name', () => {
  expectDropped(follower(), said(9, heartbeat(0), SELF), /name of its receiver/);
  expectDropped(leader(), said(2, { type: 'append-accepted', match: 2 }, SELF), /name of its receiver/);
});

const index = fc.oneof(fc.nat(4), fc.constantFrom(FAR, 2 ** 52));
const term = fc.oneof(fc.nat(6), fc.constantFrom(FAR, 2 ** 40, 2 ** 52));
const entryId = fc.record({ index, term });
const append = fc
  .record({ previous: entryId, terms: fc.array(term, { maxLength: 3 }), commit: index })
  .map(({ previous, terms, commit }) => {
    let before = previous.term;
    const entries = terms.map((each, at): Entry => {
      before = Math.max(before, each);
      return { index: previous.index + 1 + at, term: before, body: { kind: 'data', data: new Uint8Array(1) } };
    });
    return { type: 'append' as const, previous, entries, commit };
  });
const anyBody: fc.Arbitrary<MessageBody> = fc.oneof(
  append,
  fc.record({ type: fc.constant('vote' as const), isPre: fc.boolean(), isForced: fc.boolean(), last: entryId }),
  fc.record({ type: fc.constant('vote-reply' as const), isPre: fc.boolean(), isGranted: fc.boolean() }),
  fc.record({ type: fc.constant('append-accepted' as const), match: index }),
  fc.record({ type: fc.constant('append-rejected' as const), rejected: index, hint: entryId }),
  fc.record({
    type: fc.constant('heartbeat' as const),
    commit: index,
    round: index,
    recovery: fc.option(fc.record({ probe: index, lastIndex: index })),
  }),
  fc.record({ type: fc.constant('heartbeat-reply' as const), round: index, probe: fc.option(index), isBound: fc.boolean() }),
  fc.record({
    type: fc.constant('snapshot' as const),
    piece: fc.record({
      snapshot: entryId.map((id) => ({ ...id, id: 'x', members: MEMBERS })),
      offset: index,
      data: fc.constant(new Uint8Array(3)),
      isLast: fc.boolean(),
    }),
  }),
  fc.record({ type: fc.constant('snapshot-reply' as const), snapshotId: fc.constant('x'), offset: index }),
  fc.constant({ type: 'timeout-now' as const }),
);

test('step: whatever members say, a member goes on', () => {
  const message = fc.tuple(term, anyBody, fc.constantFrom('m1', 'm2', 'm3', 'm9'));
  fc.assert(
    fc.property(fc.boolean(), fc.array(message, { maxLength: 12 }), (leads, messages) => {
      const node = leads ? leader() : follower();
      for (const [ofTerm, body, id] of messages) {
        node.step(said(ofTerm, body, { id, incarnation: 1 }));
        settle(node);
        node.tick();
        settle(node);
      }
      expect(node.status.commitIndex).toBeLessThanOrEqual(node.status.lastIndex);
    }),
    { numRuns: 2_000 },
  );
});
