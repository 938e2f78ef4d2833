/** A step for nodes that are known by name, as it stands in a scenario file: what keys and programs hand to the queue of faults. */
import { NODE_ACTIONS } from './fault.js';
import type { NetworkAction, NodeAction } from './fault.js';

const isOnNodes = (action: NodeAction | NetworkAction): action is NodeAction => NODE_ACTIONS.some((known) => known === action);

/**
 * @param names empty: every node, for a heal
 * @param figures of the fault: `{ delay: '50ms' }`
 */
export function namedStep(
  action: NodeAction | NetworkAction,
  names: readonly string[],
  figures: Readonly<Record<string, string>> = {},
): object {
  const selector = names.length === 0 ? {} : { selector: { name: names } };
  return { [isOnNodes(action) ? 'node' : 'network']: { action, ...selector, ...figures } };
}
