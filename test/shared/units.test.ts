import { expect, test } from 'vitest';
import { DfsError } from '../../src/shared/errors.js';
import { formatBytes, parseDuration, parseSize } from '../../src/shared/units.js';

test.each([
  ['0', 0],
  ['65536', 65_536],
  ['17B', 17],
  ['64KiB', 65_536],
  ['4MiB', 4_194_304],
  ['4 MiB', 4_194_304],
  ['1GiB', 1_073_741_824],
  ['1.5GiB', 1_610_612_736],
  ['2TiB', 2_199_023_255_552],
])('parseSize reads %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', 'MiB', '4MB', '4mib', '-1', '1e3', '1.5', '0.3KiB', '9007199254740992', '1GiB extra', '0x10'])(
  'parseSize refuses %j',
  (text) => {
    expect(() => parseSize(text)).toThrow(DfsError);
    expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  },
);

test.each([
  ['250ms', 250],
  ['5s', 5_000],
  ['1.5s', 1_500],
  ['2m', 120_000],
  ['1h', 3_600_000],
])('parseDuration reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', 's', '-5s', '5sec', '5 m in'])('parseDuration refuses %j', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

test.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1 KiB'],
  [1_536, '1.5 KiB'],
  [1_048_575, '1 MiB'],
  [67_108_864, '64 MiB'],
  [1_610_612_736, '1.5 GiB'],
])('formatBytes writes %i bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
