import { expect, test } from 'vitest';
import { RaftLog } from '../../src/raft/log.js';
import type { Entry, Members } from '../../src/raft/types.js';

const entry = (index: number, term: number, size = 0): Entry => ({
  index,
  term,
  body: { kind: 'data', data: new Uint8Array(size) },
});
const set = (...ids: string[]): Members => ids.map((id) => ({ id, incarnation: 1, isVoter: true }));
const membersEntry = (index: number, term: number, ...ids: string[]): Entry => ({
  index,
  term,
  body: { kind: 'members', members: set(...ids) },
});
const BASE = { index: 0, term: 0, members: [] };

test('RaftLog: a set of members is in force from its entry on, and the one before returns when the entry goes', () => {
  const log = new RaftLog(BASE, [membersEntry(1, 1, 'a'), entry(2, 1), membersEntry(3, 1, 'a', 'b'), entry(4, 1)]);
  expect([log.membersAt(2), log.members, log.membersIndex, log.membersBefore]).toEqual([set('a'), set('a', 'b'), 3, set('a')]);
  log.append([entry(3, 2)]);
  expect([log.members, log.membersIndex, log.last]).toEqual([set('a'), 1, { index: 3, term: 2 }]);
});

test('RaftLog: compaction keeps the base, its set and the bytes of what stays', () => {
  const log = new RaftLog(BASE, [membersEntry(1, 1, 'a'), entry(2, 1, 100), entry(3, 2, 10)]);
  log.compact(2);
  expect([log.base, log.termAt(1), log.termAt(2), log.termAt(3)]).toEqual([{ index: 2, term: 1 }, undefined, 1, 2]);
  expect([log.members, log.bytes]).toEqual([set('a'), new RaftLog(BASE, [entry(1, 1, 10)]).bytes]);
  log.compact(9);
  expect(log.base.index).toBe(2);
  expect(() => log.slice(2, 1_000)).toThrow(/compacted/);
  expect(() => log.append([entry(5, 2)])).toThrow(/gap/);
});

test('RaftLog: slice takes what fits, and one entry at least', () => {
  const log = new RaftLog(BASE, [entry(1, 1, 500), entry(2, 1, 10), entry(3, 1, 10)]);
  expect(log.slice(1, 100).map(({ index }) => index)).toEqual([1]);
  expect(log.slice(2, 1_000).map(({ index }) => index)).toEqual([2, 3]);
  expect(log.slice(4, 1_000)).toEqual([]);
});

test('RaftLog: lastAgreeing skips whole terms that the other log cannot have', () => {
  const log = new RaftLog(
    BASE,
    [1, 1, 3, 3, 3].map((term, i) => entry(i + 1, term)),
  );
  expect(log.lastAgreeing(5, 2)).toEqual({ index: 2, term: 1 });
  expect(log.lastAgreeing(9, 4)).toEqual({ index: 5, term: 3 });
  expect(log.lastAgreeing(4, 0)).toEqual({ index: 0, term: 0 });
});
