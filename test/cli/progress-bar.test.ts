import { expect, test } from 'vitest';
import { ProgressBar, progressLine } from '../../src/cli/terminal/progress-bar.js';
import { MIB } from '../../src/shared/limits.js';

test('progressLine: share, sizes, rate and time left; no bar when the length is unknown', () => {
  expect(progressLine('/film', 32 * MIB, 64 * MIB, 2_000)).toBe(
    '/film  ████████████░░░░░░░░░░░░ 50%  32 MiB of 64 MiB  16 MiB/s  2s left',
  );
  expect(progressLine('/film', 0, 0, 0)).toMatch(/100% .*\/s$/);
  expect(progressLine('/film', MIB, 126 * MIB, 1_000)).toMatch(/ {2}2m 05s left$/);
  expect(progressLine('/film', MIB, 3_721 * MIB, 1_000)).toMatch(/ {2}1h 02m left$/);
  expect(progressLine('/film', 0, MIB, 1_000)).toMatch(/0 B\/s$/);
  expect(progressLine('-', MIB, null, 1_000)).toBe('-  1 MiB  1 MiB/s');
});

test('ProgressBar: draws on a terminal only, within its width, and takes its line away', () => {
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 30, write: (text: string) => written.push(text) };
  const bar = new ProgressBar('/a-rather-long-path/to/a-film.mp4', 100, terminal);
  bar.advance(50);
  bar.clear();
  bar.clear();
  expect(written).toHaveLength(2);
  expect(written[0]!.replace('\r', '').replace('\u001b[K', '').length).toBeLessThan(30);

  let files = 1;
  const changing = new ProgressBar(
    () => `${files} files`,
    () => null,
    terminal,
  );
  files = 2;
  changing.advance(50);
  expect(written.splice(2)).toEqual([expect.stringContaining('2 files')]);

  const pipe = new ProgressBar('/x', 100, { write: (text: string) => written.push(text) });
  pipe.advance(50);
  pipe.clear();
  expect(written).toHaveLength(2);
});
