/** Throughput and latencies of a run, in bins of at least one second. Pure. */
import { LatencyHistogram } from '../../shared/latency-histogram.js';
import type { Operation } from '../history/operation.js';
import { fateOf } from './operation-fate.js';
import type { RateBin, ReportRates } from './report-model.js';

const BINS_MAX = 900;
const BIN_MS_MIN = 1_000;

interface OpenBin {
  ok: number;
  fail: number;
  unknown: number;
  answered: number;
  bytes: number;
  readonly latenciesMs: number[];
}

/** @param histogram work space; its content is replaced */
function closed({ latenciesMs, ...counts }: OpenBin, histogram: LatencyHistogram): RateBin {
  histogram.reset();
  for (const ms of latenciesMs) histogram.add(ms);
  const at = (share: number): number | null => {
    const ms = histogram.at(share);
    return ms === null ? null : Math.round(ms * 100) / 100;
  };
  return { ...counts, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

/** Counts operations at their end, or at their start when they did not end. Latencies are those of acknowledged operations. */
export function rateBins(
  history: readonly Operation[],
  timeOf: (runMs: number) => number,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): ReportRates {
  const seconds = Math.max(1, Math.ceil((toMs - fromMs) / BIN_MS_MIN));
  const binMs = BIN_MS_MIN * Math.ceil(seconds / BINS_MAX);
  // Bins start at multiples of their length, so that a bin of one second is a second of the run's time.
  const firstMs = Math.floor(fromMs / binMs) * binMs;
  const count = Math.max(1, Math.ceil((toMs - firstMs) / binMs));
  const bins = Array.from({ length: count }, (): OpenBin => ({
    ok: 0,
    fail: 0,
    unknown: 0,
    answered: 0,
    bytes: 0,
    latenciesMs: [],
  }));
  for (const operation of history) {
    const { invokedMs, completedMs, outcome, lengthBytes = 0 } = operation;
    const index = Math.floor((timeOf(completedMs ?? invokedMs) - firstMs) / binMs);
    const bin = bins[Math.min(Math.max(index, 0), count - 1)];
    if (bin === undefined) continue;
    bin[fateOf(operation)] += 1;
    if (outcome !== 'ok' || completedMs === null) continue;
    bin.bytes += lengthBytes;
    bin.latenciesMs.push(completedMs - invokedMs);
  }
  const histogram = new LatencyHistogram();
  return { fromMs: firstMs, binMs, bins: bins.map((bin) => closed(bin, histogram)) };
}
