/** A segment of the commit journal, as the running node knows it: what still needs its file. */

export class JournalSegment {
  readonly name: string;
  /** Of the monotonic clock. */
  readonly bornMs: number;
  /** Durable bytes; where the next record goes. */
  sizeBytes = 0;
  /** Its part of the journal's limit. */
  chargedBytes = 0;
  /** Versions of chunks, by uuid, that are in place and whose files are not fsynced. */
  readonly unsynced = new Map<string, number>();
  /** Chunks with a record here that is not void. */
  readonly held = new Set<string>();
  #users = 0;
  /** Those who wait until nothing uses the segment. */
  #waiting: (() => void)[] = [];

  constructor(name: string, bornMs: number) {
    this.name = name;
    this.bornMs = bornMs;
  }

  /** The segment stays until as many `leave` calls have been made. */
  enter(count = 1): void {
    this.#users += count;
  }

  leave(count = 1): void {
    this.#users -= count;
    if (this.#users > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves when nothing uses the segment. Any number may wait. */
  async idle(): Promise<void> {
    while (this.#users > 0) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }
}
