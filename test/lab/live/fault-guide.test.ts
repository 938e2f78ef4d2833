import { expect, test } from 'vitest';
import { faultGuideLines } from '../../../src/lab/live/fault-guide.js';
import { FAULT_WORDS } from '../../../src/supervisor/api/fault-table.js';

test('lab help faults has one line for each fault there is, with the runtimes it works on, and no other', () => {
  const lines = faultGuideLines();
  const explained = lines.slice(1, lines.indexOf(''));
  expect(explained.map((line) => line.trim().split(/\s+/)[0]).sort()).toEqual([...FAULT_WORDS].sort());
  for (const line of explained) expect(line).toMatch(/^ {2}[\w-]+ +[p-] [t-] [s-] {2}\S.+$/);
});

test('lab help faults says what a thread cannot do as a process does', () => {
  const lines = faultGuideLines();
  const notes = lines.slice(lines.findIndex((line) => line.includes('less exact')));
  expect(notes.map((line) => line.trim().split(/\s+/)[0])).toEqual(
    expect.arrayContaining(['kill', 'powercut', 'pause', 'slow-cpu']),
  );
});
