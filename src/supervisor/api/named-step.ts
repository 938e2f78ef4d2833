/** A step for nodes that are known by name, as it stands in a scenario file: what keys and programs hand to the queue of faults. */
import type { NetworkAction, NodeAction } from './fault.js';
import { actsOn } from './fault-table.js';

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
  return { [actsOn(action, 'node') ? 'node' : 'network']: { action, ...selector, ...figures } };
}
