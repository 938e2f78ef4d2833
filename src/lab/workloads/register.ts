/**
 * A file that one client writes repeatedly while all clients read it. A read must return the content that was the last acknowledged
 * one when the read began, or a newer content.
 */
import type { BrokenGuarantees } from './broken-guarantees.js';

/**
 * Older contents are remembered by number, so that a read of an old content can be distinguished from bytes that were never
 * written.
 */
const REMEMBERED_MAX = 1_000;

export class Register {
  readonly path: string;
  readonly #versions = new Map<string, number>();
  #lastVersion = 0;
  #acked = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** The last acknowledged version; 0: none. */
  get acked(): number {
    return this.#acked;
  }

  /** The next version, from 1. */
  get nextVersion(): number {
    return this.#lastVersion + 1;
  }

  /** Begins a write. @returns its version */
  begin(sha256: string): number {
    this.#lastVersion += 1;
    this.#versions.set(sha256, this.#lastVersion);
    if (this.#versions.size > REMEMBERED_MAX) this.#versions.delete([...this.#versions.keys()][0] ?? '');
    return this.#lastVersion;
  }

  /** Records that the write of a version was acknowledged: later reads must not return an older version. */
  settle(version: number): void {
    this.#acked = Math.max(this.#acked, version);
  }

  /**
   * Checks that a read returned an allowed version, and reports a broken guarantee otherwise.
   * @param ackedBefore the last acknowledged version when the read began
   */
  check(sha256: string, ackedBefore: number, broken: BrokenGuarantees): boolean {
    const version = this.#versions.get(sha256);
    if (version !== undefined && version >= ackedBefore) return true;
    const { path } = this;
    if (version === undefined)
      broken.report({ invariant: 'no-corruption', path, detail: `bytes that were never written: sha256 ${sha256}` });
    else {
      const detail = `version ${version} was read, but version ${ackedBefore} was acknowledged before the read`;
      broken.report({ invariant: 'acked-files-readable', path, detail });
    }
    return false;
  }
}
