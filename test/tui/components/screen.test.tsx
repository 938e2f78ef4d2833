import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import { expect, test } from 'vitest';
import type { ClusterStatus } from '../../../src/supervisor/api/cluster-status.js';
import type { ActiveFaultView } from '../../../src/supervisor/api/lab-faults.js';
import { EMPTY_COMMAND, type CommandPrompt } from '../../../src/tui/model/command-prompt.js';
import { Screen } from '../../../src/tui/components/screen.js';
import { reduce } from '../../../src/tui/model/reducer.js';
import { initialState, type TuiInput, type TuiState } from '../../../src/tui/model/state.js';
import { createTheme } from '../../../src/tui/model/theme.js';
import { chunk, member, node, status, VOCABULARY } from '../fake-control.js';

const ALL = ['dn-1', 'dn-2', 'dn-3'];

function stateOf(columns: number, rows: number, cluster: Partial<ClusterStatus>, ...inputs: readonly TuiInput[]): TuiState {
  return [{ type: 'status', status: status(cluster) } as const, ...inputs].reduce(reduce, initialState(columns, rows));
}

/** The screen's lines without styles. */
function linesOf(state: TuiState, unicode = true): string[] {
  const theme = createTheme({ colors: false, unicode });
  const screen = <Screen state={state} theme={theme} profile="fast" dir="/tmp/distrifs/labs/lab-1" />;
  return stripVTControlCharacters(renderToString(screen, { columns: state.columns })).split('\n');
}

/** Cells that a line takes: East Asian characters take two. */
function widthOf(line: string): number {
  return Array.from(line).reduce(
    (width, char) => width + (/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}ー]/u.test(char) ? 2 : 1),
    0,
  );
}

function expectFits(state: TuiState): string[] {
  const lines = linesOf(state);
  expect(lines.length).toBe(state.rows);
  for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(state.columns);
  return lines;
}

const BUSY: Partial<ClusterStatus> = {
  nodes: [
    node('m-1'),
    node('dn-1'),
    node('dn-2', { state: 'stopped', pid: null }),
    node('dn-3', { partitioned: true, state: 'stale' }),
    node('dn-4', { state: 'paused', disk: 'read-only' }),
    node('dn-5', { state: 'starting', usedBytes: 0 }),
  ],
  chunks: { total: 4, healthy: 2, underReplicated: 1, missing: 1, unreported: 0 },
  files: 3,
  repairsCompleted: 4,
  safeMode: true,
};
const manyFaults = (count: number): readonly ActiveFaultView[] =>
  Array.from({ length: count }, (_, at) => ({
    id: at + 1,
    text: `delay dn-${at + 1} delay=50ms jitter=10ms target=m-1,m-2,m-3 direction=to duration=100s`,
    action: 'delay',
    nodes: [`dn-${at + 1}`],
    sinceMs: 0,
    untilMs: 100_000,
    leftMs: 100_000 - at * 9_999,
    effects: at * 1_000,
  }));
const CHUNKS: TuiInput = {
  type: 'chunks',
  chunks: [
    chunk('/good.bin', 0, ALL),
    chunk('/good.bin', 1, ALL, { version: 12, lengthBytes: 100 }),
    chunk('/weak.bin', 7, ['dn-5']),
    chunk('/lost.bin', 0, []),
  ],
};
const EVENT: TuiInput = {
  type: 'event',
  event: { event: 'node-exit', atMs: new Date(2026, 0, 1, 12, 30, 5).getTime(), node: 'dn-2', code: null, signal: 'SIGKILL' },
};

