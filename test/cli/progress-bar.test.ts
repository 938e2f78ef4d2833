import { expect, test } from 'vitest';
import { ProgressBar, progressLine } from '../../src/cli/terminal/progress-bar.js';
import { MIB } from '../../src/shared/limits.js';

test('progressLine: share, sizes and rate; no bar when the length is unknown', () => {
  expect(progressLine('/film', 32 * MIB, 64 * MIB, 2_000)).toBe(
    '/film  ████████████░░░░░░░░░░░░ 50%  32 MiB of 64 MiB  16 MiB/s',
  );
  expect(progressLine('/film', 0, 0, 0)).toContain('100%');
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

  const pipe = new ProgressBar('/x', 100, { write: (text: string) => written.push(text) });
  pipe.advance(50);
  pipe.clear();
  expect(written).toHaveLength(2);
});
