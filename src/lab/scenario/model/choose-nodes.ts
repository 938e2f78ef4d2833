/** How a step chooses nodes among candidates: so many as its mode says, by seeded chance. Pure. */
import type { SeededRandom } from '../../../runtime/faults/seeded-random.js';
import { pickSome } from '../../../shared/choices.js';
import type { FaultSpec } from '../../../supervisor/api/fault.js';
import { SHAPE_NODES_MIN } from '../../../supervisor/network/link-rules.js';
import type { Mode, Step } from './scenario.js';
import type { Shortfall } from './shortfall.js';

/** How many of the candidates a mode takes. */
export function countOf(mode: Mode, candidates: number): number {
  switch (mode.kind) {
    case 'one':
      return 1;
    case 'all':
      return candidates;
    case 'fixed':
      return mode.count;
    case 'percent':
      return Math.ceil((candidates * mode.percent) / 100);
    case 'minority':
      return Math.max(0, Math.floor((candidates - 1) / 2));
    case 'majority':
      return Math.floor(candidates / 2) + 1;
  }
}

/** How many nodes a fault needs to be what it says: more than one for most shapes of partitions. */
export function nodesMin(fault: FaultSpec): number {
  return 'shape' in fault ? SHAPE_NODES_MIN[fault.shape ?? 'group'] : 1;
}

/**
 * Chooses among candidates as a step wants it; `shortfall` where there are too few.
 * @param nobody why no node matches, where there is no candidate and the reason is known
 */
export function chooseNodes(
  step: Step,
  candidates: readonly string[],
  random: SeededRandom,
  nobody?: string,
): { readonly nodes: string[]; readonly shortfall?: Shortfall } {
  const { fault, mode } = step;
  const wanted = countOf(mode, candidates.length);
  const nodes = pickSome(random, candidates, wanted);
  const least = nodesMin(fault);
  if (nodes.length < least && least > 1) {
    return { nodes: [], shortfall: { kind: 'shape', least, found: nodes.length } };
  }
  if (nodes.length > 0 && nodes.length >= wanted) return { nodes };
  if (candidates.length === 0 && nobody !== undefined) return { nodes, shortfall: { kind: 'nobody', who: nobody } };
  return { nodes, shortfall: { kind: 'mode', mode, found: candidates.length } };
}

/** The nodes that a step names and that are no candidates, where it asks for all of the named nodes or for a part of them. */
export function unmetNames({ selector, mode }: Step, candidates: readonly string[]): { readonly unmet?: readonly string[] } {
  if (mode.kind === 'one' || mode.kind === 'fixed') return {};
  const unmet = (selector?.names ?? []).filter((name) => !candidates.includes(name));
  return unmet.length === 0 ? {} : { unmet };
}

/** The shortfall of a step whose links have no node on the other side. */
export function aloneness(nodes: readonly string[], targets: readonly string[] | undefined): Shortfall | undefined {
  const isAlone = targets?.some((name) => nodes.some((node) => node !== name)) === false;
  return isAlone ? { kind: 'alone' } : undefined;
}
