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

/** The text of the line, without control sequences. @param totalBytes null when unknown */
export function progressLine(label: string, doneBytes: number, totalBytes: number | null, elapsedMs: number): string {
  const rate = `${formatBytes(elapsedMs > 0 ? (doneBytes / elapsedMs) * 1_000 : 0)}/s`;
  if (totalBytes === null) return `${label}  ${formatBytes(doneBytes)}  ${rate}`;
  const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const full = Math.round(share * BAR_CELLS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
  return `${label}  ${bar} ${Math.floor(share * 100)}%  ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}  ${rate}`;
}

export class ProgressBar {
  readonly #label: string;
  readonly #totalBytes: number | null;
  readonly #terminal: Terminal;
  readonly #startMs = performance.now();
  #doneBytes = 0;
  #drawnMs = 0;
  #isDrawn = false;

  /** @param totalBytes null when unknown */
  constructor(label: string, totalBytes: number | null, terminal: Terminal = process.stderr) {
    this.#label = printable(label, terminal);
    this.#totalBytes = totalBytes;
    this.#terminal = terminal;
  }

  /** Adds transferred bytes. */
  advance(bytes: number): void {
    this.#doneBytes += bytes;
    const nowMs = performance.now();
    if (this.#terminal.isTTY !== true || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const line = progressLine(this.#label, this.#doneBytes, this.#totalBytes, nowMs - this.#startMs);
    this.#terminal.write(`\r${cutToWidth(line, (this.#terminal.columns ?? 80) - 1)}\u001b[K`);
    this.#isDrawn = true;
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}
