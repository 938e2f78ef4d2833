import { expect, test } from 'vitest';
import { HistoryRecorder } from '../../../src/lab/history/history-recorder.js';
import { readHistory } from '../../../src/lab/history/read-history.js';
import { recordingClient } from '../../../src/lab/history/recording-client.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { DfsError } from '../../../src/shared/errors.js';
import { sha } from '../checkers/histories.js';

test('HistoryRecorder: writes each operation when it ends, open ones as unknown at the end, in one order of events', () => {
  const lines: string[] = [];
  // A clock that stands still.
  const recorder = new HistoryRecorder(
    () => 5,
    (line) => void lines.push(line),
  );
  const first = recorder.begin({ client: 'a', kind: 'read', path: '/x' });
  const second = recorder.begin({ client: 'b', kind: 'delete', path: '/x' });
  recorder.begin({ client: 'c', kind: 'mkdir', path: '/d', parents: true });
  first.fail('ENOENT');
  first.complete();
  second.complete();
  expect(lines).toHaveLength(2);
  recorder.end();
  expect(recorder.operations).toBe(3);
  const [a, b, c] = readHistory(lines.join(''));
  expect(a).toMatchObject({ id: 1, outcome: 'fail', error: 'ENOENT' });
  expect(c).toMatchObject({ id: 3, outcome: 'unknown', completedMs: null, parents: true });
  const times = [a!.invokedMs, b!.invokedMs, c!.invokedMs, a!.completedMs!, b!.completedMs!];
  expect(times).toEqual([...times].sort((x, y) => x - y));
  expect(new Set(times).size).toBe(5);
});

test('readHistory: names the line that is wrong', () => {
  const good = '{"id":1,"client":"a","kind":"stat","path":"/x","invokedMs":1,"completedMs":2,"outcome":"ok"}';
  expect(readHistory(`${good}\n`)).toHaveLength(1);
  const bad: Record<string, RegExp> = {
    '{"id":2,': /line 2: the line is not JSON/,
    '[]': /line 2: the line is not an object/,
    [good]: /line 2: operation 1 appears twice/,
    [good.replace('"id":1', '"id":0')]: /line 2: "id" is 0/,
    [good.replace('stat', 'link')]: /line 2: "kind" is "link"/,
    [good.replace('"id":1', '"session":"a","id":2')]: /line 2: "session" is "a"/,
    [good.replace('/x', 'x')]: /line 2: "path" is "x"/,
    [good.replace('"completedMs":2', '"completedMs":0')]: /line 2: "completedMs" is 0/,
    [good.replace('"completedMs":2', '"completedMs":null')]: /line 2: "completedMs" is null/,
    [good.replace('"id":1', '"id":2').replace('stat', 'read')]: /line 2: "sha256" is missing/,
    [good.replace('"id":1', '"id":2').replace('stat', 'rename')]: /line 2: "toPath" is missing/,
    [good.replace('"id":1', '"names":[1],"id":2')]: /line 2: "names" is \[1\]/,
  };
  for (const [line, reason] of Object.entries(bad)) expect(() => readHistory(`${good}\n${line}\n`)).toThrow(reason);
});

test('recordingClient: records each kind with what was asked and what was answered, in a session of its own', async () => {
  const lines: string[] = [];
  const recorder = new HistoryRecorder(
    () => 0,
    (line) => void lines.push(line),
  );
  const content = new TextEncoder().encode('1');
  const nothing = async (): Promise<void> => undefined;
  let isCrashed = false;
  const inner: FileClient = {
    mkdir: nothing,
    makeDirectory: nothing,
    readdir: async () => ['b', 'a'],
    createFile: nothing,
    writeStream: nothing,
    readStream: async (_, onPiece) => onPiece(content),
    writeFile: nothing,
    rename: nothing,
    removeTree: nothing,
    rm: nothing,
    readFile: async () => content,
    exists: async () => true,
    close: nothing,
    crash: () => {
      isCrashed = true;
    },
  };
  const first = recordingClient(inner, recorder, 'client-1');
  await first.makeDirectory('/d');
  await first.mkdir('/d/e');
  await first.createFile('/x', content);
  await first.rename('/x', '/d/x');
  await first.readdir('/d');
  first.crash?.();
  const second = recordingClient(inner, recorder, 'client-1');
  await second.removeTree('/d');
  await second.rm('/x');
  expect(isCrashed).toBe(true);
  const told = readHistory(lines.join(''));
  expect(told.map(({ session, kind, path }) => [session, kind, path])).toEqual([
    [1, 'mkdir', '/d'],
    [1, 'mkdir', '/d/e'],
    [1, 'create', '/x'],
    [1, 'rename', '/x'],
    [1, 'list', '/d'],
    [2, 'delete', '/d'],
    [2, 'delete', '/x'],
  ]);
  expect(told.map(({ parents, recursive }) => parents ?? recursive)).toEqual([
    undefined,
    true,
    undefined,
    undefined,
    undefined,
    true,
    undefined,
  ]);
  expect(told[2]).toMatchObject({ sha256: sha('1'), lengthBytes: 1 });
  expect(told[3]).toMatchObject({ toPath: '/d/x' });
  expect(told[4]).toMatchObject({ names: ['b', 'a'], outcome: 'ok' });
});

test('recordingClient: a refusal of the namespace is certain, any other failure of a mutation is unknown', async () => {
  const lines: string[] = [];
  const recorder = new HistoryRecorder(
    () => 0,
    (line) => void lines.push(line),
  );
  let failure: DfsError | undefined;
  const attempt = async <T>(value: T): Promise<T> => {
    if (failure !== undefined) throw failure;
    return value;
  };
  const inner: FileClient = {
    mkdir: () => attempt(undefined),
    makeDirectory: () => attempt(undefined),
    readdir: () => attempt(['x']),
    createFile: () => attempt(undefined),
    writeStream: () => attempt(undefined),
    readStream: () => attempt(undefined),
    rename: () => attempt(undefined),
    removeTree: () => attempt(undefined),
    writeFile: () => attempt(undefined),
    readFile: () => attempt(new TextEncoder().encode('1')),
    rm: () => attempt(undefined),
    exists: () => attempt(false),
    close: async () => undefined,
  };
  const client = recordingClient(inner, recorder, 'client-1');
  await client.mkdir('/d');
  await client.writeFile('/x', new TextEncoder().encode('1'));
  await client.readFile('/x');
  await client.exists('/x');
  failure = new DfsError('NOT_FOUND', 'gone');
  await expect(client.rm('/x')).rejects.toBe(failure);
  failure = new DfsError('CONNECTION_LOST', 'cut');
  await expect(client.rm('/x')).rejects.toBe(failure);
  await expect(client.readFile('/x')).rejects.toBe(failure);
  await expect(client.readdir('/d')).rejects.toBe(failure);
  const history = readHistory(lines.join(''));
  expect(new Set(history.map(({ session }) => session))).toEqual(new Set([1]));
  const told = history.map(({ kind, outcome, error, sha256, exists }) => [kind, outcome, error ?? sha256 ?? exists]);
  expect(told).toEqual([
    ['mkdir', 'ok', undefined],
    ['overwrite', 'ok', sha('1')],
    ['read', 'ok', sha('1')],
    ['stat', 'ok', false],
    ['delete', 'fail', 'ENOENT'],
    ['delete', 'unknown', 'ECONNRESET'],
    ['read', 'fail', 'ECONNRESET'],
    ['list', 'fail', 'ECONNRESET'],
  ]);
});
