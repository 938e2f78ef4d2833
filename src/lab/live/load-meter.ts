/** The figures of a load: everything since it began, and the rates and latencies of the last seconds. */
import { isDfsError } from '../../shared/errors.js';
import { LatencyHistogram } from '../../shared/latency-histogram.js';
import { REFUSALS } from '../workloads/attempt.js';
import type { FileClient } from '../workloads/file-client.js';

const WINDOW_SECONDS = 5;

interface Second {
  readonly startMs: number;
  operations: number;
  errors: number;
  bytes: number;
  readonly latencies: LatencyHistogram;
}

export interface LoadFigures {
  /** Answered, errors included; bytes written and read. Since the beginning. */
  readonly operations: number;
  readonly errors: number;
  readonly bytes: number;
  /** Of the last seconds. */
  readonly opsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly bytesPerSecond: number;
  /** null: nothing was answered in them. Milliseconds, of what was not an error. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export class LoadMeter {
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  /** The oldest first. */
  readonly #seconds: Second[] = [];
  /** Empty histograms of past seconds, to be used again: the garbage collector does not see how much memory they have. */
  readonly #spare: LatencyHistogram[] = [];
  readonly #recent = new LatencyHistogram();
  #operations = 0;
  #errors = 0;
  #bytes = 0;

  /** @param nowMs a monotonic clock, milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
  }

  /** An operation ended. @param bytes that it wrote or read */
  note(latencyMs: number, bytes: number, isError: boolean): void {
    const second = this.#thisSecond();
    second.operations += 1;
    second.bytes += bytes;
    this.#operations += 1;
    this.#bytes += bytes;
    if (isError) {
      second.errors += 1;
      this.#errors += 1;
    } else second.latencies.add(latencyMs);
  }

  figures(): LoadFigures {
    this.#forget();
    const nowMs = this.#nowMs();
    const fromMs = Math.max(this.#startedMs, this.#seconds[0]?.startMs ?? nowMs);
    const seconds = Math.max(1, (nowMs - fromMs) / 1_000);
    const sum = (of: (second: Second) => number): number => this.#seconds.reduce((total, second) => total + of(second), 0);
    this.#recent.reset();
    for (const { latencies } of this.#seconds) this.#recent.merge(latencies);
    return {
      operations: this.#operations,
      errors: this.#errors,
      bytes: this.#bytes,
      opsPerSecond: sum((second) => second.operations) / seconds,
      errorsPerSecond: sum((second) => second.errors) / seconds,
      bytesPerSecond: sum((second) => second.bytes) / seconds,
      p50Ms: this.#recent.at(0.5),
      p99Ms: this.#recent.at(0.99),
    };
  }

  #thisSecond(): Second {
    const nowMs = this.#nowMs();
    const startMs = nowMs - ((nowMs - this.#startedMs) % 1_000);
    const last = this.#seconds.at(-1);
    if (last !== undefined && nowMs - last.startMs < 1_000) return last;
    this.#forget();
    const latencies = this.#spare.pop() ?? new LatencyHistogram();
    const second: Second = { startMs, operations: 0, errors: 0, bytes: 0, latencies };
    this.#seconds.push(second);
    return second;
  }

  #forget(): void {
    const oldestMs = this.#nowMs() - WINDOW_SECONDS * 1_000;
    const kept = this.#seconds.findIndex(({ startMs }) => startMs >= oldestMs);
    for (const { latencies } of this.#seconds.splice(0, kept < 0 ? this.#seconds.length : kept)) {
      latencies.reset();
      this.#spare.push(latencies);
    }
  }
}

/** A client whose operations are measured. @returns one that behaves as the one given */
export function meteredClient(client: FileClient, meter: LoadMeter, nowMs: () => number): FileClient {
  const measured = async <T>(call: () => Promise<T>, bytesOf: (result: T) => number = () => 0): Promise<T> => {
    const startedMs = nowMs();
    let result: T;
    try {
      result = await call();
    } catch (error) {
      meter.note(nowMs() - startedMs, 0, !isDfsError(error, ...REFUSALS));
      throw error;
    }
    meter.note(nowMs() - startedMs, bytesOf(result), false);
    return result;
  };
  return {
    mkdir: (path) => measured(() => client.mkdir(path)),
    makeDirectory: (path) => measured(() => client.makeDirectory(path)),
    readdir: (path) => measured(() => client.readdir(path)),
    writeFile: (path, content) => {
      const { length } = content;
      return measured(
        () => client.writeFile(path, content),
        () => length,
      );
    },
    createFile: (path, content) => {
      const { length } = content;
      return measured(
        () => client.createFile(path, content),
        () => length,
      );
    },
    writeStream: (path, source) =>
      measured(
        () => client.writeStream(path, source),
        () => source.lengthBytes,
      ),
    readFile: (path) =>
      measured(
        () => client.readFile(path),
        (content) => content.length,
      ),
    readStream: (path, onPiece, range) => {
      let bytes = 0;
      const take = (piece: Uint8Array): void => {
        bytes += piece.length;
        onPiece(piece);
      };
      return measured(
        () => client.readStream(path, take, range),
        () => bytes,
      );
    },
    rename: (from, to) => measured(() => client.rename(from, to)),
    rm: (path) => measured(() => client.rm(path)),
    removeTree: (path) => measured(() => client.removeTree(path)),
    exists: (path) => measured(() => client.exists(path)),
    close: () => client.close(),
  };
}
