import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/shared/address.js';
import { crc32, crc32Native, crc32Portable, crc32Zlib } from '../../src/shared/crc32.js';
import { timingsOf, validateTimings } from '../../src/shared/profile.js';
import { retryDelayMs } from '../../src/shared/retry.js';

test('crc32: every implementation returns the same as the others, at any length and alignment, also in steps', () => {
  const implementations = [crc32, crc32Portable, crc32Zlib, crc32Native].filter((each) => each !== null);
  const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 31) & 0xff);
  for (const each of implementations) {
    expect(each(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(each(new Uint8Array())).toBe(0);
    for (const [from, to] of [
      [0, 1],
      [1, 17],
      [3, 4_099],
      [0, 65_536],
      [7, 70_001],
    ] as const) {
      const part = bytes.subarray(from, to);
      const cut = Math.floor(part.length / 3);
      expect(each(part)).toBe(crc32Portable(part));
      expect(each(part.subarray(cut), each(part.subarray(0, cut)))).toBe(crc32Portable(part));
    }
  }
});

test('parseAddress: host:port, brackets for IPv6', () => {
  expect(parseAddress('127.0.0.1:7000')).toEqual({ host: '127.0.0.1', port: 7000 });
  expect(parseAddress('[::1]:0')).toEqual({ host: '::1', port: 0 });
  expect(formatAddress(parseAddress('[::1]:80'))).toBe('[::1]:80');
  expect(formatAddress(parseAddress('dn-1:80'))).toBe('dn-1:80');
});

test.each(['', 'host', 'host:', ':80', 'a:b:1', 'host:65536', 'host:-1', 'ho st:1', 'http://x:1', 'user@host:1'])(
  'parseAddress: refuses %j',
  (text) => {
    expect(() => parseAddress(text)).toThrow(/is not an address/);
  },
);

test('validateTimings: both profiles hold; a dead limit below the stale one is named', () => {
  for (const name of ['fast', 'realistic'] as const) expect(() => validateTimings(timingsOf(name))).not.toThrow();
  expect(() => validateTimings({ ...timingsOf('fast'), deadAfterMs: 100 })).toThrow(/staleAfterMs .* must be below deadAfterMs/);
  expect(() => validateTimings({ ...timingsOf('fast'), retryMaxMs: Number.NaN })).toThrow(/retryMaxMs is NaN/);
});

test('retryDelayMs: doubles up to the maximum, never less than half of it', () => {
  const at = (attempt: number, draw: number) =>
    retryDelayMs(
      attempt,
      { initialMs: 100, maxMs: 1_000 },
      { uint32: () => 0, float: () => draw, bytes: () => new Uint8Array() },
    );
  expect([1, 2, 3, 4, 5, 1_000].map((attempt) => at(attempt, 0))).toEqual([50, 100, 200, 400, 500, 500]);
  expect(at(1_000, 0.999)).toBeLessThan(1_000);
});
