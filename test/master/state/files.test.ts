import { expect, test } from 'vitest';
import { CHUNK, Script } from '../script.js';

const code = (answer: { error?: { code: string } }): string => answer.error?.code ?? 'ok';

test('a file is invisible until it is completed, and blocks a second writer', () => {
  const script = new Script();
  const created = script.create('/f');
  expect(created.createFile).toEqual({ fileId: 2, replication: 3, chunkSizeBytes: CHUNK, firstChunk: null });
  expect(script.paths()).toEqual(['/']);
  expect(code(script.create('/f', { overwrite: true }))).toBe('FILE_BUSY');
  const plan = script.assign(2, 0).assignChunk!;
  expect(plan).toMatchObject({ chunkId: 1, fromVersion: 0, version: 1, term: 1 });
  expect(plan.chunkUuid).toBe('01234567-89ab-8000-8000-000000000001');
  expect(script.commit(2, plan, 10)).toEqual({});
  expect(script.complete(2, 10, 1).completeFile?.file).toMatchObject({
    path: '/f',
    lengthBytes: 10,
    chunkCount: 1,
    kind: 'FILE',
  });
  expect(script.paths()).toEqual(['/', '/f']);
  expect(code(script.create('/f'))).toBe('ALREADY_EXISTS');
  expect(code(script.complete(2, 10, 1))).toBe('LEASE_LOST');
  script.expectReplayEqual();
});

test('createFile: the path must be free for a file, and its shape within bounds', () => {
  const script = new Script();
  script.mkdir('/d');
  expect(code(script.create('/d', { overwrite: true }))).toBe('IS_A_DIRECTORY');
  expect(code(script.create('/', { overwrite: true }))).toBe('IS_A_DIRECTORY');
  expect(code(script.create('/none/f'))).toBe('NOT_FOUND');
  script.write('/f');
  expect(code(script.create('/f/g'))).toBe('NOT_A_DIRECTORY');
});

test('assignChunk: asked again for an index, it raises the version and never gives one twice', () => {
  const script = new Script();
  const fileId = script.create('/f').createFile!.fileId;
  const first = script.assign(fileId, 0).assignChunk!;
  const second = script.assign(fileId, 0).assignChunk!;
  expect(second).toMatchObject({ chunkId: first.chunkId, fromVersion: 0, version: 2 });
  expect(code(script.commit(fileId, first))).toBe('VERSION_CONFLICT');
  expect(code(script.commit(fileId, second))).toBe('ok');
  expect(code(script.commit(fileId, second))).toBe('VERSION_CONFLICT');
  expect(code(script.commit(fileId, { ...second, fromVersion: 2 }))).toBe('VERSION_CONFLICT');
  const third = script.assign(fileId, 0).assignChunk!;
  expect(third).toMatchObject({ fromVersion: 2, version: 3 });
  expect(code(script.commit(fileId, { ...third, fromVersion: 0 }))).toBe('VERSION_CONFLICT');
  expect(code(script.commit(fileId, third, 5))).toBe('ok');
  expect(script.machine.state.chunks.get(first.chunkId)).toMatchObject({ version: 3, reserved: 3, lengthBytes: 5 });
  expect(code(script.assign(fileId, 5_000))).toBe('INVALID_ARGUMENT');
  expect(code(script.assign(fileId, 1, []))).toBe('NOT_ENOUGH_REPLICAS');
  expect(code(script.assign(999, 0))).toBe('LEASE_LOST');
});

