import { afterEach, expect, test, vi } from 'vitest';
import type { KeyPress } from '../../src/tui/model/key-press.js';
import type { TuiState } from '../../src/tui/model/state.js';
import type { PutProgressListener, TuiActions } from '../../src/tui/model/tui-actions.js';
import { TuiSession } from '../../src/tui/model/tui-session.js';
import { FakeLoad } from '../lab/live/fake-load.js';
import { eventually } from './eventually.js';
import { chunk, fakeCommands, FakeControl, status } from './fake-control.js';

afterEach(() => void vi.useRealTimers());

const ENTER: KeyPress = { key: 'enter' };
const chars = (text: string): KeyPress[] => Array.from(text, (char) => ({ char }));
const NO_PUTS: TuiActions = {
  ...fakeCommands(new FakeControl()),
  putFile: () => Promise.reject(new Error('not expected')),
  putSample: () => Promise.reject(new Error('not expected')),
};

/** Runs `body` with a started session, and closes it. */
async function withSession(
  body: (session: TuiSession, control: FakeControl, shown: () => TuiState) => Promise<void>,
  actions: TuiActions = NO_PUTS,
): Promise<void> {
  const control = new FakeControl();
  const session = new TuiSession(
    control,
    { ...actions, ...fakeCommands(control) },
    { columns: 80, rows: 24, onRepaint: () => {} },
  );
  try {
    session.start();
    await eventually(() => expect(session.snapshot().status).not.toBeNull());
    await body(session, control, () => session.snapshot());
  } finally {
    session.close();
    expect(control.listeners.size).toBe(0);
  }
}

const lastLine = (state: TuiState): string => state.log.at(-1)?.text ?? '';

test('TuiSession: follows status, chunks and events', async () => {
  await withSession(async (_session, control, shown) => {
    control.listed = [chunk('/f', 0, [])];
    control.current = status({ term: 7 });
    control.emit({ event: 'fault', atMs: 1, action: 'kill', nodes: ['dn-1'] });
    await eventually(() => {
      expect(shown().status?.term).toBe(7);
      expect(shown().chunks).toHaveLength(1);
      expect(lastLine(shown())).toBe('kill dn-1');
    });
  });
});

test('TuiSession: t hands the lead over', async () => {
  await withSession(async (session, control) => {
    session.press([{ key: 'home' }, ...chars('t')]);
    await eventually(() => expect(control.calls).toEqual(['transfer-leadership m-1']));
  });
});

test('TuiSession: never asks for the status twice at a time, and not after close', async () => {
  vi.useFakeTimers();
  const control = new FakeControl();
  const session = new TuiSession(control, NO_PUTS, { columns: 80, rows: 24, onRepaint: () => {} });
  let release: () => void = () => {};
  control.statusAnswer = () => new Promise((resolve) => (release = resolve));
  session.start();
  await eventually(() => expect(control.statusOpen).toBe(1));
  await vi.advanceTimersByTimeAsync(600);
  expect(control.statusCalls).toBe(1);
  release();
  await eventually(() => expect(control.statusCalls).toBe(2));
  session.close();
  release();
  await vi.advanceTimersByTimeAsync(400);
  expect([control.statusCalls, control.statusOpenMax]).toEqual([2, 1]);
  expect(session.snapshot().log).toEqual([]);
});

test('TuiSession: publishes news at most ten times a second, and keys at once', async () => {
  await withSession(async (session, control, shown) => {
    vi.useFakeTimers();
    let published = 0;
    const unsubscribe = session.subscribe(() => published++);
    for (let atMs = 0; atMs < 500; atMs += 2) {
      control.emit({ event: 'node-log', atMs: 1, node: 'dn-1', level: 'warn', message: String(published) });
      await vi.advanceTimersByTimeAsync(2);
    }
    expect(published).toBeGreaterThan(1);
    expect(published).toBeLessThanOrEqual(7);
    session.press(chars('jj'));
    expect(shown().cursorId).toBe('dn-3');
    unsubscribe();
  });
});

