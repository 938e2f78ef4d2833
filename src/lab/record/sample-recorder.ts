/** Samples a cluster of processes or threads at intervals, and records what a report draws: node states, chunks, traffic. */
import type { LinkCounters } from '../../supervisor/network/link-counters.js';
import type { RunClock } from '../workloads/run-clock.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import { eventSample, flowSample, statusSample } from './run-samples.js';
import type { Sample } from './run-samples.js';

/** Interval between two readings of the link counters. */
const FLOW_INTERVAL_MS = 250;
/** The node states are read once for this many readings of the link counters. */
const FLOWS_A_STATUS = 2;
/** After this many readings the interval doubles, so that the file of a run of hours stays readable. */
const LOOKS_AN_INTERVAL = 4_000;

/** A cluster whose fabric counts the bytes that cross its links. */
interface CountedLinks {
  linkCounters(): Promise<readonly LinkCounters[]>;
}

const hasCounters = (control: object): control is CountedLinks => 'linkCounters' in control;

export class SampleRecorder {
  readonly #control: ClusterControl;
  readonly #clock: RunClock;
  readonly #write: (sample: Sample) => void;
  readonly #stopping = new AbortController();
  readonly #unsubscribe: () => void;
  #bytes: ReadonlyMap<string, number> = new Map();
  #flowsSinceMs: number;

  /** Starts at once. @param write is not called after `stop` */
  constructor(control: ClusterControl, clock: RunClock, write: (sample: Sample) => void) {
    this.#control = control;
    this.#clock = clock;
    this.#write = write;
    this.#flowsSinceMs = clock.nowMs();
    this.#unsubscribe = control.onEvent((event) => {
      const sample = eventSample(event, this.#nowMs());
      if (sample !== null) this.#put(sample);
    });
    void this.#look();
  }

  /** Safe to call twice. */
  stop(): void {
    this.#stopping.abort();
    this.#unsubscribe();
  }

  /** Takes samples until stopped. Never rejects: a reading that fails is skipped. */
  async #look(): Promise<void> {
    const { signal } = this.#stopping;
    for (let looks = 0; !signal.aborted; looks += 1) {
      if (looks % FLOWS_A_STATUS === 0) await this.#lookAtNodes().catch(() => undefined);
      await this.#lookAtLinks().catch(() => undefined);
      const intervalMs = FLOW_INTERVAL_MS * 2 ** Math.floor(looks / LOOKS_AN_INTERVAL);
      await this.#clock.sleep(intervalMs, signal).catch(() => undefined);
    }
  }

  async #lookAtNodes(): Promise<void> {
    const status = await this.#control.status();
    this.#put(statusSample(status, this.#nowMs()));
  }

  async #lookAtLinks(): Promise<void> {
    if (!hasCounters(this.#control)) return;
    const counters = await this.#control.linkCounters();
    const nowMs = this.#nowMs();
    const sample = flowSample(this.#bytes, counters, this.#flowsSinceMs, nowMs);
    this.#bytes = new Map(counters.map(({ source, target, bytes }) => [`${source} ${target}`, bytes]));
    this.#flowsSinceMs = nowMs;
    if (sample !== null) this.#put(sample);
  }

  #nowMs(): number {
    return Math.round(this.#clock.nowMs() * 1_000) / 1_000;
  }

  #put(sample: Sample): void {
    if (!this.#stopping.signal.aborted) this.#write(sample);
  }
}
