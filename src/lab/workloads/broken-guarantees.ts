/** Promises that the file system did not keep, as workloads and the checks at the end find them. */
import type { Invariant } from './invariants.js';
import type { Fingerprint } from './file-content.js';
import type { FileRecord } from './ledger.js';

/** A broken guarantee. */
export interface Broken {
  readonly invariant: Invariant;
  readonly path: string;
  readonly detail: string;
}

const BROKEN_MAX = 100;

export class BrokenGuarantees {
  readonly #broken: Broken[] = [];
  readonly #counts = new Map<Invariant, number>();
  #brokenCount = 0;
  #isLossAllowed = false;

  /** The first BROKEN_MAX of each guarantee. */
  get broken(): readonly Broken[] {
    return this.#broken;
  }

  get brokenCount(): number {
    return this.#brokenCount;
  }

  /** True when so many guarantees are broken that further checks add nothing. */
  get isHopeless(): boolean {
    return (this.#isLossAllowed ? this.#countOf('no-corruption') : this.#brokenCount) >= BROKEN_MAX;
  }

  /** A fault may have lost data: what is lost is reported as before, but only wrong bytes make further checks pointless. */
  allowLoss(): void {
    this.#isLossAllowed = true;
  }

  /** Files may be there again that were deleted: their content is checked then. */
  get isLossAllowed(): boolean {
    return this.#isLossAllowed;
  }

  report(broken: Broken): void {
    this.#brokenCount += 1;
    const count = this.#countOf(broken.invariant);
    this.#counts.set(broken.invariant, count + 1);
    // Of each guarantee, so that many lost files do not hide a wrong one.
    if (count < BROKEN_MAX) this.#broken.push(broken);
  }

  #countOf(invariant: Invariant): number {
    return this.#counts.get(invariant) ?? 0;
  }

  /** @returns whether the bytes that were read are those that were written; required in every state of the file */
  checkContent({ path, sha256, lengthBytes }: Omit<FileRecord, 'state'>, seen: Fingerprint): boolean {
    if (seen.lengthBytes === lengthBytes && seen.sha256 === sha256) return true;
    const detail =
      seen.lengthBytes === lengthBytes
        ? `wrong bytes: sha256 ${seen.sha256} instead of ${sha256}`
        : `${seen.lengthBytes} bytes instead of ${lengthBytes}`;
    this.report({ invariant: 'no-corruption', path, detail });
    return false;
  }

  /** Reports "no such file" as a broken guarantee, if the file is acknowledged and no deletion of the file has begun. */
  checkAbsence(record: FileRecord): void {
    if (record.state === 'acked') this.reportLost(record);
  }

  /** Reports that the file system says an acknowledged file does not exist. */
  reportLost({ path }: Pick<FileRecord, 'path'>): void {
    this.report({ invariant: 'acked-files-readable', path, detail: 'acknowledged, but reported as missing' });
  }

  /** Reports that the file system shows a file whose deletion was acknowledged. */
  reportBack(path: string): void {
    this.report({ invariant: 'deleted-stay-deleted', path, detail: 'deletion acknowledged, but the file exists again' });
  }
}
