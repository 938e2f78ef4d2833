/** What lies on the datanodes' disks, judged without their help: for faults that must leave good copies, and for the final look. */
import type { MachineDisk } from '../../src/runtime/memory/machine-disk.js';
import * as disks from '../../src/supervisor/faults/good-copies.js';
import type { GoodCopy } from '../../src/supervisor/faults/good-copies.js';
import type { SimCluster } from './sim-cluster.js';

const disksOf = (cluster: SimCluster): Map<string, MachineDisk> =>
  new Map(cluster.datanodeIds.map((nodeId) => [nodeId, cluster.sim.machine(nodeId).disk]));

/** Good copies of the newest version that any disk holds, by chunk. */
export const goodCopies = (cluster: SimCluster): Map<string, GoodCopy[]> => disks.goodCopies(disksOf(cluster));

/** Chunks in quarantine that were good: data and meta of one removal that fit each other. */
export const wronglyQuarantined = (cluster: SimCluster): string[] => disks.wronglyQuarantined(disksOf(cluster));
