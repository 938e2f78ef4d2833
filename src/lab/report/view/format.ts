/** Formats figures. */

/** `12.3 ms`, `1.204 s`. */
export function durationText(ms: number): string {
  if (ms < 1) return `${(ms * 1_000).toFixed(0)} µs`;
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 3 : 1)} s`;
}

/** A time of the run, as text. */
export const timeText = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

/** Marks of an axis at round times, about as many as requested. */
export function ticks(fromMs: number, toMs: number, about: number): number[] {
  const stepMs = roundStep((toMs - fromMs) / Math.max(1, about));
  const first = Math.ceil(fromMs / stepMs);
  const count = Math.max(0, Math.floor(toMs / stepMs) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * stepMs);
}

/** The next of 1, 2, 5 times a power of ten. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(atLeast, 1e-6)));
  return ([1, 2, 5].find((factor) => factor * power >= atLeast * 0.999) ?? 10) * power;
}

/** The text of a mark, with as many decimals as the step needs. */
export function tickText(ms: number, stepMs: number): string {
  const decimals = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(stepMs) + 1e-9)));
  return `${(ms / 1_000).toFixed(decimals)} s`;
}

/** A short figure: `950`, `1.2k`. */
export const countText = (count: number): string => (count < 1_000 ? String(count) : `${(count / 1_000).toFixed(1)}k`);
