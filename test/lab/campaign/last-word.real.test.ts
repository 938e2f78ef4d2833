import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const EVENTS = 2_000;
const LAST_WORD = new URL('../../../dist/lab/campaign/last-word.js', import.meta.url).href;
/** Says much more than a pipe holds, then the last word. */
const CHILD = `
import { lastWord } from ${JSON.stringify(LAST_WORD)};
const event = 'x'.repeat(300);
for (let count = 0; count < ${EVENTS}; count++) process.send({ type: 'event', event });
lastWord(process, { type: 'ended', exitCode: 0 });
`;

test('lastWord: a parent that does not read for a while hears all of it, and the child ends in order', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'last-word-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'child.mjs'), CHILD);
  const child = fork(join(dir, 'child.mjs'), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const heard: string[] = [];
  let isHeld = false;
  child.on('message', ({ type }: { type: string }) => {
    heard.push(type);
    // As one whose process is stopped: this one turns to nothing else.
    if (!isHeld) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    isHeld = true;
  });
  let complaint = '';
  child.stderr?.on('data', (data: Buffer) => (complaint += data.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  await once(child, 'disconnect');
  const [code] = await exited;
  expect({ code, complaint, events: heard.length - 1, last: heard.at(-1) }).toEqual({
    code: 0,
    complaint: '',
    events: EVENTS,
    last: 'ended',
  });
});
