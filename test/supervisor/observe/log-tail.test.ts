import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogTail } from '../../../src/supervisor/observe/log-tail.js';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'log-tail-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const line = (level: string, msg: string): string => `${JSON.stringify({ level, msg })}\n`;

test('LogTail tells new warnings and errors, and nothing else', () => {
  const file = join(dir, 'node.log');
  writeFileSync(file, line('warn', 'of an earlier life'));
  const tail = new LogTail(file);
  appendFileSync(file, `${line('info', 'a')}${line('warn', 'b')}Error: not JSON\n${line('error', 'c')}{"level":"warn"\n`);
  expect(tail.read()).toEqual([
    { level: 'warn', message: 'b' },
    { level: 'error', message: 'c' },
  ]);
  expect(tail.read()).toEqual([]);
});

test('LogTail waits for the rest of a line', () => {
  const file = join(dir, 'node.log');
  const tail = new LogTail(file);
  expect(tail.read()).toEqual([]);
  const text = line('warn', 'in two parts');
  writeFileSync(file, text.slice(0, 15));
  expect(tail.read()).toEqual([]);
  appendFileSync(file, text.slice(15));
  expect(tail.read()).toEqual([{ level: 'warn', message: 'in two parts' }]);
});

test('LogTail skips to the latest lines of a flood', () => {
  const file = join(dir, 'node.log');
  const tail = new LogTail(file);
  writeFileSync(file, Array.from({ length: 20_000 }, (_, index) => line('error', `line ${index}`)).join(''));
  const lines = tail.read();
  expect(lines).toHaveLength(20);
  expect(lines.at(-1)?.message).toBe('line 19999');
});
