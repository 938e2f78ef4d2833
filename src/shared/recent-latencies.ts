/** Percentiles of the recent latencies of a series without an end, in bounded memory. */
import { LatencyHistogram } from './latency-histogram.js';

/** Latencies that are recent at least. */
const RECENT_COUNT_MIN = 512;

/**
 * Every latency goes into two histograms, of which the older one answers. Once the newer one has enough, it becomes the older one,
 * and the other begins again: so the last 512 to 1,023 latencies count, however much time they took.
 */
export class RecentLatencies {
  #older = new LatencyHistogram();
  #newer = new LatencyHistogram();

  /** @param ms 0 <= ms, with fractions */
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
   * @returns milliseconds; 0 while there is none
   */
  at(share: number): number {
    return this.#older.at(share) ?? 0;
  }
}
