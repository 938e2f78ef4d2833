import { expect, test } from 'vitest';
import { actionOf, BINDINGS, footerItems } from '../../src/tui/model/key-map.js';

test('BINDINGS: no key has two meanings', () => {
  const keys = BINDINGS.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('actionOf: case matters, and an unknown key means nothing', () => {
  expect(actionOf({ char: 'h' })).toBe('heal');
  expect(actionOf({ char: 'H' })).toBe('heal-all');
  expect(actionOf({ char: 'K' })).toBe('kill');
  expect(actionOf({ key: 'up' })).toBe('up');
  expect(actionOf({ char: 'z' })).toBeNull();
});

test('footerItems: fit the line, and keep the most needed keys', () => {
  for (let columns = 20; columns <= 160; columns++) {
    const width = footerItems(columns).reduce((sum, { shown, word }) => sum + shown.length + word.length + 3, -2);
    expect(width + 1).toBeLessThanOrEqual(columns);
  }
  const words = footerItems(80).map(({ word }) => word);
  expect(words).toEqual(expect.arrayContaining(['kill', 'restart', 'pause', 'partition', 'heal', 'put', 'help', 'quit']));
  expect(footerItems(30).map(({ word }) => word)).toContain('quit');
});
