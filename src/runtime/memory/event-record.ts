/** The record of a simulation: its last lines as text, and a digest of all lines for comparing two runs. */
import { createHash } from 'node:crypto';

/** Number of lines kept as text. */
const TRACE_LINES_MAX = 5_000;
/** Number of lines that are hashed, and kept, as one block: one call for each line would cost more than the hashing. */
const BLOCK_LINES = 256;
const BLOCKS_MAX = Math.ceil(TRACE_LINES_MAX / BLOCK_LINES);

/** '.000' to '.999', precomputed because formatting the time would be the largest cost of a line. */
const FRACTIONS = Array.from({ length: 1_000 }, (_, micros) => `.${String(micros).padStart(3, '0')}`);

/** An event of the simulation. */
export interface RecordedEvent {
  /** Virtual time since the start. */
  readonly timeMs: number;
  /** The machine, or `from>to`. */
  readonly place: string;
  readonly what: string;
  /** For the arrival of a message: when the message was sent. */
  readonly sentMs?: number;
}

export class EventRecord {
  /** Receives every event as it happens. */
  observer: ((event: RecordedEvent) => void) | null = null;

  readonly #hash = createHash('sha256');
  /** The last blocks of lines, each one flat string with a line feed after every line: cheap for the garbage collector. */
  readonly #blocks: string[] = [];
  /** Lines not yet hashed. Invariant: fewer than BLOCK_LINES between two calls. */
  #open: string[] = [];
  #lineCount = 0;

  /**
   * Adds an event at `atUs` whole virtual microseconds after the start, at a machine or link.
   * @param sentUs for a message: when it was sent; passed to the observer only
   */
  add(atUs: number, place: string, what: string, sentUs?: number): void {
    this.#lineCount++;
    const fraction = FRACTIONS[atUs % 1_000] ?? '';
    this.observer?.({ timeMs: atUs / 1_000, place, what, ...(sentUs === undefined ? {} : { sentMs: sentUs / 1_000 }) });
    if (this.#open.push(`${Math.floor(atUs / 1_000)}${fraction} ${place} ${what}`) === BLOCK_LINES) this.#closeBlock();
  }

  /** Number of lines since the start. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** The last lines, oldest first. */
  lines(): string[] {
    const closed = this.#blocks.flatMap((block) => block.slice(0, -1).split('\n'));
    return [...closed, ...this.#open].slice(-TRACE_LINES_MAX);
  }

  /** SHA-256 in hex over every line since the start. */
  digest(): string {
    const open = this.#open.map((line) => `${line}\n`).join('');
    return this.#hash.copy().update(open).digest('hex');
  }

  #closeBlock(): void {
    const block = `${this.#open.join('\n')}\n`;
    this.#open = [];
    this.#hash.update(block);
    this.#blocks.push(block);
    if (this.#blocks.length > BLOCKS_MAX) this.#blocks.shift();
  }
}
