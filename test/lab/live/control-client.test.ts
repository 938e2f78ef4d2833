import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CommandRefused } from '../../../src/lab/live/command-refused.js';
import { ControlClient } from '../../../src/lab/live/control-client.js';
import { writeRunningRecord } from '../../../src/supervisor/folder/lab-record.js';
import { identityOf } from '../../../src/supervisor/folder/process-identity.js';

function labsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'distrifs-labs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What labs answer, by their folders, where a test says it. */
const answers = new Map<string, { readonly status: number; readonly body: object }>();

/** A lab that answers with its own folder. @param scenario whose run it is */
async function runningLab(folder: string, name: string, scenario?: string): Promise<string> {
  const dir = join(folder, name);
  mkdirSync(dir);
  const control = join(dir, 'control.sock');
  const server = createServer((_, response) => {
    const { status, body } = answers.get(dir) ?? { status: 200, body: { dir } };
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(control, resolve));
  onTestFinished(() => void server.close());
  const ofRun = scenario === undefined ? {} : { scenario };
  writeRunningRecord(dir, { owner: identityOf(process.pid)!, temporary: true, control, ...ofRun, children: [] });
  return dir;
}

const found = async (dir: string | undefined, entries: readonly string[]): Promise<string> =>
  (await ControlClient.find(dir, () => entries).status()).dir;

test('ControlClient.find: without a folder, the newest lab that is up, and no cluster of a scenario', async () => {
  const folder = labsFolder();
  const older = await runningLab(folder, 'older');
  const newer = await runningLab(folder, 'newer');
  const ofRun = await runningLab(folder, 'run', 'split-brain');
  const damaged = join(folder, 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'running.json'), '{');
  expect(await found(undefined, [damaged, ofRun, newer, older])).toBe(newer);
  expect(await found(ofRun, [newer])).toBe(ofRun);
});

test('ControlClient.find: where only scenarios run, it says how to look at the newest', async () => {
  const folder = labsFolder();
  const older = await runningLab(folder, 'older', 'rack-loss');
  const newer = await runningLab(folder, 'newer', 'split-brain');
  expect(() => ControlClient.find(undefined, () => [newer, older])).toThrow(
    `No lab is up: start one with "lab up". A scenario runs in ${newer}; "lab status --dir ${newer}" looks at it`,
  );
  expect(() => ControlClient.find(undefined, () => [])).toThrow(/^No lab is running \(none in .*\): start one with "lab up"$/);
});

test.each([
  [[{ column: 6, message: 'unknown node "dn-9"' }], true],
  [[], true],
  [[{ column: 0, message: 'where?' }], false],
  [[{ column: '6', message: 'a text' }], false],
  [[{ column: 6 }], false],
  [[null], false],
  ['column 6', false],
])('ControlClient: of the problems %j only those that are such reach who shows them', async (problems, isTaken) => {
  const folder = labsFolder();
  const dir = await runningLab(folder, 'lab');
  answers.set(dir, { status: 400, body: { code: 'INVALID_ARGUMENT', message: 'Cannot do it', problems } });
  const error: unknown = await ControlClient.find(dir)
    .fault({ command: 'kill dn-9' })
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'Cannot do it' });
  expect(error instanceof CommandRefused ? error.problems : null).toEqual(isTaken ? problems : null);
});
