import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { App } from '../../../src/tui/components/app.js';
import { createTheme } from '../../../src/tui/model/theme.js';
import { TuiSession } from '../../../src/tui/model/tui-session.js';
import { eventually } from '../eventually.js';
import { chunk, fakeCommands, FakeControl, status } from '../fake-control.js';

/** Runs `body` with the UI on a pretended terminal, at the keyboard. */
async function atKeyboard(
  body: (type: (text: string) => void, frame: () => string, control: FakeControl, puts: string[]) => Promise<void>,
): Promise<void> {
  const control = new FakeControl();
  const puts: string[] = [];
  const actions = {
    ...fakeCommands(control),
    putFile: async (path: string) => (puts.push(path), { path: '/f', bytes: 1 }),
    putSample: async (sizeBytes: number) => (puts.push(`sample ${sizeBytes}`), { path: '/sample', bytes: sizeBytes }),
  };
  const session = new TuiSession(control, actions, { columns: 80, rows: 24, onRepaint: () => {} });
  session.start();
  const { stdin, lastFrame, unmount } = render(
    <App session={session} theme={createTheme({ colors: false, unicode: true })} profile={null} dir={control.dir} />,
  );
  const frame = (): string => lastFrame() ?? '';
  try {
    await eventually(() => expect(frame()).toContain('dn-5'));
    await body((text) => stdin.write(text), frame, control, puts);
  } finally {
    unmount();
    session.close();
  }
}

test('App: keys move the cursor and give orders', async () => {
  await atKeyboard(async (type, frame, control) => {
    type('\u001B[B');
    await eventually(() => expect(frame()).toMatch(/›\s+dn-2/));
    type('x');
    await eventually(() => expect(control.calls).toEqual(['kill dn-2']));
    type('k kk K');
    await eventually(() => expect(control.calls).toEqual(['kill dn-2', 'kill m-1 dn-1']));
    expect(frame()).toContain('2 marked');
  });
});

test('App: pause becomes resume on a paused node', async () => {
  await atKeyboard(async (type, frame, control) => {
    type('p');
    const [master, first, ...rest] = control.current.nodes;
    control.current = status({ nodes: [master!, { ...first!, state: 'paused' }, ...rest] });
    await eventually(() => expect(frame()).toContain('paused'));
    type('p');
    await eventually(() => expect(control.calls).toEqual(['pause dn-1', 'resume dn-1']));
  });
});

test('App: under-replicated and missing chunks are in sight', async () => {
  await atKeyboard(async (_type, frame, control) => {
    control.listed = [chunk('/a', 0, ['dn-1', 'dn-2', 'dn-3']), chunk('/weak', 0, ['dn-1']), chunk('/lost', 0, [])];
    await eventually(() =>
      expect(frame()).toMatch(/✖ missing 0\/3 \/lost#0[\s\S]*▲ under {3}1\/3 \/weak#0[\s\S]*✔ ok {6}3\/3 \/a#0/),
    );
  });
});

test('App: a path is typed, corrected and put', async () => {
  await atKeyboard(async (type, frame, _control, puts) => {
    type('u');
    await eventually(() => expect(frame()).toContain('Put local file'));
    type('/tmp/qx');
    type('\u007f.bin');
    await eventually(() => expect(frame()).toContain('/tmp/q.bin'));
    type('\r');
    await eventually(() => expect(puts).toEqual(['/tmp/q.bin']));
    await eventually(() => expect(frame()).toContain('put q.bin as /f'));
    type('u\r');
    await eventually(() => expect(puts).toContain('sample 8388608'));
  });
});

test('App: ? opens the help, Esc closes it', async () => {
  await atKeyboard(async (type, frame) => {
    type('?');
    await eventually(() => expect(frame()).toContain('HELP'));
    type('\u001B');
    await eventually(() => expect(frame()).not.toContain('HELP'));
  });
});
