/** Says of a selector that matched no node what no node is. Pure. */
import type { Selector } from './scenario.js';

const PARTS = { leader: 'leads', follower: 'follows' } as const;

/**
 * `no datanode holds /a`, `no master that leads is paused`.
 * @param lacking what the matching nodes are not, where there are some; default: no node matches
 * @returns undefined where there is nothing to say
 */
export function nobodyText(selector: Selector | undefined, lacking?: string): string | undefined {
  const clauses = clausesOf(selector);
  const nobody = `no ${kindOf(selector)}${selector?.names === undefined ? '' : ` among ${selector.names.join(', ')}`}`;
  if (lacking === undefined) return clauses.length === 0 ? undefined : `${nobody} ${clauses.join(' and ')}`;
  return `${nobody}${clauses.length === 0 ? '' : ` that ${clauses.join(' and ')}`} ${lacking}`;
}

/** What every node is that the selector can match. */
function kindOf({ roles, is, holds, inPipeline }: Selector = {}): string {
  if (is !== undefined) return 'master';
  if (holds !== undefined || inPipeline !== undefined) return 'datanode';
  return roles?.length === 1 ? (roles[0] ?? 'node') : 'node';
}

function clausesOf({ is, racks, states, holds, inPipeline }: Selector = {}): string[] {
  return [
    ...(is === undefined ? [] : [PARTS[is]]),
    ...(racks === undefined ? [] : [`is in ${racks.join(' or ')}`]),
    ...(states === undefined ? [] : [`is ${states.join(' or ')}`]),
    ...(holds === undefined ? [] : [`holds ${holds}`]),
    ...(inPipeline === undefined ? [] : ['writes a chunk']),
  ];
}
