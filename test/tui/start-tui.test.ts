import { expect, test } from 'vitest';
import { requireTerminal, startTui, type TuiOptions } from '../../src/tui/start-tui.js';
import type { TuiActions } from '../../src/tui/model/tui-actions.js';
import { eventually } from './eventually.js';
import { fakeCommands, FakeControl, status } from './fake-control.js';
import { FakeTerminal } from './fake-terminal.js';

const ACTIONS: TuiActions = {
  ...fakeCommands(new FakeControl()),
  putFile: () => Promise.reject(new Error('not expected')),
  putSample: () => Promise.reject(new Error('not expected')),
};

interface Started {
  readonly terminal: FakeTerminal;
  readonly control: FakeControl;
  readonly done: Promise<void>;
}

async function started(options: TuiOptions = {}, terminal = new FakeTerminal(80, 24)): Promise<Started> {
  const control = new FakeControl();
  const done = startTui(control, ACTIONS, { stdin: terminal.stdin, stdout: terminal.stdout, ...options });
  await eventually(() => expect(terminal.text()).toContain('dn-5'));
  return { terminal, control, done };
}

function expectRestored({ terminal, control }: Started): void {
  const { alternate, cursorShown, wraps, raw, strays } = terminal;
  expect({ alternate, cursorShown, wraps, raw, strays }).toEqual({
    alternate: false,
    cursorShown: true,
    wraps: true,
    raw: false,
    strays: 0,
  });
  expect(control.listeners.size).toBe(0);
  expect(control.calls).not.toContain('close');
}

test('startTui: takes the alternate screen, and gives the terminal back on q', async () => {
  const before = process.listenerCount('SIGTERM');
  const stay = await started({ profile: 'fast' });
  const { alternate, cursorShown, wraps, raw } = stay.terminal;
  expect({ alternate, cursorShown, wraps, raw }).toEqual({ alternate: true, cursorShown: false, wraps: false, raw: true });
  expect(stay.terminal.text()).toContain('3f2a9c1e fast');
  stay.terminal.type('q');
  await stay.done;
  expectRestored(stay);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

test('startTui: leaves on Ctrl-C, on an aborted signal and on SIGTERM', async () => {
  const byKey = await started();
  byKey.terminal.type('\u0003');
  await byKey.done;
  expectRestored(byKey);

  const abort = new AbortController();
  const byAbort = await started({ signal: abort.signal });
  abort.abort();
  await byAbort.done;
  expectRestored(byAbort);

  const bySignal = await started();
  process.kill(process.pid, 'SIGTERM');
  await bySignal.done;
  expectRestored(bySignal);
});

test('startTui: updates write only what changed, and clear nothing', async () => {
  const stay = await started();
  const { terminal, control } = stay;
  const clears = terminal.clears;
  const from = terminal.written.length;
  control.current = status({ term: 12 });
  await eventually(() => expect(terminal.text()).toContain('term 12'));
  expect(terminal.clears).toBe(clears);
  expect(terminal.written.length - from).toBeLessThan(400);
  terminal.type('q');
  await stay.done;
  expectRestored(stay);
});

test('startTui: follows the size of the terminal', async () => {
  const stay = await started();
  const { terminal } = stay;
  terminal.resize(120, 40);
  await eventually(() => expect(terminal.text()).toContain('H heal all'));
  expect(terminal.lines.length).toBe(40);
  terminal.resize(80, 24);
  await eventually(() => expect(terminal.text()).not.toContain('H heal all'));
  expect(terminal.lines.length).toBe(24);
  terminal.resize(30, 5);
  await eventually(() => expect(terminal.text()).toContain('needs 60x14'));
  terminal.type('q');
  await stay.done;
  expectRestored(stay);
});

test('startTui: takes a terminal that does not know its size for 80×24', async () => {
  const terminal = new FakeTerminal(80, 24);
  Object.assign(terminal.stdout, { columns: 0, rows: 0 });
  const stay = await started({}, terminal);
  expect(terminal.lines.length).toBe(24);
  expect(terminal.text()).toContain('q quit');
  terminal.type('q');
  await stay.done;
  expectRestored(stay);
});

test('startTui: gives the terminal back when showing fails', async () => {
  const terminal = new FakeTerminal(80, 24);
  const control = new FakeControl();
  control.onEvent = () => {
    throw new Error('broken');
  };
  await expect(startTui(control, ACTIONS, { stdin: terminal.stdin, stdout: terminal.stdout })).rejects.toThrow('broken');
  await eventually(() => expectRestored({ terminal, control, done: Promise.resolve() }));
});

test('requireTerminal: names what is missing and the way out', () => {
  const { stdin, stdout } = new FakeTerminal(80, 24);
  expect(() => requireTerminal({ stdin, stdout })).not.toThrow();
  const piped = Object.assign(new FakeTerminal(80, 24).stdout, { isTTY: false });
  expect(() => requireTerminal({ stdin, stdout: piped })).toThrow(/standard output is not a terminal.*--no-tui/);
});