test('Screen: 80×24 shows the whole cluster, line by line', () => {
  expect(expectFits(stateOf(80, 24, BUSY, CHUNKS, EVENT))).toEqual([
    ' DistriFS lab  3f2a9c1e fast │ leader m-1 term 1 │ 1/5 datanodes    ✖ 1 MISSING',
    ' 3 files, 4 chunks: 2 ok, 1 under, 1 missing, 4 repairs             ▲ SAFE MODE',
    '› NODES            STATE      NET   RACK   LOAD                   REPL      PID',
    '    m-1  ★ leader  ● live                  term 1, lag 0                   4001',
    '›   dn-1 datanode  ● live           rack-2 █░░░░░░░░ 10M/100M        3     4001',
    '    dn-2 datanode  ■ stopped        rack-1 ██░░░░░░░ 20M/100M        6        -',
    '    dn-3 datanode  ◐ stale    ≠ cut rack-2 ███░░░░░░ 30M/100M        9     4003',
    '    dn-4 datanode  ‖ paused         rack-1 disk read-only           12     4004',
    '    dn-5 datanode  ◌ starting       rack-2 ░░░░░░░░░ 0B/100M        15     4005',
    '  CHUNKS          FILE#INDEX, worst first                VER     SIZE ON',
    '    ✖ missing 0/3 /lost.bin#0                            v1        4M · · · · ·',
    '    ▲ under   1/3 /weak.bin#7                            v1        4M · · · · 5',
    '    ✔ ok      3/3 /good.bin#0                            v1        4M 1 2 3 · ·',
    '    ✔ ok      3/3 /good.bin#1                            v12     100B 1 2 3 · ·',
    '',
    '',
    '',
    '  EVENTS',
    '',
    '',
    '',
    '  12:30:05 ▲ dn-2: ended (SIGKILL)',
    ' dn-1 at 127.3.4.1:7001, files in /tmp/distrifs/labs/lab-1',
    ' x kill  r restart  p pause  c partition  h heal  : fault  u put  ? help  q quit',
  ]);
});

test('Screen: masters show their role, term and lag, and the header who leads', () => {
  const nodes = [
    node('m-1', { state: 'stopped', pid: null, member: member(null) }),
    node('m-2', { member: member('leader', { term: 5, appliedIndex: 12_345 }) }),
    node('m-3', { state: 'starting', member: member('learner', { term: 5, lag: 345, appliedIndex: 12_000 }) }),
    node('dn-1'),
  ];
  const lines = expectFits(stateOf(120, 24, { nodes, leader: 'm-2', term: 5 }));
  expect(lines[0]).toContain('leader m-2 term 5 │ 1/3 masters, 1/1 datanode');
  expect(lines[3]).toMatch(/m-1 +master +■ stopped/);
  expect(lines[4]).toMatch(/m-2 +★ leader +● live +term 5, lag 0, index 12345 /);
  expect(lines[5]).toMatch(/m-3 +learner +◌ starting +term 5, lag 345, index 12000 /);
  const without = expectFits(stateOf(80, 24, { nodes, leader: null, masterReachable: false }));
  expect(without[0]).toContain('no leader');
});

test('Screen: 120×40 uses the room', () => {
  const lines = expectFits(stateOf(120, 40, BUSY, CHUNKS, EVENT));
  expect(lines.at(-1)).toContain('i isolate');
  expect(lines.at(-1)).toContain('H heal all');
  expect(lines[4]).toMatch(/█+░{20,} 10M\/100M/);
});

test('Screen: fits every size from the smallest, in every mode', () => {
  const busy = stateOf(80, 24, BUSY, CHUNKS, EVENT);
  for (const [columns, rows] of [
    [60, 14],
    [61, 15],
    [79, 23],
    [100, 30],
    [200, 60],
  ] as const) {
    const sized = reduce(busy, { type: 'resize', columns, rows });
    expectFits(sized);
    expectFits({ ...sized, helpOpen: true });
    const command = { ...EMPTY_COMMAND, line: { before: 'delay '.repeat(60), after: 'x'.repeat(300) } };
    expectFits({ ...sized, command });
    expectFits({ ...sized, command: { ...command, hint: { problem: { column: 400, message: 'wrong '.repeat(50) } } } });
    expectFits({ ...sized, status: status({ ...BUSY, faults: manyFaults(20) }) });
    expectFits({ ...sized, prompt: { before: '/tmp/'.repeat(60), after: 'x'.repeat(300) } });
    expectFits({ ...sized, puts: [{ id: 1, label: 'x'.repeat(300), doneBytes: 5, totalBytes: 10 }] });
    expectFits({ ...sized, pending: [{ id: 1, label: 'kill '.repeat(80) }] });
  }
});

