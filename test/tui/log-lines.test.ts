import { expect, test } from 'vitest';
import type { ClusterEvent } from '../../src/supervisor/api/cluster-events.js';
import { THREAD_KILLED } from '../../src/supervisor/api/exit-text.js';
import { appendLine, lineOfEvent, LOG_LINES_MAX, type LogLine } from '../../src/tui/model/log-lines.js';

const line = (text: string, atMs = 0): { atMs: number; tone: 'plain'; text: string } => ({ atMs, tone: 'plain', text });

test('appendLine: keeps the newest lines, with ids that stay and rise', () => {
  let log: readonly LogLine[] = [];
  for (let at = 1; at <= LOG_LINES_MAX + 50; at++) log = appendLine(log, line(`line ${at}`));
  expect(log).toHaveLength(LOG_LINES_MAX);
  expect(log[0]).toMatchObject({ id: 51, text: 'line 51' });
  expect(log.at(-1)).toMatchObject({ id: LOG_LINES_MAX + 50 });
});

test('appendLine: equal lines in a row are one, counted', () => {
  const log = ['a', 'b', 'b', 'b'].reduce<readonly LogLine[]>((all, text, at) => appendLine(all, line(text, at)), []);
  expect(log.map(({ text, times, atMs }) => [text, times, atMs])).toEqual([
    ['a', 1, 0],
    ['b', 3, 3],
  ]);
});

test('appendLine: a newer total of chunks replaces the last one while as many lack replicas', () => {
  const chunks = (healthy: number, total = 3): ClusterEvent => ({
    event: 'chunks',
    atMs: healthy,
    chunks: { total, healthy, underReplicated: total - healthy, missing: 0, unreported: 0 },
  });
  const log = [chunks(1), chunks(2), chunks(3, 4), chunks(4, 4), chunks(5, 5)].reduce<readonly LogLine[]>(
    (all, event) => appendLine(all, lineOfEvent(event)),
    [],
  );
  expect(log.map(({ text }) => text)).toEqual([
    'chunks: 2 under-replicated, 1 healthy of 3 chunks',
    'chunks: 1 under-replicated, 3 healthy of 4 chunks',
    'chunks: all 5 healthy',
  ]);
});

test('appendLine: cuts what is too long to show', () => {
  expect(appendLine([], line('x'.repeat(10_000)))[0]?.text.length).toBe(300);
});

test('lineOfEvent: says what happened, and how serious it is', () => {
  const texts = (events: readonly ClusterEvent[]): unknown[] =>
    events.map((event) => [lineOfEvent(event).tone, lineOfEvent(event).text]);
  expect(
    texts([
      { event: 'node-state', atMs: 1, node: 'dn-2', from: 'live', to: 'dead' },
      { event: 'node-state', atMs: 1, node: 'dn-2', from: 'starting', to: 'live' },
      { event: 'fault', atMs: 1, action: 'kill', nodes: ['dn-1', 'dn-2'] },
      { event: 'fault', atMs: 1, action: 'heal', nodes: [] },
      { event: 'node-exit', atMs: 1, node: 'dn-1', code: null, signal: 'SIGKILL' },
      { event: 'node-exit', atMs: 1, node: 'dn-1', code: 1, signal: null },
      { event: 'node-exit', atMs: 1, node: 'dn-1', code: null, signal: THREAD_KILLED },
      { event: 'chunks', atMs: 1, chunks: { total: 17, healthy: 12, underReplicated: 3, missing: 2, unreported: 0 } },
      { event: 'leader', atMs: 1, node: 'm-2', term: 5 },
      { event: 'node-log', atMs: 1, node: 'dn-1', level: 'error', message: 'disk\nbroke\u001B[2J' },
    ]),
  ).toEqual([
    ['bad', 'dn-2: live to dead'],
    ['good', 'dn-2: starting to live'],
    ['warn', 'kill dn-1 dn-2'],
    ['plain', 'heal everything'],
    ['warn', 'dn-1: ended (SIGKILL)'],
    ['warn', 'dn-1: ended (exit code 1)'],
    ['warn', 'dn-1: ended (kill)'],
    ['bad', 'chunks: 2 missing, 3 under-replicated, 12 healthy of 17 chunks'],
    ['good', 'm-2 leads in term 5'],
    ['bad', 'dn-1: disk broke\u{fffd}[2J'],
  ]);
});
