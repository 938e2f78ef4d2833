import { expect, test } from 'vitest';
import { Script } from '../script.js';

const code = (answer: { error?: { code: string } }): string => answer.error?.code ?? 'ok';

test('makeDirectory: as mkdir(2), and recursive as mkdir -p', () => {
  const script = new Script();
  expect(code(script.mkdir('/a'))).toBe('ok');
  expect(code(script.mkdir('/a'))).toBe('ALREADY_EXISTS');
  expect(code(script.mkdir('/'))).toBe('ALREADY_EXISTS');
  expect(code(script.mkdir('/', true))).toBe('ok');
  expect(code(script.mkdir('/x/y'))).toBe('NOT_FOUND');
  expect(code(script.mkdir('/a/b/c', true))).toBe('ok');
  expect(code(script.mkdir('/a/b/c', true))).toBe('ok');
  script.write('/file');
  expect(code(script.mkdir('/file', true))).toBe('ALREADY_EXISTS');
  expect(code(script.mkdir('/file/x', true))).toBe('NOT_A_DIRECTORY');
  expect(code(script.mkdir('/file/x'))).toBe('NOT_A_DIRECTORY');
  expect(code(script.mkdir('/a/../b'))).toBe('INVALID_ARGUMENT');
  expect(script.paths()).toEqual(['/', '/a/', '/a/b/', '/a/b/c/', '/file']);
  script.expectReplayEqual();
});

test('renamePath: nothing is moved to where it could not be named; logs of version 0.1.0 did, and are applied as they were', () => {
  const deep = (names: number): string => '/d'.repeat(names);
  const script = new Script();
  script.mkdir(deep(200), true);
  script.mkdir(`/x${deep(55)}`, true);
  script.mkdir(`/x${deep(56)}`);
  script.write(`/x${deep(55)}/f`);
  expect(code(script.rename('/x', `${deep(200)}/x`))).toBe('NAME_TOO_LONG');
  expect(code(script.rename('/x', `${deep(199)}/x`))).toBe('ok');
  const name = 'n'.repeat(250);
  script.mkdir(`/${Array.from({ length: 15 }, () => name).join('/')}`, true);
  expect(code(script.rename(`/${name}/${name}`, `/${name}/${'m'.repeat(255)}`))).toBe('ok');
  script.mkdir(`/${name}/${'o'.repeat(200)}`);
  script.mkdir(`/${name}/${'o'.repeat(200)}/${'p'.repeat(200)}`);
  const moved = script.rename(`/${name}/${'m'.repeat(255)}`, `/${name}/${'o'.repeat(200)}/${'p'.repeat(200)}/m`);
  expect(code(moved)).toBe('ok');
  const on = script.rename(`/${name}`, `${deep(198)}/${name}`);
  expect(code(on)).toBe('NAME_TOO_LONG');
  expect(code(script.rename(`/${name}`, `${deep(198)}/${name}`, false))).toBe('ok');
  script.expectReplayEqual();
});

