/** Values as short text for narrow columns. */
import { UNPRINTABLE } from '../../shared/unprintable.js';
import { messageOf } from '../../shared/error-text.js';

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/**
 * Bytes in at most 5 characters, with units of 1024: `0B`, `999B`, `64K`, `12.3M`, `1023M`, `1.2G`.
 * @param bytes >= 0
 */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.5 would be rounded to 1024, which belongs to the next unit.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const rounded = Math.round(value * 10) / 10;
  const digits = unit === 0 || rounded >= 100 || Number.isInteger(rounded) ? value.toFixed(0) : value.toFixed(1);
  return `${digits}${UNITS[unit] ?? ''}`;
}

/** Wall time of day, `HH:MM:SS`, in the local time zone. */
export function formatTimeOfDay(unixMs: number): string {
  const date = new Date(unixMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Time that is left, in at most 6 characters: `0.4s`, `59s`, `12m`, `3h`. @param ms >= 0 */
export function formatLeft(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)}s`;
  if (ms < 90_000) return `${Math.round(ms / 1_000)}s`;
  return ms < 90 * 60_000 ? `${Math.round(ms / 60_000)}m` : `${Math.round(ms / 3_600_000)}h`;
}

/**
 * Text from outside (file names, log messages, errors) as one line that is safe to show: it cannot steer the terminal.
 */
export function printable(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .normalize('NFC')
    .replace(UNPRINTABLE, '\u{fffd}');
}

/** `1 chunk`, `2 chunks`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What was thrown, as one line. */
export function errorLine(error: unknown): string {
  return printable(messageOf(error));
}