test('TuiSession: keys call the control', async () => {
  await withSession(async (session, control) => {
    session.press(chars('xsrpich'));
    session.press(chars('  c'));
    session.press(chars('H'));
    await eventually(() =>
      expect(control.calls).toEqual([
        'kill dn-1',
        'stop dn-1',
        'restart dn-1',
        'pause dn-1',
        'isolate dn-1',
        'partition dn-1',
        'heal dn-1',
        'partition dn-1 dn-2',
        'heal',
      ]),
    );
  });
});

test.each([
  ['x', 'kill dn-1: process gone'],
  ['s', 'stop dn-1: process gone'],
  ['r', 'restart dn-1: process gone'],
  ['p', 'pause dn-1: process gone'],
  [':kill', 'kill dn-1: process gone'],
])('TuiSession: what was seen of %s is a line of the log', async (typed, line) => {
  await withSession(async (session, _control, shown) => {
    session.press([...chars(typed), ...(typed.startsWith(':') ? [ENTER] : [])]);
    await eventually(() => expect(lastLine(shown())).toBe(line));
  });
});

test('TuiSession: of what stays in force, the lab itself tells', async () => {
  const control = new FakeControl();
  const actions = { ...NO_PUTS, ...fakeCommands(control, 'watching') };
  const session = new TuiSession(control, actions, { columns: 80, rows: 24, onRepaint: () => {} });
  session.start();
  await eventually(() => expect(session.snapshot().status).not.toBeNull());
  session.press(chars('i'));
  await eventually(() => expect(control.calls).toEqual(['isolate dn-1']));
  await eventually(() => expect(session.snapshot().pending).toEqual([]));
  expect(session.snapshot().log).toEqual([]);
  session.close();
});

test('TuiSession: an order is shown while it runs, and its failure is one line', async () => {
  await withSession(async (session, control, shown) => {
    let fail: (error: Error) => void = () => {};
    control.answer = () => new Promise((_resolve, reject) => (fail = reject));
    session.press(chars('x'));
    expect(shown().pending.map(({ label }) => label)).toEqual(['kill dn-1']);
    fail(new Error('Cannot kill "dn-1":\nno process'));
    await eventually(() => expect(shown().pending).toEqual([]));
    await eventually(() => expect(lastLine(shown())).toBe('kill dn-1 failed: Cannot kill "dn-1": no process'));
  });
});

test('TuiSession: orders under way are bounded', async () => {
  await withSession(async (session, control, shown) => {
    control.answer = () => new Promise(() => {});
    session.press(chars('x'.repeat(30)));
    expect(control.calls).toHaveLength(16);
    expect(shown().pending).toHaveLength(16);
    expect(lastLine(shown())).toMatch(/^Not done: kill dn-1/);
  });
});

test('TuiSession: a failing status is a line of the log, and asking goes on', async () => {
  await withSession(async (_session, control, shown) => {
    control.statusAnswer = () => Promise.reject(new Error('gone'));
    await eventually(() => expect(lastLine(shown())).toBe("Cannot read the cluster's status: gone"));
    control.statusAnswer = () => Promise.resolve();
    control.current = status({ term: 9 });
    await eventually(() => expect(shown().status?.term).toBe(9));
  });
});

test('TuiSession: puts a typed path, with progress', async () => {
  const paths: string[] = [];
  let finish: () => void = () => {};
  let progress: PutProgressListener = () => {};
  const actions: TuiActions = {
    ...NO_PUTS,
    putFile: (path, onProgress = () => {}) => {
      paths.push(path);
      progress = onProgress;
      return new Promise((resolve) => (finish = () => resolve({ path: '/big.bin', bytes: 100 })));
    },
  };
  await withSession(async (session, _control, shown) => {
    session.press([...chars('u/tmp/big.bin'), ENTER]);
    expect(paths).toEqual(['/tmp/big.bin']);
    progress(40, 100);
    await eventually(() => expect(shown().puts).toMatchObject([{ label: 'big.bin', doneBytes: 40, totalBytes: 100 }]));
    finish();
    await eventually(() => expect(lastLine(shown())).toMatch(/^put big\.bin as \/big\.bin: 100B in \d+\.\d s$/));
    progress(100, 100);
    await eventually(() => expect(shown().puts).toEqual([]));
  }, actions);
});

