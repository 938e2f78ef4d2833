/** Promises that the file system did not keep, as workloads and the checks at the end find them. */
import type { Invariant } from './invariants.js';
import type { Fingerprint } from './file-content.js';
import type { FileRecord } from './ledger.js';

/** A promise that was not kept. */
export interface Broken {
  readonly invariant: Invariant;
  readonly path: string;
  readonly detail: string;
}

const BROKEN_MAX = 100;

export class BrokenGuarantees {
  readonly #broken: Broken[] = [];
  #brokenCount = 0;

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

  report(broken: Broken): void {
    this.#brokenCount += 1;
    if (this.#broken.length < BROKEN_MAX) this.#broken.push(broken);
  }

  /** Bytes came back: they must be those that were written, whatever state the file is in. Returns whether they are. */
  checkContent({ path, sha256, lengthBytes }: Omit<FileRecord, 'state'>, seen: Fingerprint): boolean {
    if (seen.lengthBytes === lengthBytes && seen.sha256 === sha256) return true;
    const detail =
      seen.lengthBytes === lengthBytes
        ? `wrong bytes: sha256 ${seen.sha256} instead of ${sha256}`
        : `${seen.lengthBytes} bytes instead of ${lengthBytes}`;
    this.report({ invariant: 'no-corruption', path, detail });
    return false;
  }

  /** "There is no such file" is a broken promise while the file is acknowledged and nobody is deleting it. */
  checkAbsence(record: FileRecord): void {
    if (record.state === 'acked') this.reportLost(record);
  }

  /** The file system says that an acknowledged file does not exist. */
  reportLost({ path }: Pick<FileRecord, 'path'>): void {
    this.report({ invariant: 'acked-files-readable', path, detail: 'acknowledged, and now there is no such file' });
  }

  /** The file system shows what it had acknowledged to be deleted. */
  reportBack(path: string): void {
    this.report({ invariant: 'deleted-stay-deleted', path, detail: 'deleted, acknowledged so, and there again' });
  }
}
