/** Guarantee 4, by the observed leaders: at most one leader in a term. Pure. */
import type { LeaderFact } from './run-facts.js';

/** The masters that led, by term. */
export function leadersByTerm(leaders: readonly LeaderFact[]): ReadonlyMap<number, ReadonlySet<string>> {
  const nodesByTerm = new Map<number, Set<string>>();
  for (const { term, node } of leaders) nodesByTerm.set(term, (nodesByTerm.get(term) ?? new Set()).add(node));
  return nodesByTerm;
}

/** Terms with more than one leader, as text; empty when the guarantee holds. */
export function sharedTerms(leaders: readonly LeaderFact[]): string[] {
  return [...leadersByTerm(leaders)].flatMap(([term, nodes]) =>
    nodes.size > 1 ? [`${[...nodes].join(' and ')} led in term ${term}`] : [],
  );
}
