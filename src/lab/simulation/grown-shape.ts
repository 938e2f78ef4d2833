/** The shape of a cluster with added datanodes. Pure. */
import { DfsError } from '../../shared/errors.js';
import { datanodeNames, grownBy } from '../scenario/model/scenario.js';
import type { ScenarioCluster } from '../scenario/model/scenario.js';

/**
 * @param names of the added datanodes, in any order
 * @returns the shape, and the names in order
 * @throws DfsError INVALID_ARGUMENT when the names are not the next free ones
 */
export function grownShape(
  before: ScenarioCluster,
  names: readonly string[],
): { readonly shape: ScenarioCluster; readonly added: readonly string[] } {
  const shape = grownBy(before, names.length);
  const added = datanodeNames(shape).slice(before.datanodes);
  if (added.length > 0 && added.every((name) => names.includes(name))) return { shape, added };
  const next = `the next free name is dn-${before.datanodes + 1}`;
  throw new DfsError('INVALID_ARGUMENT', `Cannot add "${names.join(', ')}": ${next}`);
}
