/** The copies that datanodes have named in their last heartbeats: under way by command of this leader, of an earlier one, or given up. */
import type { CopyProgress__Output } from '../../protocol/generated/distrifs/v1/CopyProgress.js';

export class ListedCopies {
  /** By source; of those that name any. */
  readonly #bySource = new Map<string, readonly CopyProgress__Output[]>();

  /** What a source names in a heartbeat takes the place of what it named before. */
  put(source: string, copies: readonly CopyProgress__Output[]): void {
    if (copies.length === 0) this.#bySource.delete(source);
    else this.#bySource.set(source, copies);
  }

  /** Tells whether some source copies the chunk, by whosever command. */
  hasChunk(chunkId: number): boolean {
    for (const copies of this.#bySource.values()) if (copies.some((copy) => copy.chunkId === chunkId)) return true;
    return false;
  }

  has(source: string, term: number, commandId: number): boolean {
    return this.#bySource.get(source)?.some((copy) => copy.term === term && copy.commandId === commandId) === true;
  }

  /** A copy has ended since it was named. */
  ended(source: string, term: number, commandId: number): void {
    const copies = this.#bySource.get(source) ?? [];
    this.put(
      source,
      copies.filter((copy) => copy.term !== term || copy.commandId !== commandId),
    );
  }

  forgetSource(source: string): void {
    this.#bySource.delete(source);
  }
}
