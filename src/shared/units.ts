/** Sizes and durations as text (`4MiB`, `250ms`), for command lines and scenarios. */
import { DfsError } from './errors.js';
import { GIB, KIB, MIB } from './limits.js';

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KiB', KIB],
  ['MiB', MIB],
  ['GiB', GIB],
  ['TiB', KIB * GIB],
]);

const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Splits a text into number and unit. Returns null when the text is not a number followed by letters. */
function split(text: string): { readonly amount: number; readonly unit: string } | null {
  const match = /^(\d{1,16}(?:\.\d{1,9})?) ?([A-Za-z]*)$/.exec(text);
  return match === null ? null : { amount: Number(match[1]), unit: match[2] ?? '' };
}

/**
 * Reads a size: a number of bytes (`65536`), or a number with a binary unit (`64KiB`, `4MiB`, `1.5GiB`).
 * @returns bytes, a whole number
 * @throws DfsError INVALID_ARGUMENT
 */
export function parseSize(text: string): number {
  const parts = split(text);
  const factor = parts === null ? undefined : SIZE_UNITS.get(parts.unit);
  if (parts === null || factor === undefined) {
    throw new DfsError(
      'INVALID_ARGUMENT',
      `"${text}" is not a size: write bytes, or a number with KiB, MiB, GiB or TiB, as in 64MiB`,
    );
  }
  const bytes = parts.amount * factor;
  if (!Number.isSafeInteger(bytes))
    throw new DfsError('INVALID_ARGUMENT', `The size "${text}" is not a whole number of bytes below 2^53`);
  return bytes;
}

/**
 * Reads a duration: a number with `ms`, `s`, `m` or `h` (`250ms`, `1.5s`).
 * @returns milliseconds
 * @throws DfsError INVALID_ARGUMENT
 */
export function parseDuration(text: string): number {
  const parts = split(text);
  const factor = parts === null ? undefined : DURATION_UNITS.get(parts.unit);
  if (parts === null || factor === undefined) {
    throw new DfsError('INVALID_ARGUMENT', `"${text}" is not a duration: write a number with ms, s, m or h, as in 250ms or 5s`);
  }
  const ms = parts.amount * factor;
  if (!(ms <= Number.MAX_SAFE_INTEGER)) throw new DfsError('INVALID_ARGUMENT', `The duration "${text}" is too long`);
  return ms;
}

const SHOWN_UNITS: readonly (readonly [string, number])[] = [
  ['TiB', KIB * GIB],
  ['GiB', GIB],
  ['MiB', MIB],
  ['KiB', KIB],
];

/**
 * Formats a size for display: `0 B`, `1023 B`, `1.5 KiB`, `64 MiB`. At most one decimal.
 * @param bytes >= 0
 */
export function formatBytes(bytes: number): string {
  for (const [unit, factor] of SHOWN_UNITS) {
    // Just below a unit, the rounded figure would read "1024 KiB": the next unit is used from there on.
    if (bytes >= factor * 0.99995) return `${Math.round((bytes / factor) * 10) / 10} ${unit}`;
  }
  return `${Math.round(bytes)} B`;
}
