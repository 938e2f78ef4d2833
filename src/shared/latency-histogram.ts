/** Latencies counted in a histogram of bounded size, for their percentiles. */
import { createHistogram } from 'node:perf_hooks';

const MICROSECONDS = 1_000;
/** Longer latencies count as this latency. */
const LATENCY_MS_MAX = 3_600_000;
/** Significant digits of the counted latencies. With three digits a histogram has at most 188 KiB. */
const FIGURES = 3;

/**
 * An HDR histogram (Gil Tene), as implemented by Node. The histogram counts whole microseconds: a shorter latency counts as one
 * microsecond. A percentile is the nearest rank, up to 0.1 % above the exact value, and never above the longest latency.
 */
export class LatencyHistogram {
  readonly #histogram = createHistogram({ lowest: 1, highest: LATENCY_MS_MAX * MICROSECONDS, figures: FIGURES });
  #longestMs = 0;

  get count(): number {
    return this.#histogram.count;
  }

  /** @param ms >= 0, with fractions */
  add(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(Math.min(ms, LATENCY_MS_MAX) * MICROSECONDS)));
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** Adds all latencies of another histogram. */
  merge(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
    this.#longestMs = Math.max(this.#longestMs, other.#longestMs);
  }

  reset(): void {
    this.#histogram.reset();
    this.#longestMs = 0;
  }

  /**
   * The latency that a share of all latencies does not exceed.
   * @param share 0 <= share <= 1
   * @returns milliseconds; null before the first latency
   */
  at(share: number): number | null {
    if (this.count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.count));
    // The value lies between two ranks, so that rounding in the library cannot lead to another rank.
    const percent = ((rank - 0.25) / this.count) * 100;
    return Math.min(this.#histogram.percentile(percent) / MICROSECONDS, this.#longestMs);
  }
}
