import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage, sizeOfMessage } from '../../../src/master/consensus/raft-codec.js';
import { GROUP_CODES } from '../../../src/master/state/operations/op-codes.js';
import { OPERATIONS } from '../../../src/master/state/operations/operations.js';
import { messageCodec } from '../../../src/protocol/messages.js';
import type { RaftMessage, RaftMessage__Output } from '../../../src/protocol/generated/distrifs/v1/RaftMessage.js';
import type { Entry, EntryId, Message, MessageBody } from '../../../src/raft/types.js';

const codec = messageCodec<RaftMessage, RaftMessage__Output>('RaftMessage');
const overTheWire = (message: Message): Message => decodeMessage(codec.decode(codec.encode(encodeMessage(message))));

const natural = fc.nat();
const address = fc.record({ id: fc.constantFrom('m-1', 'm-2', 'm-3'), incarnation: fc.integer({ min: 1, max: 2 ** 40 }) });
const entryId = fc.record({ index: natural, term: fc.nat(5) });
const members = fc.uniqueArray(
  fc.record({ id: fc.string({ minLength: 1, maxLength: 9 }), incarnation: natural, isVoter: fc.boolean() }),
  {
    selector: ({ id }) => id,
    maxLength: 7,
  },
);
const operation = fc.uint8Array({ maxLength: 50 }).map((body) => Uint8Array.from([OPERATIONS.rename.code, ...body]));
const bodies = fc.oneof(
  fc.constant({ kind: 'empty' } as const),
  fc.record({ kind: fc.constant('data' as const), data: operation }),
  fc.record({ kind: fc.constant('members' as const), members }),
);
const entriesAfter = (previous: EntryId, terms: number[], all: Entry['body'][]): Entry[] =>
  all.map((body, at) => ({ index: previous.index + 1 + at, term: Math.max(previous.term, ...terms.slice(0, at + 1)), body }));
const anyBody: fc.Arbitrary<MessageBody> = fc.oneof(
  fc.record({ type: fc.constant('vote' as const), isPre: fc.boolean(), last: entryId, isForced: fc.boolean() }),
  fc.record({ type: fc.constant('vote-reply' as const), isPre: fc.boolean(), isGranted: fc.boolean() }),
  fc
    .record({
      previous: entryId,
      bodies: fc.array(bodies, { maxLength: 5 }),
      terms: fc.array(fc.nat(5), { minLength: 5, maxLength: 5 }),
      commit: natural,
    })
    .map(({ previous, bodies: all, terms, commit }) => ({
      type: 'append' as const,
      previous,
      entries: entriesAfter(previous, terms, all),
      commit,
    })),
  fc.record({ type: fc.constant('append-accepted' as const), match: natural }),
  fc.record({ type: fc.constant('append-rejected' as const), rejected: natural, hint: entryId }),
  fc.record({
    type: fc.constant('heartbeat' as const),
    commit: natural,
    round: natural,
    recovery: fc.option(fc.record({ probe: natural, lastIndex: natural })),
  }),
  fc.record({ type: fc.constant('heartbeat-reply' as const), round: natural, probe: fc.option(natural), isBound: fc.boolean() }),
  fc.record({
    type: fc.constant('snapshot' as const),
    piece: fc.record({
      snapshot: fc.record({ index: natural, term: natural, id: fc.constantFrom('ab12', '0'), members }),
      offset: natural,
      data: fc.uint8Array({ maxLength: 50 }),
      isLast: fc.boolean(),
    }),
  }),
  fc.record({ type: fc.constant('snapshot-reply' as const), snapshotId: fc.string({ maxLength: 20 }), offset: natural }),
  fc.constant({ type: 'timeout-now' } as const),
);

/** Bytes compare as bytes, whatever class holds them. */
const plain = (message: Message): unknown =>
  JSON.parse(
    JSON.stringify(message, (_key, value: unknown) =>
      value instanceof Uint8Array ? { bytes: [...value] } : toPlainBuffer(value),
    ),
  );
const toPlainBuffer = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer' && 'data' in value
    ? { bytes: value.data }
    : value;

test('encodeMessage, decodeMessage: every message comes back as it was', () => {
  fc.assert(
    fc.property(anyBody, address, address, fc.integer({ min: 5, max: 2 ** 40 }), (body, from, to, term) => {
      const message = { ...body, from, to, term } as Message;
      expect(plain(overTheWire(message))).toEqual(plain(message));
    }),
    { numRuns: 500 },
  );
});

const ENVELOPE = { from: { id: 'm-1', incarnation: 1 }, to: { id: 'm-2', incarnation: 1 }, term: 3 };
const decoded = (message: RaftMessage) => () => decodeMessage(codec.decode(codec.encode(message)));

test('decodeMessage: what no member says is refused, with the reason', () => {
  const append = (entries: NonNullable<RaftMessage['append']>['entries']) => ({
    ...ENVELOPE,
    append: { previous: { index: 4, term: 2 }, entries: entries ?? [], commit: 0 },
  });
  expect(decoded({ ...ENVELOPE, from: null, timeoutNow: {} })).toThrow(/sender or recipient is missing/);
  expect(decoded(ENVELOPE)).toThrow(/says nothing known/);
  expect(decoded(append([{ index: 6, term: 2, empty: true }]))).toThrow(/entry 6 of term 2 follows entry 4 of term 2/);
  expect(decoded(append([{ index: 5, term: 1, empty: true }]))).toThrow(/entry 5 of term 1 follows/);
  expect(decoded(append([{ index: 5, term: 4, empty: true }]))).toThrow(/entry 5 of term 4 follows/);
  for (const data of [[], [0], [99], [GROUP_CODES.hardState, 1]]) {
    expect(decoded(append([{ index: 5, term: 2, data: Uint8Array.from(data) }]))).toThrow(/entry 5 is no operation/);
  }
  expect(decoded({ ...ENVELOPE, vote: { isPre: true } })).toThrow(/not named/);
  expect(decoded({ ...ENVELOPE, snapshot: { offset: 0 } })).toThrow(/belongs to no snapshot/);
  const twice = { members: [{ id: 'a' }, { id: 'a' }] };
  expect(decoded(append([{ index: 5, term: 2, members: twice }]))).toThrow(/named twice/);
});

test('decodeMessage: random bytes give a typed error or a message, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeMessage(codec.decode(bytes));
      } catch (error) {
        expect(error).toMatchObject({ code: 'PROTOCOL_ERROR' });
      }
    }),
    { numRuns: 2_000 },
  );
});

test('sizeOfMessage: never below what the bytes of entries and pieces take', () => {
  const data = new Uint8Array(5_000);
  const entries = [{ index: 1, term: 1, body: { kind: 'data', data } }] as const;
  const message: Message = { ...ENVELOPE, type: 'append', previous: { index: 0, term: 0 }, entries, commit: 0 };
  expect(sizeOfMessage(message)).toBeGreaterThanOrEqual(codec.encode(encodeMessage(message)).length);
});
