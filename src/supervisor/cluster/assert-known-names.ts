/** The names that an action on nodes may be given. */
import { DfsError } from '../../shared/errors.js';
import type { FaultAction } from '../api/fault.js';

/**
 * @param given the names of the request
 * @param known the nodes of the cluster
 * @throws DfsError INVALID_ARGUMENT where none is named, or one that the cluster does not have
 */
export function assertKnownNames(action: FaultAction, given: readonly string[], known: readonly string[]): void {
  const names = known.join(', ');
  if (given.length === 0) throw new DfsError('INVALID_ARGUMENT', `Cannot ${action}: name a node (nodes are ${names})`);
  const unknown = given.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} unknown node "${unknown}": nodes are ${names}`);
}
