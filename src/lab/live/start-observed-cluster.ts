/** The cluster of a run, which only the run itself changes: other processes may look at it over its control socket. */
import type { ClusterOptions } from '../../supervisor/api/cluster-options.js';
import { Cluster } from '../../supervisor/cluster/cluster.js';
import { ControlServer } from './control-server.js';

/** @throws DfsError as Cluster.start, and IO_ERROR when the socket cannot be opened; nothing is left running then */
export async function startObservedCluster(options: ClusterOptions): Promise<Cluster> {
  const cluster = await Cluster.start(options);
  try {
    const server = await ControlServer.start(cluster.control, cluster);
    cluster.beforeClose(() => server.close());
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
