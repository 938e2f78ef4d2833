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
    if (selector?.is !== undefined && role !== 'master') return false;
    // The only master leads.
    if (selector?.is === 'follower' && cluster.masters === 1) return false;
    if (asksForChunks(selector) && role !== 'datanode') return false;
    return selector?.racks?.includes(rackOf(cluster, name)) !== false;
  });
}

/** How many nodes it can match at one time. */
export function matchingNodesMax(selector: Selector | undefined, cluster: ScenarioCluster): number {
  const { length } = matchingNodes(selector, cluster);
  if (selector?.is === 'leader') return Math.min(length, 1);
  // One of all the masters leads; it may be one that the selector does not name.
  return selector?.is === 'follower' ? Math.min(length, cluster.masters - 1) : length;
}

/** Returns whether only the running cluster can determine the nodes that it selects. */
export function isLateBound(selector: Selector | undefined, cluster: ScenarioCluster): boolean {
  return selector?.states !== undefined || asksForChunks(selector) || asksForPart(selector, cluster);
}

/** Tells whether it means datanodes by the chunks that they hold or write, which changes all the time. */
export function asksForChunks(selector: Selector | undefined): boolean {
  return selector?.holds !== undefined || selector?.inPipeline !== undefined;
}

/** Tells whether it means masters by what they are in their group, which changes. */
export function asksForPart(selector: Selector | undefined, cluster: ScenarioCluster): boolean {
  return selector?.is !== undefined && cluster.masters > 1;
}
