import { expect, test } from 'vitest';
import { SESSION_MUTATIONS_MAX, SESSIONS_MAX } from '../../../src/shared/limits.js';
import { CLUSTER_ID, Script } from '../script.js';

const mkdir = (script: Script, header: ReturnType<Script['header']>, path: string) =>
  script.apply({ operation: 'makeDirectory', makeDirectory: { header, path, recursive: false, owner: '', group: '', mode: 0 } });

test('a mutation that is applied again gives the first answer and changes nothing', () => {
  const script = new Script();
  const header = script.header();
  const first = script.create('/f', { header });
  expect(script.create('/f', { header })).toEqual(first);
  expect(script.machine.state.tree.pendingCount).toBe(1);
  const failing = script.header();
  expect(mkdir(script, failing, '/a/b').error?.code).toBe('NOT_FOUND');
  mkdir(script, script.header(), '/a');
  // The answer of the first attempt stands, though it would succeed now.
  expect(mkdir(script, failing, '/a/b').error?.code).toBe('NOT_FOUND');
  expect(script.paths()).toEqual(['/', '/a/']);
  script.expectReplayEqual();
});

test('acknowledged answers are forgotten, and their mutations never run again', () => {
  const script = new Script();
  const first = script.header();
  mkdir(script, first, '/a');
  const second = { ...script.header(), ackedBelow: 2 };
  mkdir(script, second, '/b');
  expect(script.machine.state.sessions.get(script.sessionId)?.answers.size).toBe(1);
  script.delete('/a');
  expect(mkdir(script, first, '/a').error?.code).toBe('OUTCOME_UNKNOWN');
  expect(script.paths()).toEqual(['/', '/b/']);
});

test('impossible numbers are refused', () => {
  const script = new Script();
  expect(
    mkdir(script, { clusterId: CLUSTER_ID, sessionId: script.sessionId, sequence: 0, ackedBelow: 0 }, '/a').error?.code,
  ).toBe('INVALID_ARGUMENT');
  expect(
    mkdir(script, { clusterId: CLUSTER_ID, sessionId: script.sessionId, sequence: 3, ackedBelow: 4 }, '/a').error?.code,
  ).toBe('INVALID_ARGUMENT');
});

test('remembered answers are bounded: beyond, nothing is carried out until some are acknowledged', () => {
  const script = new Script();
  for (let i = 0; i < SESSION_MUTATIONS_MAX; i += 1) mkdir(script, script.header(), `/d${i}`);
  const over = script.header();
  expect(mkdir(script, over, '/over').error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retriable: true });
  expect(script.machine.state.tree.root.children.has('over')).toBe(false);
  expect(mkdir(script, { ...over, ackedBelow: 500 }, '/over').error).toBeUndefined();
  expect(script.machine.state.sessions.get(script.sessionId)?.answers.size).toBe(SESSION_MUTATIONS_MAX - 499 + 1);
  script.expectReplayEqual();
});

test('an unused session expires with its unfinished files; a used or renewed one does not', () => {
  const script = new Script({ sessionTimeoutMs: 1_000 });
  const idle = script.sessionId;
  const fileId = script.create('/f').createFile!.fileId;
  const renewed = script.openSession();
  script.nowMs += 900;
  script.apply({ operation: 'renewSession', renewSession: { clusterId: CLUSTER_ID, sessionId: renewed } });
  script.nowMs += 200;
  script.apply({ operation: 'expireSessions', expireSessions: {} });
  expect(script.machine.state.sessions.get(idle)).toBeUndefined();
  expect(script.machine.state.sessions.get(renewed)).toBeDefined();
  expect(script.machine.state.tree.pendingCount).toBe(0);
  expect(script.complete(fileId, 0, 0).error?.code).toBe('SESSION_EXPIRED');
  script.expectReplayEqual();
});

test('closing a session abandons its unfinished files, twice is fine', () => {
  const script = new Script();
  script.create('/f');
  const closeSession = { clusterId: CLUSTER_ID, sessionId: script.sessionId };
  expect(script.apply({ operation: 'closeSession', closeSession })).toEqual({});
  expect(script.apply({ operation: 'closeSession', closeSession })).toEqual({});
  expect(script.machine.state.tree.pendingCount).toBe(0);
  expect(script.machine.state.sessions.size).toBe(0);
  expect(script.mkdir('/x').error?.code).toBe('SESSION_EXPIRED');
  script.expectReplayEqual();
});

test('replaceSession: when there are as many sessions as can be, the longest unused one without unfinished files ends first', () => {
  const script = new Script();
  script.create('/f');
  const writer = script.sessionId;
  const { sessions } = script.machine.state;
  const idle = script.openSession();
  while (!sessions.isFull) sessions.open('crowd', script.nowMs, 0);
  const open = () => script.apply({ operation: 'replaceSession', replaceSession: { clientName: 'new', skippedIds: 0 } });
  expect(script.apply({ operation: 'openSession', openSession: { clientName: 'new', skippedIds: 0 } }).error?.code).toBe(
    'RESOURCE_EXHAUSTED',
  );
  const { sessionId = 0 } = open();
  expect(sessions.get(sessionId)?.clientName).toBe('new');
  expect([sessions.get(writer) !== undefined, sessions.get(idle), sessions.size]).toEqual([true, undefined, SESSIONS_MAX]);
});

test('replaceSession: ends none while there is room', () => {
  const script = new Script();
  const { sessions } = script.machine.state;
  const { size } = sessions;
  script.apply({ operation: 'replaceSession', replaceSession: { clientName: 'new', skippedIds: 0 } });
  expect([sessions.size, sessions.get(script.sessionId) !== undefined]).toEqual([size + 1, true]);
  script.expectReplayEqual();
});
