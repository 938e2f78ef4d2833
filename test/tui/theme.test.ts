import { expect, test } from 'vitest';
import { createTheme, themeOptionsOf } from '../../src/tui/model/theme.js';

test('themeOptionsOf: NO_COLOR with any value takes the colours away', () => {
  expect(themeOptionsOf({}).colors).toBe(true);
  expect(themeOptionsOf({ NO_COLOR: '' }).colors).toBe(true);
  expect(themeOptionsOf({ NO_COLOR: '0' }).colors).toBe(false);
});

test('themeOptionsOf: symbols follow the locale, LC_ALL first, and the terminal', () => {
  const unicode = (env: Record<string, string>): boolean => themeOptionsOf(env).unicode;
  expect(unicode({})).toBe(true);
  expect(unicode({ LANG: 'de_DE.utf8' })).toBe(true);
  expect(unicode({ LANG: 'C' })).toBe(false);
  expect(unicode({ LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' })).toBe(false);
  expect(unicode({ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' })).toBe(true);
  expect(unicode({ LANG: 'en_US.UTF-8', TERM: 'linux' })).toBe(false);
});

test('createTheme: without colours no style names one', () => {
  expect(JSON.stringify(createTheme({ colors: true, unicode: true }))).toContain('"color"');
  expect(JSON.stringify(createTheme({ colors: false, unicode: true }))).not.toContain('"color"');
});

test('createTheme: every state and tone has a sign of its own', () => {
  for (const unicode of [true, false]) {
    const { state, tone } = createTheme({ colors: false, unicode }).symbols;
    expect(new Set(Object.values(state)).size).toBe(6);
    expect(new Set(Object.values(tone)).size).toBe(4);
  }
});
