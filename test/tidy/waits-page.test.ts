/** docs/waits.md names timings and limits that exist, and its examples of the computed ones are right. */
import { expect, test } from 'vitest';
import { MIB } from '../../src/shared/limits.js';
import { timingsOf } from '../../src/shared/profile.js';
import { diskLimitMs, pipelineLimitMs } from '../../src/shared/wait-limits.js';
import { readText } from './sources.js';

const PAGE = 'docs/waits.md';
const COMPUTED = { diskLimitMs, pipelineLimitMs };

test('docs/waits.md: every limit that it names is a timing, or is computed from timings', () => {
  const named = new Set(Array.from(readText(PAGE).matchAll(/`(\w+Ms)`/g), ([, name]) => name));
  const known = [...Object.keys(timingsOf('realistic')), ...Object.keys(COMPUTED)];
  expect([...named].filter((name) => !known.includes(name ?? ''))).toEqual([]);
  expect(named.size).toBeGreaterThan(10);
});

test('docs/waits.md: each wait has a limit, or the reason why it has none, and says from when it counts', () => {
  const rows = readText(PAGE)
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.includes('---'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
  expect(rows.length).toBeGreaterThan(40);
  for (const cells of rows) for (const cell of cells) expect(cell, cells[0]).not.toBe('');
});

test('docs/waits.md: the values of the computed limits', () => {
  const seconds = (ms: number): string => `${ms / 1_000} s`;
  const page = readText(PAGE);
  for (const [profile, chunkBytes] of [
    ['realistic', 64 * MIB],
    ['fast', 4 * MIB],
  ] as const) {
    const timings = timingsOf(profile);
    expect(page).toContain(`${seconds(diskLimitMs(timings))}; ${seconds(diskLimitMs(timings, chunkBytes))} in a commit`);
    const three = seconds(pipelineLimitMs(timings, 3));
    expect(page).toContain(`${three} for three nodes; ${seconds(pipelineLimitMs(timings, 3, chunkBytes))} at most`);
  }
});