test('renamePath: as rename(2)', () => {
  const script = new Script();
  script.mkdir('/d/e/f', true);
  script.mkdir('/empty');
  script.mkdir('/full/x', true);
  script.write('/one');
  script.write('/two');
  expect(code(script.rename('/none', '/x'))).toBe('NOT_FOUND');
  expect(code(script.rename('/one', '/nowhere/x'))).toBe('NOT_FOUND');
  expect(code(script.rename('/one', '/two/x'))).toBe('NOT_A_DIRECTORY');
  expect(code(script.rename('/one', '/empty'))).toBe('IS_A_DIRECTORY');
  expect(code(script.rename('/d', '/one'))).toBe('NOT_A_DIRECTORY');
  expect(code(script.rename('/d', '/full'))).toBe('NOT_EMPTY');
  expect(code(script.rename('/d/e', '/d'))).toBe('NOT_EMPTY');
  expect(code(script.rename('/d', '/d/e/f/g'))).toBe('INVALID_ARGUMENT');
  expect(code(script.rename('/d', '/d/x'))).toBe('INVALID_ARGUMENT');
  expect(code(script.rename('/', '/x'))).toBe('INVALID_ARGUMENT');
  expect(code(script.rename('/one', '/'))).toBe('INVALID_ARGUMENT');
  expect(code(script.rename('/one', '/one'))).toBe('ok');
  expect(code(script.rename('/d', '/d'))).toBe('ok');
  const before = script.machine.state.chunks.size;
  expect(code(script.rename('/one', '/two'))).toBe('ok');
  expect(script.machine.state.chunks.size).toBe(before - 1);
  expect(code(script.rename('/d/e', '/empty'))).toBe('ok');
  expect(script.paths()).toEqual(['/', '/d/', '/empty/', '/empty/f/', '/full/', '/full/x/', '/two']);
  script.expectReplayEqual();
});

test('deletePath: refuses directories with content unless recursive; the root never goes', () => {
  const script = new Script();
  script.mkdir('/a/b', true);
  script.write('/a/f');
  expect(code(script.delete('/a'))).toBe('NOT_EMPTY');
  expect(code(script.delete('/'))).toBe('INVALID_ARGUMENT');
  expect(code(script.delete('/', true))).toBe('INVALID_ARGUMENT');
  expect(code(script.delete('/none'))).toBe('NOT_FOUND');
  expect(code(script.delete('/a/b'))).toBe('ok');
  expect(code(script.delete('/a/f'))).toBe('ok');
  expect(code(script.delete('/a'))).toBe('ok');
  expect(script.paths()).toEqual(['/']);
  expect(script.machine.state.tree.directoryCount).toBe(1);
  expect(script.machine.state.tree.fileCount).toBe(0);
});

test('a recursive delete detaches at once, and Purge entries forget the rest in slices', () => {
  const script = new Script();
  for (let d = 0; d < 5; d += 1) {
    script.mkdir(`/big/d${d}`, true);
    for (let f = 0; f < 4; f += 1) script.write(`/big/d${d}/f${f}`, 2);
  }
  script.write('/keep');
  const { tree, chunks } = script.machine.state;
  expect(code(script.delete('/big', true))).toBe('ok');
  expect(script.paths()).toEqual(['/', '/keep']);
  expect(chunks.size).toBe(41);
  script.mkdir('/big');
  let slices = 0;
  while (tree.purgeBacklog > 0) {
    const before = chunks.size;
    script.apply({ operation: 'purge', purge: { limit: 7 } });
    expect(before - chunks.size).toBeLessThanOrEqual(7);
    slices += 1;
  }
  expect(slices).toBeGreaterThan(5);
  expect(chunks.size).toBe(1);
  expect(tree.fileCount).toBe(1);
  expect(tree.directoryCount).toBe(2);
  expect(chunks.visibleCount).toBe(1);
  script.expectReplayEqual();
});

test('a deleted file with many chunks is forgotten in slices too', () => {
  const script = new Script();
  script.write('/large', 300);
  script.delete('/large');
  expect(script.machine.state.chunks.size).toBe(300);
  script.apply({ operation: 'purge', purge: { limit: 200 } });
  expect(script.machine.state.chunks.size).toBe(100);
  script.apply({ operation: 'purge', purge: { limit: 200 } });
  expect(script.machine.state.tree.purgeBacklog).toBe(0);
  script.expectReplayEqual();
});

test('StateDigest: states that differ have different digests, and the sum does not depend on the way there', () => {
  const a = new Script();
  a.mkdir('/x');
  const afterX = a.machine.state.digest.sum;
  const b = new Script();
  b.mkdir('/y');
  expect(b.machine.digest()).not.toBe(a.machine.digest());
  a.mkdir('/x/z');
  expect(a.machine.state.digest.sum).not.toBe(afterX);
});
