/**
 * A file that one client writes again and again while all read it: a read must bring what was acknowledged last when it began, or
 * something newer.
 */
import type { BrokenGuarantees } from './broken-guarantees.js';

/** Older contents are remembered by number, so that a read of one can be told from bytes that nobody wrote. */
const REMEMBERED_MAX = 1_000;

export class Register {
  readonly path: string;
  readonly #versions = new Map<string, number>();
  #lastVersion = 0;
  #acked = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** The version that was acknowledged last; 0: none. */
  get acked(): number {
    return this.#acked;
  }

  /** The next version, from 1. */
  get nextVersion(): number {
    return this.#lastVersion + 1;
  }

  /** A write begins. @returns its version */
  begin(sha256: string): number {
    this.#lastVersion += 1;
    this.#versions.set(sha256, this.#lastVersion);
    if (this.#versions.size > REMEMBERED_MAX) this.#versions.delete([...this.#versions.keys()][0] ?? '');
    return this.#lastVersion;
  }

  /** The write of a version was acknowledged: from now on nothing older may be seen. */
  settle(version: number): void {
    this.#acked = Math.max(this.#acked, version);
  }

  /**
   * Whether a read brought what it had to; otherwise that is reported.
   * @param ackedBefore the version that was acknowledged last when the read began
   */
  check(sha256: string, ackedBefore: number, promises: BrokenGuarantees): boolean {
    const version = this.#versions.get(sha256);
    if (version !== undefined && version >= ackedBefore) return true;
    const { path } = this;
    if (version === undefined)
      promises.report({ invariant: 'no-corruption', path, detail: `bytes that nobody wrote: sha256 ${sha256}` });
    else {
      const detail = `version ${version} was read, and version ${ackedBefore} had been acknowledged before`;
      promises.report({ invariant: 'acked-files-readable', path, detail });
    }
    return false;
  }
}
