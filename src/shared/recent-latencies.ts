/** Percentiles of the recent latencies of an endless series, in bounded memory. */
import { LatencyHistogram } from './latency-histogram.js';

/** The least number of latencies that count as recent. */
const RECENT_COUNT_MIN = 512;

/**
 * Every latency is recorded in two histograms; percentiles come from the older one. When the newer histogram has enough latencies,
 * it replaces the older one, and a new histogram begins. Thus the last 512 to 1,023 latencies count, independent of time.
 */
export class RecentLatencies {
  #older = new LatencyHistogram();
  #newer = new LatencyHistogram();

  /** @param ms >= 0, with fractions */
  add(ms: number): void {
    this.#older.add(ms);
    this.#newer.add(ms);
    if (this.#newer.count < RECENT_COUNT_MIN) return;
    [this.#older, this.#newer] = [this.#newer, this.#older];
    this.#newer.reset();
  }

  /**
   * The latency that a share of the recent ones does not exceed.
   * @param share 0 <= share <= 1
   * @returns milliseconds; 0 before the first latency
   */
  at(share: number): number {
    return this.#older.at(share) ?? 0;
  }
}