test('Screen: says what it needs where the terminal is too small', () => {
  const lines = linesOf(stateOf(40, 10, {}));
  expect(lines.join(' ')).toContain('needs 60x14');
  expect(lines.length).toBeLessThanOrEqual(10);
});

test('Screen: before the first answer it waits, with the keys in sight', () => {
  const lines = expectFits(initialState(80, 24));
  expect(lines[0]).toContain('waiting for the cluster');
  expect(lines.join('\n')).toContain('No chunks yet: press u to put a file.');
  expect(lines.at(-1)).toContain('q quit');
});

test('Screen: long and wide names are cut without moving the columns', () => {
  const path = '/写真/とても長い日本語のファイル名前がここにありますとても長い日本語のファイル.jpeg';
  const lines = expectFits(
    stateOf(80, 24, BUSY, {
      type: 'chunks',
      chunks: [
        chunk(path, 3, ALL),
        chunk(`/${'very-long-name-'.repeat(20)}.bin`, 123, ALL),
        chunk('/\u001B[2Jevil\n.bin', 0, ALL),
      ],
    }),
  );
  const rows = lines.slice(10, 13);
  for (const row of rows) expect(widthOf(row.slice(0, row.indexOf(' v1 ')))).toBe(56);
  expect(rows.join('\n')).toMatch(/…\S*\.jpeg#3 /);
  expect(rows.join('\n')).toMatch(/…\S*\.bin#123 /);
  expect(rows.join('\n')).toContain('/\u{fffd}[2Jevil .bin#0');
});

test('Screen: names nodes where there are too many for a cell each, and scrolls the nodes with the cursor', () => {
  const nodes = [node('m-1'), ...Array.from({ length: 30 }, (_, at) => node(`dn-${at + 1}`))];
  const state = stateOf(80, 24, { nodes }, { type: 'chunks', chunks: [chunk('/f', 0, ['dn-9', 'dn-17', 'dn-30'])] });
  const lines = expectFits({ ...state, cursorId: 'dn-30' });
  expect(lines[2]).toContain('18-31/31');
  expect(lines.find((line) => line.includes('dn-30 datanode'))).toMatch(/^›/);
  expect(lines.join('\n')).toMatch(/\/f#0 .* 9 17 30/);
});

test('Screen: scrolled chunks say where they are', () => {
  const chunks = Array.from({ length: 20 }, (_, at) => chunk('/f', at, ALL));
  const state = stateOf(
    80,
    24,
    { chunks: { total: 900, healthy: 900, underReplicated: 0, missing: 0, unreported: 0 } },
    { type: 'chunks', chunks },
  );
  const lines = expectFits({ ...state, focus: 'chunks', chunkOffset: 5 });
  expect(lines[9]).toContain('› CHUNKS');
  expect(lines[9]).toContain('6-12 of 900');
  expect(lines[10]).toContain('/f#5 ');
});

test('Screen: the newest events show, and a long failure may take more lines', () => {
  const events = ['one', 'two', 'three', 'four', 'five'].map((text): TuiInput => ({
    type: 'line',
    line: { atMs: 0, tone: 'plain', text },
  }));
  expect(
    expectFits(stateOf(80, 24, {}, ...events))
      .slice(18, 22)
      .map((line) => line.slice(13)),
  ).toEqual(['two', 'three', 'four', 'five']);
  const failure: TuiInput = {
    type: 'line',
    line: { atMs: 0, tone: 'bad', text: `Cannot place: ${'dn-1 is full, '.repeat(8)}end` },
  };
  const lines = expectFits(stateOf(80, 24, {}, ...events, failure));
  expect(lines[18]?.slice(13)).toBe('four');
  expect(lines[21]).toContain('end');
});

test('Screen: help shows every key and symbol', () => {
  const text = expectFits({ ...stateOf(80, 24, BUSY, CHUNKS), helpOpen: true }).join('\n');
  for (const word of [
    'kill at once',
    'stop gracefully',
    'pause, or resume',
    'steady load of clients',
    'put (upload) a file',
    'end all faults',
    'cut the power',
    'any fault: delay dn-1',
    'leave the lab',
    '≠ cut',
    '■ stopped',
  ]) {
    expect(text).toContain(word);
  }
  expect(text).not.toContain('…');
});

test('Screen: a typed path shows its end and the cursor', () => {
  const line = (before: string, after: string): string | undefined =>
    linesOf({ ...stateOf(80, 24, {}), prompt: { before, after } })[22];
  expect(line('', '')).toBe(' Put local file:   Enter alone: a sample of 8M; Esc: no');
  expect(line('/tmp/a', 'b.bin')).toBe(' Put local file: /tmp/ab.bin');
  expect(line(`/${'x'.repeat(200)}/end.bin`, '')).toMatch(/^ Put local file: …x+\/end\.bin$/);
});

test('Screen: puts under way show how far they are', () => {
  const put = { id: 1, label: 'big.bin', doneBytes: 30, totalBytes: 60 };
  const state = { ...stateOf(80, 24, {}), puts: [put, { ...put, id: 2, label: 'two.bin', doneBytes: 0 }] };
  expect(linesOf(state)[22]).toBe(' put █████░░░░░░░░░░░░░░░  25% 30B/120B big.bin, two.bin');
});

test('Screen: without UTF-8 every sign is ASCII', () => {
  const text = linesOf({ ...stateOf(80, 24, BUSY, CHUNKS, EVENT), markedIds: ['dn-3'] }, false).join('\n');
  expect(Array.from(text).filter((char) => char > '~')).toEqual([]);
  expect(text).toContain('# stopped');
  expect(text).toContain('@ dn-3');
});

test('Screen: faults in force stand above the events, with effects and the time that is left', () => {
  const lines = expectFits(stateOf(80, 24, { ...BUSY, faults: manyFaults(5).slice(2) }, CHUNKS, EVENT));
  expect(lines.slice(14, 18)).toEqual([
    '  ACTIVE FAULTS                                                 EFFECTS    LEFT',
    '    #3   delay dn-3 delay=50ms jitter=10ms target=m-1,m-2,m-…      2000     80s',
    '    #4   delay dn-4 delay=50ms jitter=10ms target=m-1,m-2,m-…      3000     70s',
    '    #5   delay dn-5 delay=50ms jitter=10ms target=m-1,m-2,m-…      4000     60s',
  ]);
  const many = expectFits(stateOf(80, 24, { ...BUSY, faults: manyFaults(9) }, CHUNKS));
  expect(many.join('\n')).toContain('ACTIVE FAULTS, the last 3 of 9');
});

test('Screen: a command shows what can follow, the choices, and what is wrong under its place', () => {
  const base = { ...stateOf(80, 24, {}), vocabulary: VOCABULARY };
  const shown = (before: string, hint: CommandPrompt['hint'] = null): readonly (string | undefined)[] =>
    linesOf({ ...base, command: { ...EMPTY_COMMAND, line: { before, after: '' }, hint } }).slice(22, 24);
  expect(shown('')).toEqual([' :', ' An action, nodes, keys: kill dn-1. Tab completes, Up recalls, Esc closes']);
  expect(shown('delay ')).toEqual([' :delay', ' [nodes] (else dn-1) delay=time [direction=both|to|from] [target=names]']);
  expect(shown('delay d', { options: ['delay=', 'direction='] })[1]).toBe(' delay=  direction=');
  const problem = { column: 7, message: 'unknown node "dn-9"' };
  expect(shown('delay dn-9', { problem })).toEqual([' :delay dn-9', '        ^ unknown node "dn-9"']);
  const message = `${'"5" is not a duration: '.repeat(3)}write a number with ms, s, m or h, as in 250ms or 5s`;
  const refused = {
    ...EMPTY_COMMAND,
    line: { before: 'kill dn-1 duration=5', after: '' },
    hint: { problem: { column: 20, message } },
  };
  const lines = expectFits({ ...base, command: refused });
  expect(lines.slice(21).join('')).toContain('as in 250ms or 5s');
});
