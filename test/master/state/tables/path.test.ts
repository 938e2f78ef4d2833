import { expect, test } from 'vitest';
import { parsePath } from '../../../../src/master/state/tables/path.js';
import { compareByteOrder, SortedNames } from '../../../../src/master/state/tables/sorted-names.js';

test('parsePath splits an absolute path and leaves its characters alone', () => {
  expect(parsePath('/')).toEqual([]);
  expect(parsePath('/a/b c/ü')).toEqual(['a', 'b c', 'ü']);
  expect(parsePath('/u\u0308')).toEqual(['u\u0308']);
  expect(parsePath('/...')).toEqual(['...']);
});

test.each(['', 'a', 'a/b', '/a/', '//', '/a//b', '/.', '/a/..', '/a/./b', '/a\0b'])('parsePath refuses %j', (path) => {
  expect(() => parsePath(path)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

test('parsePath bounds names, paths and depth in bytes', () => {
  expect(parsePath(`/${'a'.repeat(255)}`)).toHaveLength(1);
  expect(() => parsePath(`/${'ü'.repeat(128)}`)).toThrow(expect.objectContaining({ code: 'NAME_TOO_LONG' }));
  expect(parsePath('/a'.repeat(256))).toHaveLength(256);
  expect(() => parsePath('/a'.repeat(257))).toThrow(expect.objectContaining({ code: 'NAME_TOO_LONG' }));
  expect(() => parsePath(`/${'abc/'.repeat(1_100)}a`)).toThrow(expect.objectContaining({ code: 'NAME_TOO_LONG' }));
});

test('compareByteOrder orders as UTF-8 bytes do, surrogates too', () => {
  const names = ['\u{1f600}', '\uffee', 'z', 'a', 'ab', '', 'é', '\u{10000}', '\ud7ff'];
  const byBytes = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect([...names].sort(compareByteOrder)).toEqual(byBytes);
});

test('SortedNames holds thousands of names in order through additions and removals', () => {
  const list = new SortedNames();
  const names = Array.from({ length: 5_000 }, (_, i) => `n${(i * 7_919) % 5_000}`);
  for (const name of names) list.add(name);
  for (const name of names.slice(0, 2_500)) list.remove(name);
  const left = names.slice(2_500).sort();
  expect([...list.after('')]).toEqual(left);
  expect([...list.after('n3')]).toEqual(left.filter((name) => name > 'n3'));
  expect([...list.after('zzz')]).toEqual([]);
  expect(list.last()).toBe(left.at(-1));
  for (const name of left) list.remove(name);
  expect([...list.after('')]).toEqual([]);
});
