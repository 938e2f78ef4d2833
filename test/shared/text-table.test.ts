import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { textTable } from '../../src/shared/text-table.js';

test('textTable: columns align whatever the characters of their cells', () => {
  const rows = [
    ['node', 'rack', 'use'],
    ['dn-1', '机架', '7%'],
    ['dn-2', 'cafe\u0301', '100%'],
    ['👨‍👩‍👧', 'a', '-'],
  ];
  const lines = textTable(rows, 2, stringWidth);
  expect(lines).toEqual(['node  rack   use', 'dn-1  机架    7%', 'dn-2  cafe\u0301  100%', '👨‍👩‍👧    a        -']);
  expect(new Set(lines.map((line) => stringWidth(line)))).toEqual(new Set([16]));
});
