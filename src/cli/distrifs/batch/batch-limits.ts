/** Limits of a batch, apart from its code, which the table of commands does not load. */

export const PARALLEL_MAX = 64;
export const DEFAULT_PARALLEL = 4;
