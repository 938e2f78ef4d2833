import { expect, test } from 'vitest';
import { checkLinearizability } from '../../../src/lab/checkers/linearizability.js';
import { history } from './histories.js';
import type { Row } from './histories.js';

const verdictOf = (rows: readonly Row[]): string => checkLinearizability(history(rows)).verdict;

/** A file is a register: overwrite is its write. Initially it holds "0". */
const GOOD: Readonly<Record<string, readonly Row[]>> = {
  'Herlihy and Wing: a read beside a write may see it or not': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['A', 'overwrite /x = 1', 2, 9],
    ['B', 'read /x', 3, 4, '=0'],
    ['B', 'read /x', 5, 6, '=1'],
  ],
  'Porcupine: the write that began last may come first': [
    ['A', 'overwrite /x = 100', 0, 100],
    ['B', 'read /x', 25, 75, '=100'],
    ['C', 'read /x', 30, 60, 'ENOENT'],
  ],
  'Wing and Gong: overlapping writes are ordered by what is read later': [
    ['A', 'overwrite /x = a', 0, 10],
    ['B', 'overwrite /x = b', 1, 11],
    ['C', 'read /x', 12, 13, '=a'],
    ['D', 'read /x', 12, 14, '=a'],
  ],
  'Knossos: a crashed write takes effect much later': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['B', 'overwrite /x = 1', 2, null, 'unknown'],
    ['A', 'read /x', 3, 4, '=0'],
    ['A', 'read /x', 5, 6, '=1'],
  ],
  'a crashed write may never take effect': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['B', 'overwrite /x = 1', 2, 3, 'unknown'],
    ['A', 'read /x', 4, 5, '=0'],
    ['A', 'read /x', 6, 7, '=0'],
  ],
  'of two exclusive creates one wins': [
    ['A', 'create /x = a', 0, 10],
    ['B', 'create /x = b', 1, 9, 'EEXIST'],
    ['C', 'read /x', 11, 12, '=a'],
  ],
  'a no-op now may matter later': [
    ['A', 'overwrite /x = a', 0, 1],
    ['A', 'overwrite /x = a', 2, 20],
    ['B', 'overwrite /x = b', 3, 4],
    ['B', 'read /x', 5, 6, '=b'],
    ['B', 'read /x', 21, 22, '=a'],
  ],
  'rename carries content, and directories carry their files': [
    ['A', 'mkdir /d', 0, 1],
    ['A', 'create /d/f = a', 2, 3],
    ['A', 'rename /d > /e', 4, 8],
    ['B', 'read /d/f', 5, 6, '=a'],
    ['B', 'read /e/f', 9, 10, '=a'],
    ['B', 'read /d/f', 11, 12, 'ENOENT'],
    ['B', 'list /', 13, 14, '[e]'],
    ['B', 'list /e', 13, 14, '[f]'],
  ],
  'a list is one look at all names': [
    ['A', 'mkdir-p /w/d', 0, 1],
    ['A', 'create /w/d/a = 1', 2, 9],
    ['B', 'create /w/d/b = 2', 3, 8],
    ['C', 'list /w/d', 4, 5, '[b]'],
    ['C', 'list /w/d', 6, 7, '[a,b]'],
  ],
  'directories made before the recording began': [
    ['A', 'create /old/x = 1', 0, 1],
    ['A', 'list /old', 2, 3, '[x]'],
    ['A', 'read /old/y', 4, 5, 'ENOENT'],
  ],
  'rm refuses directories, a recursive one does not': [
    ['A', 'mkdir /d', 0, 1],
    ['A', 'create /d/f = a', 2, 3],
    ['A', 'delete /d', 4, 5, 'EISDIR'],
    ['A', 'delete-r /d', 6, 7],
    ['A', 'stat /d/f', 8, 9, 'absent'],
    ['A', 'create /d/f = a', 10, 11, 'ENOENT'],
  ],
  'a busy answer says nothing': [
    ['A', 'create /x = a', 0, 1, 'EBUSY'],
    ['A', 'read /x', 2, 3, 'ENOENT'],
    ['A', 'read /x', 4, 5, 'EIO'],
  ],
};