test('createPlanned and completeWritten: a file of one chunk in two entries, which leave what four leave', () => {
  const [script, longer] = [new Script(), new Script()];
  const { fileId, firstChunk } = script.create('/f', { pipeline: ['dn-1', 'dn-2'] }).createFile!;
  expect(firstChunk).toMatchObject({ chunkId: 1, fromVersion: 0, version: 1, term: 1 });
  expect(firstChunk!.pipeline).toEqual([
    { nodeId: 'dn-1', address: 'dn-1:1' },
    { nodeId: 'dn-2', address: 'dn-2:1' },
  ]);
  expect(script.paths()).toEqual(['/']);
  expect(script.completeWritten(fileId, firstChunk!, 10, ['dn-1', 'dn-2']).completeFile?.file).toMatchObject({
    path: '/f',
    lengthBytes: 10,
    chunkCount: 1,
  });
  const created = longer.create('/f').createFile!;
  const plan = longer.assign(created.fileId, 0, ['dn-1', 'dn-2']).assignChunk!;
  longer.commit(created.fileId, plan, 10, ['dn-1', 'dn-2']);
  longer.complete(created.fileId, 10, 1);
  expect(script.machine.state.chunks.get(1)).toEqual(longer.machine.state.chunks.get(1));
  expect(script.machine.state.tree.get(fileId)).toMatchObject({ chunkIds: [1], lengthBytes: 10, pending: null });
  script.expectReplayEqual();
});

test('createPlanned: on no node, nothing is created', () => {
  const script = new Script();
  expect(code(script.create('/f', { pipeline: [] }))).toBe('NOT_ENOUGH_REPLICAS');
  expect(script.create('/f').createFile).toMatchObject({ fileId: 2 });
});

test('completeWritten: what the commit or the completion refuses, is refused', () => {
  const script = new Script();
  const { fileId, firstChunk } = script.create('/f', { pipeline: ['dn-1', 'dn-2'] }).createFile!;
  const plan = firstChunk!;
  expect(code(script.completeWritten(fileId, plan, 10, ['dn-1']))).toBe('NOT_ENOUGH_REPLICAS');
  expect(code(script.completeWritten(fileId, { ...plan, version: 7 }, 10))).toBe('VERSION_CONFLICT');
  expect(code(script.completeWritten(fileId, plan, CHUNK + 1))).toBe('INVALID_ARGUMENT');
  expect(script.machine.state.chunks.get(plan.chunkId)).toMatchObject({ version: 0 });
  script.mkdir('/f');
  expect(code(script.completeWritten(fileId, plan, 10))).toBe('IS_A_DIRECTORY');
  expect(script.machine.state.chunks.get(plan.chunkId)).toMatchObject({ version: 1 });
  expect(code(script.complete(fileId, 10, 1))).toBe('IS_A_DIRECTORY');
  script.expectReplayEqual();
});

test('commitVersion: needs min(minReplicas, replication) different nodes and a length that fits', () => {
  const script = new Script();
  const fileId = script.create('/f').createFile!.fileId;
  const plan = script.assign(fileId, 0).assignChunk!;
  const refused = script.commit(fileId, plan, 10, ['dn-1', 'dn-1']);
  expect(refused.error).toMatchObject({ code: 'NOT_ENOUGH_REPLICAS', retriable: false });
  expect(code(script.commit(fileId, plan, CHUNK + 1))).toBe('INVALID_ARGUMENT');
  expect(code(script.commit(fileId, plan, 0))).toBe('INVALID_ARGUMENT');
  expect(code(script.commit(fileId, { ...plan, chunkId: 77 }))).toBe('CHUNK_NOT_FOUND');
  expect(code(script.commit(fileId, plan, 10, ['dn-1', 'dn-2']))).toBe('ok');
});

test('completeFile: count, commits and lengths must add up', () => {
  const script = new Script();
  const fileId = script.create('/f').createFile!.fileId;
  const zero = script.assign(fileId, 0).assignChunk!;
  const one = script.assign(fileId, 1).assignChunk!;
  expect(code(script.complete(fileId, 0, 2))).toBe('INVALID_ARGUMENT');
  script.commit(fileId, one, 7);
  expect(code(script.complete(fileId, CHUNK + 7, 2))).toBe('INVALID_ARGUMENT');
  script.commit(fileId, zero, 9);
  expect(code(script.complete(fileId, 16, 2))).toBe('INVALID_ARGUMENT');
  const again = script.assign(fileId, 0).assignChunk!;
  script.commit(fileId, again, CHUNK);
  expect(code(script.complete(fileId, CHUNK + 7, 1))).toBe('INVALID_ARGUMENT');
  expect(code(script.complete(fileId, CHUNK + 8, 2))).toBe('INVALID_ARGUMENT');
  expect(code(script.complete(fileId, CHUNK + 7, 2))).toBe('ok');
  const empty = script.create('/empty').createFile!.fileId;
  expect(code(script.complete(empty, 0, 0))).toBe('ok');
});