test('TuiSession: an empty path puts a sample; failures and too many puts are lines', async () => {
  const sizes: number[] = [];
  const fails: ((error: Error) => void)[] = [];
  const actions: TuiActions = {
    ...NO_PUTS,
    putSample: (sizeBytes) => {
      sizes.push(sizeBytes);
      return new Promise((_resolve, reject) => fails.push(reject));
    },
  };
  await withSession(async (session, _control, shown) => {
    for (let at = 0; at < 5; at++) session.press([...chars('u'), ENTER]);
    expect(sizes).toEqual([8, 8, 8, 8].map((mebibytes) => mebibytes * 2 ** 20));
    expect(lastLine(shown())).toMatch(/^Not put: a sample of 8M/);
    for (const fail of fails) fail(new Error('Cannot write: safe mode'));
    await eventually(() => expect(shown().puts).toEqual([]));
    await eventually(() => expect(shown().log.at(-1)).toMatchObject({ text: 'put failed: Cannot write: safe mode', times: 4 }));
  }, actions);
});

test('TuiSession: q and leave end the stay', async () => {
  await withSession(async (session) => {
    session.press(chars('q'));
    await session.left;
  });
  await withSession(async (session) => {
    session.leave();
    await session.left;
  });
});

test('TuiSession: a typed command is checked first; what is wrong is said in the prompt, at its column', async () => {
  await withSession(async (session, control, shown) => {
    session.press([...chars(':delay delay=5ms target=dn-9'), ENTER]);
    await eventually(() => expect(shown().command?.hint).toEqual({ problem: { column: 24, message: 'unknown node "dn-9"' } }));
    expect(control.calls).toEqual([]);
    session.press([{ key: 'backspace' }, { char: '2' }, ENTER]);
    await eventually(() => expect(control.calls).toEqual(['delay dn-1 delay=5ms target=dn-2']));
    await eventually(() => expect(shown().command).toBeNull());
    // The line as it was typed comes back.
    session.press([...chars(':'), { key: 'up' }]);
    expect(shown().command?.line.before).toBe('delay delay=5ms target=dn-2');
  });
});

test('TuiSession: l switches the load, which is followed, and was perhaps on before', async () => {
  const load = new FakeLoad();
  await load.start({ type: 'metadata', clients: 3 });
  const control = new FakeControl();
  const actions = { ...NO_PUTS, ...fakeCommands(control), load };
  const session = new TuiSession(control, actions, { columns: 80, rows: 24, onRepaint: () => {} });
  session.start();
  const shown = (): TuiState['load'] => session.snapshot().load;
  await eventually(() => expect(shown()).toMatchObject({ isOn: true, type: 'metadata', clients: 3 }));
  session.press(chars('l'));
  await eventually(() => expect(shown()?.isOn).toBe(false));
  load.answer = () => Promise.reject(new Error('nobody leads'));
  session.press(chars('l'));
  await eventually(() => expect(lastLine(session.snapshot())).toBe('load start failed: nobody leads'));
  session.close();
  expect(load.listeners.size).toBe(0);
});

test('TuiSession: a command without effect is a line of the log', async () => {
  const control = new FakeControl();
  const actions = { ...NO_PUTS, ...fakeCommands(control, 'none') };
  const session = new TuiSession(control, actions, { columns: 80, rows: 24, onRepaint: () => {} });
  session.start();
  await eventually(() => expect(session.snapshot().status).not.toBeNull());
  session.press([...chars(':kill dn-2'), ENTER]);
  await eventually(() => expect(lastLine(session.snapshot())).toBe('kill dn-2 failed: nobody was there'));
  session.close();
});