const BAD: Readonly<Record<string, readonly Row[]>> = {
  'Porcupine: new then old': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['A', 'overwrite /x = 200', 2, 100],
    ['B', 'read /x', 10, 30, '=200'],
    ['C', 'read /x', 40, 90, '=0'],
  ],
  'Herlihy and Wing: two readers disagree on the order of two writes': [
    ['A', 'overwrite /x = a', 0, 10],
    ['B', 'overwrite /x = b', 0, 10],
    ['C', 'read /x', 11, 12, '=a'],
    ['D', 'read /x', 13, 14, '=b'],
  ],
  'a stale read after the write was acknowledged': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['A', 'overwrite /x = 1', 2, 3],
    ['B', 'read /x', 4, 5, '=0'],
  ],
  'Knossos: a crashed write takes effect only once': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['B', 'overwrite /x = 1', 2, null, 'unknown'],
    ['A', 'read /x', 3, 4, '=1'],
    ['A', 'overwrite /x = 2', 5, 6],
    ['A', 'read /x', 7, 8, '=1'],
  ],
  'a crashed write cannot take effect before it was asked for': [
    ['A', 'overwrite /x = 0', 0, 1],
    ['A', 'read /x', 2, 3, '=1'],
    ['B', 'overwrite /x = 1', 4, null, 'unknown'],
  ],
  'two exclusive creates win': [
    ['A', 'create /x = a', 0, 10],
    ['B', 'create /x = b', 1, 9],
  ],
  'a delete that ran twice': [
    ['A', 'create /x = a', 0, 1],
    ['A', 'delete /x', 2, 3, 'ENOENT'],
  ],
  'a deleted file comes back': [
    ['A', 'create /x = a', 0, 1],
    ['A', 'delete /x', 2, 3],
    ['A', 'stat /x', 4, 5, 'absent'],
    ['A', 'stat /x', 6, 7],
  ],
  'a rename leaves the old name': [
    ['A', 'create /x = a', 0, 1],
    ['A', 'rename /x > /y', 2, 3],
    ['A', 'stat /x', 4, 5],
  ],
  'a rename that is seen half': [
    ['A', 'create /x = a', 0, 1],
    ['A', 'rename /x > /y', 2, 9],
    ['B', 'read /y', 3, 4, '=a'],
    ['B', 'read /x', 5, 6, '=a'],
  ],
  'a list that sees the later file and not the earlier': [
    ['A', 'mkdir-p /w', 0, 1],
    ['A', 'create /w/a = 1', 2, 3],
    ['A', 'create /w/b = 2', 4, 5],
    ['B', 'list /w', 2, 9, '[b]'],
  ],
  'a list with a name that nobody made': [
    ['A', 'mkdir-p /w', 0, 1],
    ['B', 'list /w', 2, 9, '[ghost]'],
  ],
  'a file in a directory that was removed': [
    ['A', 'mkdir /d', 0, 1],
    ['A', 'delete-r /d', 2, 3],
    ['A', 'create /d/x = 1', 4, 5],
  ],
  'a directory removed with a file in it': [
    ['A', 'mkdir /d', 0, 1],
    ['A', 'create /d/x = 1', 2, 3],
    ['A', 'delete /d', 4, 5],
  ],
  'a directory that moved without its files': [
    ['A', 'mkdir /d', 0, 1],
    ['A', 'create /d/x = 1', 2, 3],
    ['A', 'rename /d > /e', 4, 5],
    ['A', 'read /e/x', 6, 7, 'ENOENT'],
  ],
};

test.each(Object.entries(GOOD))('checkLinearizability: accepts: %s', (_name, rows) => {
  expect(checkLinearizability(history(rows))).toMatchObject({ verdict: 'pass', violations: [] });
});

test.each(Object.entries(BAD))('checkLinearizability: rejects: %s', (_name, rows) => {
  expect(verdictOf(rows)).toBe('fail');
});

test('checkLinearizability: names the first answer that nothing explains, with what it contradicts', () => {
  const { violations } = checkLinearizability(
    history([
      ['A', 'overwrite /x = 0', 0, 1],
      ['A', 'overwrite /other = 0', 0, 1],
      ['A', 'overwrite /x = 1', 2, 3],
      ['B', 'read /x', 4, 5, '=0'],
      ['B', 'read /x', 6, 7, '=1'],
    ]),
  );
  expect(violations).toHaveLength(1);
  expect(violations[0]!.operationIds).toEqual([1, 3, 4]);
  expect(violations[0]!.message).toMatch(/^no order explains #4 B 4\.0-5\.0 ms: read \/x -> content [0-9a-f]{12}\n/);
});

test('checkLinearizability: is unknown where nothing was asked, and where the search would take too long', () => {
  expect(verdictOf([])).toBe('unknown');
  const rows: Row[] = Array.from({ length: 40 }, (_, i): Row => [`c${i}`, `overwrite /x = ${i}`, 0, 100]);
  // Twice the same, with another in between, though each was written once: no order, and very many to try.
  const looks: Row[] = ['=1', '=2', '=1'].map((seen, i): Row => ['r', 'read /x', 200 + 2 * i, 201 + 2 * i, seen]);
  const limits = { stepsPerPartMax: 20_000, stepsMax: 50_000 };
  expect(checkLinearizability(history([...rows, ...looks]), limits)).toMatchObject({ verdict: 'unknown', violations: [] });
  // A violation elsewhere is a violation all the same.
  const bad: Row[] = [['z', 'read /y', 0, 1, '=1']];
  expect(checkLinearizability(history([...rows, ...looks, ...bad]), limits).verdict).toBe('fail');
});

/** Clients A and B have a session each. */
const inSessions = (rows: readonly Row[]): string =>
  checkLinearizability(history(rows).map((operation) => ({ ...operation, session: operation.client.charCodeAt(0) }))).verdict;

test('checkLinearizability: a session that was answered again settles what was unknown before', () => {
  const late: readonly Row[] = [
    ['A', 'overwrite /x = 0', 0, 1],
    ['A', 'overwrite /x = 1', 2, 3, 'unknown'],
    ['A', 'overwrite /y = 0', 4, 5],
    ['B', 'overwrite /x = 2', 6, 7],
    ['B', 'read /x', 8, 9, '=1'],
  ];
  expect(verdictOf(late)).toBe('pass');
  expect(inSessions(late)).toBe('fail');
  const replaced = (index: number, row: Row): readonly Row[] => late.map((other, i) => (i === index ? row : other));
  // Not by an answer that was no mutation, not by one that got lost, too, not by somebody else's, and not by one sent before.
  expect(inSessions(replaced(2, ['A', 'read /x', 4, 5, '=0']))).toBe('pass');
  expect(inSessions(replaced(2, ['A', 'overwrite /y = 0', 4, 5, 'unknown']))).toBe('pass');
  expect(inSessions(replaced(2, ['B', 'overwrite /y = 0', 4, 5]))).toBe('pass');
  expect(inSessions(replaced(2, ['A', 'overwrite /y = 0', 2.5, 5]))).toBe('pass');
  expect(inSessions(replaced(1, ['A', 'overwrite /x = 1', 2, null, 'unknown']))).toBe('pass');
  // It may take effect until then.
  expect(inSessions(replaced(3, ['B', 'overwrite /x = 2', 3.5, 7]))).toBe('pass');
});
