/**
 * What the file system guarantees about every file that one client writes once. Pure bookkeeping.
 *
 *            write acknowledged            rm sent            rm acknowledged
 *   (none) ─────────────────────► acked ───────────► deleting ───────────────► deleted
 *      │                                                │
 *      └─ outcome unknown ──► maybe-written             └─ outcome unknown ──► maybe-deleted
 */
import type { SeededRandom } from '../../runtime/faults/seeded-random.js';
import type { Fingerprint } from './file-content.js';

export type GuaranteeState = 'acked' | 'deleting' | 'deleted' | 'maybe-written' | 'maybe-deleted';

export interface FileRecord extends Fingerprint {
  readonly path: string;
  /** Name of the content of a file that is too large to be held in memory. */
  readonly content?: string;
  state: GuaranteeState;
}

/** Deleted and uncertain files that are remembered for the checks at the end. The oldest are forgotten first. */
const REMEMBERED_MAX = 1_000;

export class Ledger {
  readonly #acked: FileRecord[] = [];
  readonly #others: FileRecord[] = [];
  #liveBytes = 0;

  /** Bytes of acknowledged files that are not deleted. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get acked(): readonly FileRecord[] {
    return this.#acked;
  }

  /** Files that are deleted or whose state is unknown. */
  get others(): readonly FileRecord[] {
    return this.#others;
  }

  /** Records that a write was acknowledged, or failed with an unknown outcome. */
  recordWrite(written: Omit<FileRecord, 'state'>, isAcked: boolean): FileRecord {
    const record: FileRecord = { ...written, state: isAcked ? 'acked' : 'maybe-written' };
    if (!isAcked) {
      this.#remember(record);
      return record;
    }
    this.#acked.push(record);
    this.#liveBytes += record.lengthBytes;
    return record;
  }

  /** A random acknowledged file. */
  pick(random: SeededRandom): FileRecord | undefined {
    return this.#acked[random.integer(0, this.#acked.length - 1)];
  }

  /** A random acknowledged file, marked as being deleted: from now on the file may be absent. */
  takeForDeletion(random: SeededRandom): FileRecord | undefined {
    const record = this.pick(random);
    if (record !== undefined) this.take(record);
    return record;
  }

  /** Marks an acknowledged file as being deleted: from now on the file may be absent. */
  take(record: FileRecord): void {
    const index = this.#acked.indexOf(record);
    const last = this.#acked.at(-1);
    if (index < 0 || last === undefined) return;
    this.#acked[index] = last;
    this.#acked.pop();
    record.state = 'deleting';
    this.#liveBytes -= record.lengthBytes;
  }

  recordDeletion(record: FileRecord, isAcked: boolean): void {
    record.state = isAcked ? 'deleted' : 'maybe-deleted';
    this.#remember(record);
  }

  #remember(record: FileRecord): void {
    this.#others.push(record);
    if (this.#others.length > REMEMBERED_MAX) this.#others.shift();
  }
}
