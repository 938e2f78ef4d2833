/**
 * What the file system has promised about every file of the workload, and the checks that a promise is kept. Pure bookkeeping.
 *
 *            write acknowledged            rm sent            rm acknowledged
 *   (none) ─────────────────────► acked ───────────► deleting ───────────────► deleted
 *      │                                                │
 *      └─ outcome unknown ──► maybe-written             └─ outcome unknown ──► maybe-deleted
 */
import type { SeededRandom } from '../../runtime/memory/seeded-random.js';
import { fingerprint } from './file-content.js';
import type { Invariant } from './scenario.js';

export type PromiseState = 'acked' | 'deleting' | 'deleted' | 'maybe-written' | 'maybe-deleted';

export interface FileRecord {
  readonly path: string;
  readonly sha256: string;
  readonly lengthBytes: number;
  state: PromiseState;
}

/** A promise that was not kept. */
export interface Broken {
  readonly invariant: Invariant;
  readonly path: string;
  readonly detail: string;
}

/** Deleted and uncertain files that are remembered for the checks at the end; the oldest are let go. */
const REMEMBERED_MAX = 1_000;
const BROKEN_MAX = 100;

export class Ledger {
  readonly #acked: FileRecord[] = [];
  readonly #others: FileRecord[] = [];
  readonly #broken: Broken[] = [];
  #liveBytes = 0;
  #brokenCount = 0;

  /** Bytes of acknowledged files that were not deleted. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get acked(): readonly FileRecord[] {
    return this.#acked;
  }

  /** Files that are deleted, or of which nobody knows whether they are there. */
  get others(): readonly FileRecord[] {
    return this.#others;
  }

  /** The first BROKEN_MAX of them. */
  get broken(): readonly Broken[] {
    return this.#broken;
  }

  get brokenCount(): number {
    return this.#brokenCount;
  }

  /** So much is broken that looking on tells nothing new. */
  get isHopeless(): boolean {
    return this.#brokenCount >= BROKEN_MAX;
  }

  /** A write was acknowledged, or failed in a way that leaves its outcome open. */
  recordWrite(written: Omit<FileRecord, 'state'>, isAcked: boolean): void {
    const record: FileRecord = { ...written, state: isAcked ? 'acked' : 'maybe-written' };
    if (!isAcked) {
      this.#remember(record);
      return;
    }
    this.#acked.push(record);
    this.#liveBytes += record.lengthBytes;
  }

  /** A random acknowledged file. */
  pick(random: SeededRandom): FileRecord | undefined {
    return this.#acked[random.integer(0, this.#acked.length - 1)];
  }

  /** A random acknowledged file that is about to be deleted: from now on it need not be there. */
  takeForDeletion(random: SeededRandom): FileRecord | undefined {
    const index = random.integer(0, this.#acked.length - 1);
    const record = this.#acked[index];
    const last = this.#acked.pop();
    if (record === undefined || last === undefined) return undefined;
    if (last !== record) this.#acked[index] = last;
    record.state = 'deleting';
    this.#liveBytes -= record.lengthBytes;
    return record;
  }

  recordDeletion(record: FileRecord, isAcked: boolean): void {
    record.state = isAcked ? 'deleted' : 'maybe-deleted';
    this.#remember(record);
  }

  /** Bytes came back: they must be those that were written, whatever state the file is in. Returns whether they are. */
  checkContent(record: FileRecord, content: Uint8Array): boolean {
    if (content.length === record.lengthBytes && fingerprint(content) === record.sha256) return true;
    const detail =
      content.length === record.lengthBytes
        ? `wrong bytes: sha256 ${fingerprint(content)} instead of ${record.sha256}`
        : `${content.length} bytes instead of ${record.lengthBytes}`;
    this.report({ invariant: 'no-corruption', path: record.path, detail });
    return false;
  }

  /** "There is no such file" is a broken promise while the file is acknowledged and nobody is deleting it. */
  checkAbsence(record: FileRecord): void {
    if (record.state !== 'acked') return;
    this.reportLost(record);
  }

  /** The file system says that an acknowledged file does not exist. */
  reportLost({ path }: FileRecord): void {
    this.report({ invariant: 'acked-files-readable', path, detail: 'acknowledged, and now there is no such file' });
  }

  report(broken: Broken): void {
    this.#brokenCount += 1;
    if (this.#broken.length < BROKEN_MAX) this.#broken.push(broken);
  }

  #remember(record: FileRecord): void {
    this.#others.push(record);
    if (this.#others.length > REMEMBERED_MAX) this.#others.shift();
  }
}
