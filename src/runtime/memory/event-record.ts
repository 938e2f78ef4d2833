/** What happened in a simulation: the last lines for people, and a digest of all of it for comparing two runs. */
import { createHash } from 'node:crypto';

/** Lines kept for people. */
const TRACE_LINES_MAX = 5_000;
/** Lines hashed in one go: one call a line would cost more than the hashing. */
const HASH_BATCH_LINES = 256;

/** Something that happened. */
export interface RecordedEvent {
  /** Virtual, since the start. */
  readonly timeMs: number;
  /** The machine, or `from>to`. */
  readonly place: string;
  readonly what: string;
}

export class EventRecord {
  /** Hears of everything, as it happens. */
  observer: ((event: RecordedEvent) => void) | null = null;

  readonly #hash = createHash('sha256');
  /** The last TRACE_LINES_MAX lines; a ring: line n stands at n % TRACE_LINES_MAX. */
  readonly #ring: string[] = [];
  /** Lines not yet hashed. */
  #batch: string[] = [];
  #lineCount = 0;

  /** Adds what happened `atUs` virtual microseconds after the start, at a machine or link. */
  add(atUs: number, place: string, what: string): void {
    const line = `${(atUs / 1_000).toFixed(3)} ${place} ${what}`;
    this.#ring[this.#lineCount % TRACE_LINES_MAX] = line;
    this.#lineCount++;
    this.observer?.({ timeMs: atUs / 1_000, place, what });
    if (this.#batch.push(line) === HASH_BATCH_LINES) this.#hashBatch();
  }

  /** Lines since the start. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** The last lines, oldest first. */
  lines(): string[] {
    const start = this.#lineCount > TRACE_LINES_MAX ? this.#lineCount % TRACE_LINES_MAX : 0;
    return [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
  }

  /** SHA-256 in hex over every line since the start. */
  digest(): string {
    this.#hashBatch();
    return this.#hash.copy().digest('hex');
  }

  #hashBatch(): void {
    if (this.#batch.length === 0) return;
    this.#hash.update(`${this.#batch.join('\n')}\n`);
    this.#batch = [];
  }
}
