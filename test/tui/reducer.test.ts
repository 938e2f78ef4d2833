import { expect, test } from 'vitest';
import { reduce } from '../../src/tui/model/reducer.js';
import { initialState, type TuiInput, type TuiState } from '../../src/tui/model/state.js';
import { chunk, node, status } from './fake-control.js';

const after = (state: TuiState, ...inputs: readonly TuiInput[]): TuiState => inputs.reduce(reduce, state);

test('reduce: cursor and marks stay on their nodes, and leave with them', () => {
  const first = after(initialState(80, 24), { type: 'status', status: status() });
  const placed = { ...first, cursorId: 'dn-5', markedIds: ['dn-1', 'dn-5'] };
  const same = after(placed, { type: 'status', status: status() });
  expect([same.cursorId, same.markedIds]).toEqual(['dn-5', ['dn-1', 'dn-5']]);
  const fewer = after(placed, { type: 'status', status: status({ nodes: [node('dn-1'), node('m-1')] }) });
  expect([fewer.cursorId, fewer.markedIds]).toEqual(['dn-1', ['dn-1']]);
  expect(fewer.status?.nodes.map(({ id }) => id)).toEqual(['m-1', 'dn-1']);
  expect(after(placed, { type: 'status', status: status({ nodes: [] }) }).cursorId).toBeNull();
});

test('reduce: the scroll position stays inside the list when the list or the screen changes', () => {
  const chunks = (count: number): TuiInput => ({
    type: 'chunks',
    chunks: Array.from({ length: count }, (_, at) => chunk('/f', at, [])),
  });
  const long = { ...after(initialState(80, 24), { type: 'status', status: status() }, chunks(20)), chunkOffset: 13 };
  expect(after(long, chunks(20)).chunkOffset).toBe(13);
  expect(after(long, chunks(10)).chunkOffset).toBe(3);
  expect(after(long, chunks(0)).chunkOffset).toBe(0);
  expect(after(long, { type: 'resize', columns: 120, rows: 60 }).chunkOffset).toBe(0);
});

test('reduce: chunks come worst first', () => {
  const state = after(initialState(80, 24), {
    type: 'chunks',
    chunks: [chunk('/a', 0, ['dn-1', 'dn-2', 'dn-3']), chunk('/z', 0, [])],
  });
  expect(state.chunks.map(({ path }) => path)).toEqual(['/z', '/a']);
});

test('reduce: puts and orders are shown from start to end', () => {
  const put = { id: 1, label: 'f', doneBytes: 0, totalBytes: 10 };
  const state = after(
    initialState(80, 24),
    { type: 'put-progress', put },
    { type: 'put-progress', put: { ...put, id: 2 } },
    { type: 'put-progress', put: { ...put, doneBytes: 5 } },
    { type: 'command-started', command: { id: 3, label: 'kill dn-1' } },
  );
  expect(state.puts.map(({ id, doneBytes }) => [id, doneBytes])).toEqual([
    [1, 5],
    [2, 0],
  ]);
  expect(state.pending).toEqual([{ id: 3, label: 'kill dn-1' }]);
  const ended = after(state, { type: 'put-ended', id: 1 }, { type: 'put-ended', id: 2 }, { type: 'command-ended', id: 3 });
  expect([ended.puts, ended.pending]).toEqual([[], []]);
});

test('reduce: each number of chunks that lack replicas has a line, with how long the one before lasted and what was copied', () => {
  const counts = (atMs: number, underReplicated: number, total = 40): TuiInput => ({
    type: 'event',
    event: {
      event: 'chunks',
      atMs,
      chunks: { total, healthy: total - underReplicated, underReplicated, missing: 0, unreported: 0 },
    },
  });
  const repaired = (repairsCompleted: number): TuiInput => ({ type: 'status', status: status({ repairsCompleted }) });
  const inputs = [repaired(5), counts(1_000, 11), counts(1_500, 11, 41), repaired(9), counts(3_000, 7, 41), counts(3_500, 9, 41)];
  expect(after(initialState(80, 24), ...inputs).log.map(({ text }) => text)).toEqual([
    'chunks: 11 under-replicated, 30 healthy of 41 chunks',
    'chunks: 7 under-replicated, 34 healthy of 41 chunks (2.0s later, 4 replicas copied)',
    'chunks: 9 under-replicated, 32 healthy of 41 chunks (0.5s later)',
  ]);
});

test('reduce: chunks that are whole again have a line of their own, with how long it lasted and what was copied', () => {
  const counts = (atMs: number, underReplicated: number): TuiInput => ({
    type: 'event',
    event: {
      event: 'chunks',
      atMs,
      chunks: { total: 40, healthy: 40 - underReplicated, underReplicated, missing: 0, unreported: 0 },
    },
  });
  const repaired = (repairsCompleted: number): TuiInput => ({ type: 'status', status: status({ repairsCompleted }) });
  const state = after(initialState(80, 24), repaired(5), counts(1_000, 11), counts(3_200, 7), counts(4_200, 0), repaired(16));
  expect(state.log.map(({ text, tone }) => [tone, text])).toEqual([
    ['warn', 'chunks: 11 under-replicated, 29 healthy of 40 chunks'],
    ['warn', 'chunks: 7 under-replicated, 33 healthy of 40 chunks (2.2s later)'],
    ['good', 'chunks: all 40 healthy after 3.2s, 11 not at worst, 11 replicas copied'],
  ]);
  const again = after(state, counts(5_000, 1), counts(6_000, 0), repaired(0));
  expect(again.log.map(({ text }) => text).slice(3)).toEqual([
    'chunks: 1 under-replicated, 39 healthy of 40 chunks',
    'chunks: all 40 healthy after 1.0s, 1 not at worst',
  ]);
});
