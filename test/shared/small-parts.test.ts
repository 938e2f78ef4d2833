import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/shared/address.js';
import { crc32, crc32Portable } from '../../src/shared/crc32.js';
import { timingsOf, validateTimings } from '../../src/shared/profile.js';
import { retryDelayMs } from '../../src/shared/retry.js';

test('crc32: the check value of the zlib polynomial, the same from both implementations, also in steps', () => {
  const check = new TextEncoder().encode('123456789');
  expect(crc32(check)).toBe(0xcbf43926);
  expect(crc32Portable(check)).toBe(0xcbf43926);
  const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 31) & 0xff);
  expect(crc32(bytes)).toBe(crc32Portable(bytes));
  expect(crc32(bytes.subarray(1_000), crc32Portable(bytes.subarray(0, 1_000)))).toBe(crc32(bytes));
  expect(crc32(new Uint8Array())).toBe(0);
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
