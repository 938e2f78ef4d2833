/** One line on a terminal's standard error with the progress of a transfer. No output without a terminal. */
import { formatBytes } from '../../shared/units.js';
import { cutToWidth } from './cut-to-width.js';
import { printable } from './standard-output.js';

const BAR_CELLS = 24;
const REDRAW_MS = 100;

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** `1h 02m`, `3m 05s`, `12s`. */
function formatLeft(seconds: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60)];
  if (hours > 0) return `${hours}h ${two(minutes % 60)}m`;
  return minutes > 0 ? `${minutes}m ${two(seconds % 60)}s` : `${seconds}s`;
}

/** The text of the line, without control sequences. @param totalBytes null when unknown */
export function progressLine(label: string, doneBytes: number, totalBytes: number | null, elapsedMs: number): string {
  const bytesPerMs = elapsedMs > 0 ? doneBytes / elapsedMs : 0;
  const rate = `${formatBytes(bytesPerMs * 1_000)}/s`;
  if (totalBytes === null) return `${label}  ${formatBytes(doneBytes)}  ${rate}`;
  const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const full = Math.round(share * BAR_CELLS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
  const leftBytes = totalBytes - doneBytes;
  const left = leftBytes > 0 && bytesPerMs > 0 ? `  ${formatLeft(Math.ceil(leftBytes / bytesPerMs / 1_000))} left` : '';
  return `${label}  ${bar} ${Math.floor(share * 100)}%  ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}  ${rate}${left}`;
}

/** A value, or what it is at each moment. */
export type Changing<Value> = Value | (() => Value);

export class ProgressBar {
  readonly #label: () => string;
  readonly #totalBytes: () => number | null;
  readonly #terminal: Terminal;
  readonly #startMs = performance.now();
  #doneBytes = 0;
  #drawnMs = 0;
  #isDrawn = false;

  /** @param totalBytes null when unknown. Functions are called at each redraw */
  constructor(label: Changing<string>, totalBytes: Changing<number | null>, terminal: Terminal = process.stderr) {
    this.#label = typeof label === 'function' ? label : () => label;
    this.#totalBytes = typeof totalBytes === 'function' ? totalBytes : () => totalBytes;
    this.#terminal = terminal;
  }

  /** Adds transferred bytes. */
  advance(bytes: number): void {
    this.#doneBytes += bytes;
    const nowMs = performance.now();
    if (this.#terminal.isTTY !== true || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const label = printable(this.#label(), this.#terminal);
    const line = progressLine(label, this.#doneBytes, this.#totalBytes(), nowMs - this.#startMs);
    this.#terminal.write(`\r${cutToWidth(line, (this.#terminal.columns ?? 80) - 1)}\u001b[K`);
    this.#isDrawn = true;
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}
