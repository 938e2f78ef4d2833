/** The arithmetic of majorities. Source: etcd `quorum/majority.go`. */

/** How many of `voters` members are a majority. */
export const majorityOf = (voters: number): number => Math.floor(voters / 2) + 1;

/** The largest value that a majority has reached; 0 without voters. */
export function majorityValue(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const descending = values.toSorted((a, b) => b - a);
  return descending[majorityOf(values.length) - 1] ?? 0;
}

/** What an election has come to. */
export function tally(voterIds: readonly string[], votes: ReadonlyMap<string, boolean>): 'won' | 'lost' | 'open' {
  let granted = 0;
  let refused = 0;
  for (const id of voterIds) {
    const vote = votes.get(id);
    if (vote === true) granted += 1;
    else if (vote === false) refused += 1;
  }
  const needed = majorityOf(voterIds.length);
  if (voterIds.length > 0 && granted >= needed) return 'won';
  return refused > voterIds.length - needed ? 'lost' : 'open';
}
