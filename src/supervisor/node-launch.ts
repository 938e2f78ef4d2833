/** What each node is told when it starts. Pure, but for a look whether a master's folder holds a cluster. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MIN_REPLICAS } from '../shared/limits.js';
import { timingsOf } from '../shared/profile.js';
import type { ClusterShape } from './cluster-options.js';
import type { NodeLaunch } from './host/host-orders.js';
import type { ManagedNode } from './managed-node.js';

/**
 * The launch of a node of a lab.
 * @param masters addresses of the masters
 * @param proxyUrl the fabric, as this node uses it
 */
export function nodeLaunch(node: ManagedNode, shape: ClusterShape, masters: readonly string[], proxyUrl: string): NodeLaunch {
  const common = { dataDir: node.dataDir, logFile: node.log, proxyUrl };
  const timings = timingsOf(shape.profile);
  if (node.role === 'datanode') {
    const capacity = shape.capacityBytes === null ? {} : { capacityBytes: shape.capacityBytes };
    return { ...common, config: { nodeId: node.id, listen: node.address, masters, rack: node.rack, timings, ...capacity } };
  }
  const config = {
    masterId: node.id,
    listen: node.address,
    // identity.json is the last thing that a master writes when it makes a cluster.
    init: !existsSync(join(node.dataDir, 'identity.json')),
    defaultReplication: shape.replication,
    defaultChunkSizeBytes: shape.chunkSizeBytes,
    minReplicas: DEFAULT_MIN_REPLICAS,
    timings,
  };
  return { ...common, config };
}
