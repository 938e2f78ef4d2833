import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/shared/latency-histogram.js';
import { RecentLatencies } from '../../src/shared/recent-latencies.js';

const SHARES = [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
const HOUR_MS = 3_600_000;

/** The exact nearest rank. */
function exactAt(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN;
}

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of values) histogram.add(ms);
  return histogram;
}

test('LatencyHistogram: a percentile is that of the nearest rank, at most 0.1 % above it', () => {
  const micros = fc.integer({ min: 1, max: HOUR_MS * 1_000 });
  fc.assert(
    fc.property(fc.array(micros, { minLength: 1, maxLength: 200 }), (values) => {
      const latenciesMs = values.map((value) => value / 1_000);
      const histogram = histogramOf(latenciesMs);
      for (const share of SHARES) {
        const exact = exactAt(latenciesMs, share);
        const found = histogram.at(share) ?? Number.NaN;
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found).toBeLessThanOrEqual(exact * 1.001);
      }
    }),
  );
});

test('LatencyHistogram: is exact below 2 ms in whole microseconds, and the longest latency always', () => {
  const latenciesMs = Array.from({ length: 11 }, (_, index) => (index + 1) / 10);
  const histogram = histogramOf([...latenciesMs, 123.456_789]);
  expect(histogram.count).toBe(12);
  expect(histogram.at(0.5)).toBe(0.6);
  expect(histogram.at(0.9)).toBe(1.1);
  expect(histogram.at(1)).toBe(123.456_789);
});

test('LatencyHistogram: no latency at all is null, one of 0 is 0, and one above an hour is an hour', () => {
  expect(new LatencyHistogram().at(0.5)).toBeNull();
  expect(histogramOf([0, 0]).at(0.5)).toBe(0);
  const longMs = histogramOf([HOUR_MS * 5]).at(1) ?? 0;
  expect(longMs).toBeGreaterThanOrEqual(HOUR_MS);
  expect(longMs).toBeLessThanOrEqual(HOUR_MS * 1.001);
});

test('LatencyHistogram: merge adds the other one, and reset forgets everything', () => {
  const histogram = histogramOf([1, 2]);
  const other = histogramOf([3, 400]);
  histogram.merge(other);
  expect([histogram.count, histogram.at(0.5), histogram.at(1)]).toEqual([4, expect.closeTo(2, 2), 400]);
  expect(other.count).toBe(2);
  histogram.reset();
  expect([histogram.count, histogram.at(1)]).toEqual([0, null]);
  histogram.add(5);
  expect(histogram.at(1)).toBe(5);
});

test('RecentLatencies: at least the last 512 count, and none before the last 1,023', () => {
  const recent = new RecentLatencies();
  expect(recent.at(0.5)).toBe(0);
  // The longest one shows how far back they reach.
  for (let index = 0; index < 5_000; index += 1) {
    recent.add(5_000 - index);
    const reach = recent.at(1) - (5_000 - index) + 1;
    expect(reach).toBeGreaterThanOrEqual(Math.min(index + 1, 512));
    expect(reach).toBeLessThanOrEqual(1_023);
  }
});
