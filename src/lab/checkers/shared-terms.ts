/** Promise 4 looked at from who was seen to lead: at most one leader a term. Pure. */
import type { LeaderFact } from './run-facts.js';

/** Which masters led in each term. */
export function leadersByTerm(leaders: readonly LeaderFact[]): ReadonlyMap<number, ReadonlySet<string>> {
  const nodesByTerm = new Map<number, Set<string>>();
  for (const { term, node } of leaders) nodesByTerm.set(term, (nodesByTerm.get(term) ?? new Set()).add(node));
  return nodesByTerm;
}

/** Terms with more than one leader, in words; empty when the promise was kept. */
export function sharedTerms(leaders: readonly LeaderFact[]): string[] {
  return [...leadersByTerm(leaders)].flatMap(([term, nodes]) =>
    nodes.size > 1 ? [`${[...nodes].join(' and ')} led in term ${term}`] : [],
  );
}