test('completeFile swaps: what the path held is garbage, and what came there meanwhile is respected', () => {
  const script = new Script();
  const { chunks } = script.machine.state;
  script.mkdir('/d');
  script.write('/d/f', 3);
  const next = script.create('/d/f', { overwrite: true }).createFile!.fileId;
  expect(chunks.visibleCount).toBe(3);
  expect(code(script.complete(next, 0, 0))).toBe('ok');
  expect(chunks.size).toBe(0);

  const toDirectory = script.create('/d/x', { overwrite: true }).createFile!.fileId;
  script.mkdir('/d/x');
  expect(code(script.complete(toDirectory, 0, 0))).toBe('IS_A_DIRECTORY');

  const toFile = script.create('/d/y').createFile!.fileId;
  script.rename('/d/f', '/d/y');
  expect(code(script.complete(toFile, 0, 0))).toBe('ALREADY_EXISTS');

  const orphaned = script.create('/d/z', { overwrite: true }).createFile!.fileId;
  script.delete('/d', true);
  expect(code(script.complete(orphaned, 0, 0))).toBe('NOT_FOUND');
  while (script.machine.state.tree.purgeBacklog > 0) script.apply({ operation: 'purge', purge: { limit: 100 } });
  expect(code(script.complete(orphaned, 0, 0))).toBe('NOT_FOUND');
  script.expectReplayEqual();
});

test('completeFile follows a directory that was renamed meanwhile', () => {
  const script = new Script();
  script.mkdir('/d');
  const fileId = script.create('/d/f').createFile!.fileId;
  script.rename('/d', '/e');
  expect(script.complete(fileId, 0, 0).completeFile?.file?.path).toBe('/e/f');
});

test('a lapsed writer is replaced when the leader says so, and is fenced', () => {
  const script = new Script();
  const first = script.create('/f').createFile!.fileId;
  const plan = script.assign(first, 0).assignChunk!;
  const owner = script.sessionId;
  script.sessionId = script.openSession();
  expect(code(script.create('/f', { takeOverFileId: first + 1 }))).toBe('FILE_BUSY');
  const second = script.create('/f', { takeOverFileId: first });
  expect(code(second)).toBe('ok');
  expect(script.machine.state.chunks.size).toBe(0);
  script.sessionId = owner;
  expect(code(script.commit(first, plan))).toBe('LEASE_LOST');
  expect(code(script.complete(second.createFile!.fileId, 0, 0))).toBe('LEASE_LOST');
  script.expectReplayEqual();
});

test('abandonFile frees the name and forgets the chunks', () => {
  const script = new Script();
  const fileId = script.create('/f').createFile!.fileId;
  script.commit(fileId, script.assign(fileId, 0).assignChunk!);
  const header = script.header();
  expect(code(script.apply({ operation: 'abandonFile', abandonFile: { header, fileId } }))).toBe('ok');
  expect(script.machine.state.chunks.size).toBe(0);
  expect(script.machine.state.tree.pendingCount).toBe(0);
  expect(code(script.create('/f'))).toBe('ok');
});

test('completeFile: an answer stays bounded, however deep renames have moved the directory', () => {
  const script = new Script();
  const long = Array.from({ length: 15 }, () => 'x'.repeat(255)).join('/');
  script.mkdir('/d');
  const fileId = script.create('/d/f').createFile!.fileId;
  let top = 'd';
  for (let moves = 0; moves < 20; moves += 1) {
    const next = `t${moves}`;
    expect(code(script.mkdir(`/${next}/${long}`, true))).toBe('ok');
    expect(code(script.rename(`/${top}`, `/${next}/${long}/${top}`, false))).toBe('ok');
    top = next;
  }
  expect(code(script.complete(fileId, 0, 0))).toBe('NAME_TOO_LONG');
  expect(script.machine.state.tree.pendingCount).toBe(1);
});
