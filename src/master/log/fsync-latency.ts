/** How long the last fsyncs of the log took. */

/** Of the last so many. */
const SAMPLES_MAX = 1_024;

export class FsyncLatency {
  readonly #samplesMs = new Float64Array(SAMPLES_MAX);
  #count = 0;

  add(latencyMs: number): void {
    this.#samplesMs[this.#count % SAMPLES_MAX] = latencyMs;
    this.#count += 1;
  }

  /** @param fraction 0..1; 0.99: all but one in a hundred were as quick. @returns milliseconds, 0 when there was none yet */
  percentileMs(fraction: number): number {
    const sorted = this.#samplesMs.slice(0, Math.min(this.#count, SAMPLES_MAX)).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? 0;
  }
}
