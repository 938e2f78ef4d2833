/** One of several runs of the same file. */
export interface Repetition {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** The seed that the others were derived from. */
  readonly firstSeed: number;
}
