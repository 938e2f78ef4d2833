/** What every run checks, whether its scenario names it or not. */
export const INVARIANTS = [
  'acked-files-readable',
  'no-corruption',
  'deleted-stay-deleted',
  'one-leader-per-term',
  'masters-agree',
] as const;
export type Invariant = (typeof INVARIANTS)[number];
