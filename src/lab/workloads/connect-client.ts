/** Connects a workload client to a running cluster: the SDK in this process, with a network identity of its own. */
import { join } from 'node:path';
import { connectClient } from '../../client/index.js';
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import { createNodeRuntime } from '../../runtime/node/index.js';
import { createLogger } from '../../runtime/node/pino-logger.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { FileClient } from './file-client.js';
import { sdkFileClient } from './sdk-file-client.js';

/**
 * @param identity a node of the fabric: `client-1` …; partitions cut this node off like any other
 * @throws DfsError when the cluster's addresses or proxy are unusable
 */
export function connectFileClient(control: ClusterControl, identity: string, profile: ProfileName): FileClient {
  const logger = createLogger({ name: identity, file: join(control.dir, `${identity}.log`) });
  const node = createNodeRuntime({
    dataDir: join(control.dir, identity),
    proxyUrl: control.clientProxy(identity),
    log: logger.log,
  });
  const client = connectClient(node.runtime, {
    masters: control.masters().map((master) => master.address),
    clientName: identity,
    timings: timingsOf(profile),
  });
  return sdkFileClient(client, async () => {
    await node.close();
    logger.flush();
  });
}
