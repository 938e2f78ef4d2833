/** Which nodes a selector means. */
import { datanodeNames, nodeNames, rackOf } from './scenario.js';
import type { ScenarioCluster, Selector } from './scenario.js';

/** The nodes that a selector can ever match: its names, roles, racks and parts, whatever their state. In the order of the cluster. */
export function matchingNodes(selector: Selector | undefined, cluster: ScenarioCluster): string[] {
  const datanodes = new Set(datanodeNames(cluster));
  return nodeNames(cluster).filter((name) => {
    const role = datanodes.has(name) ? 'datanode' : 'master';
    if (selector?.names?.includes(name) === false) return false;
    if (selector?.roles?.includes(role) === false) return false;
    // The only master leads.
    if (selector?.is !== undefined && (role !== 'master' || selector.is !== 'leader')) return false;
    if ((selector?.holds !== undefined || selector?.inPipeline !== undefined) && role !== 'datanode') return false;
    return selector?.racks?.includes(rackOf(cluster, name)) !== false;
  });
}

/** Tells whether only the running cluster can say whom it means. */
export function isLateBound(selector: Selector | undefined): boolean {
  return selector?.holds !== undefined || selector?.inPipeline !== undefined;
}
