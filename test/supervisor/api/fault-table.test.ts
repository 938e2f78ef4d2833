import { describe, expect, test } from 'vitest';
import { FAULT_WORDS, FAULTS, hasOtherSide, isFaultWord, keysOf } from '../../../src/supervisor/api/fault-table.js';
import type { FaultKey, FaultRow } from '../../../src/supervisor/api/fault-row.js';

const rows = FAULT_WORDS.map((word) => ({ word, row: FAULTS[word] }));

/** What the schema of a scope says of a key, and help and ranges with it. */
const meaning = (key: FaultKey): unknown => {
  const { draw: _draw, help: _help, description: _description, isNeeded: _isNeeded, default: _default, ...shared } = key;
  return shared;
};

test('FAULTS: words of one scope that share a key mean the same by it', () => {
  for (const { word, row } of rows) {
    for (const [name, key] of keysOf(row)) {
      const others = rows.filter(({ row: other }) => other.scope === row.scope && name in other.keys);
      for (const other of others) {
        expect({ word, name, of: meaning(other.row.keys[name]!) }).toEqual({ word, name, of: meaning(key) });
      }
    }
  }
});

describe.each(rows)('$word', ({ row }: { row: FaultRow }) => {
  test('its fields are different ones, and so are the values of its keys', () => {
    const fields = keysOf(row).map(([, key]) => key.field);
    expect(new Set(fields).size).toBe(fields.length);
    for (const [, key] of keysOf(row)) if (key.kind === 'word') expect(new Set(key.words).size).toBe(key.words.length);
  });

  test('defaults, and what the nemesis draws, are values that its keys take', () => {
    const takes = (key: FaultKey, value: string | number): boolean =>
      key.kind === 'word'
        ? key.words.includes(String(value))
        : Number.isInteger(value) && Number(value) >= key.min && Number(value) <= key.max;
    for (const [, key] of keysOf(row)) {
      const { draw } = key;
      const drawn =
        draw === undefined
          ? []
          : 'from' in draw
            ? [draw.from, draw.to].map((n) => n * (draw.unit ?? 1))
            : 'among' in draw
              ? draw.among
              : [draw.mostly, draw.otherwise];
      for (const value of [...drawn, ...(key.default === undefined ? [] : [key.default])]) expect(takes(key, value)).toBe(true);
      if (key.kind === 'word' && key.implied !== undefined) expect(takes(key, key.implied)).toBe(true);
      // Otherwise the nemesis could not make the fault.
      if (key.isNeeded === true && row.cures !== true) expect(draw).toBeDefined();
    }
  });

  test('conflicts and ends name keys and words that there are', () => {
    for (const { key, values, without } of row.conflicts ?? []) {
      const own = row.keys[key];
      expect(own?.kind).toBe('word');
      if (own?.kind === 'word') expect(own.words).toEqual(expect.arrayContaining([...values]));
      expect(without in row.keys || (without === 'target' && hasOtherSide(row))).toBe(true);
    }
    for (const ender of row.endedBy ?? []) expect(isFaultWord(ender)).toBe(true);
    if (row.undo !== null && row.undo !== 'lift') expect(row.endedBy).toContain(row.undo);
    // What is in force counts what it does.
    if (row.undo === 'lift') expect(row.counts).toBeDefined();
  });

  test('it is explained', () => {
    expect(row.help).toMatch(/^[a-z].*[^.]$/);
    expect(row.does).toMatch(/^[a-z].*[^.]$/);
    for (const [, key] of keysOf(row)) expect(key.help).not.toBe('');
  });
});
