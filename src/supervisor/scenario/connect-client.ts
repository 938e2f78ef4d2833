/** A workload client on a running cluster: the SDK in this process, with a network identity of its own. */
import { join } from 'node:path';
import { connectClient } from '../../client/index.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import { createNodeRuntime } from '../../runtime/node/index.js';
import { createLogger } from '../../runtime/node/pino-logger.js';
import type { ClusterControl } from '../types.js';
import type { FileClient } from './file-client.js';

/** The SDK wraps each DfsError; the checkers want it bare. */
async function unwrapped<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    throw cause instanceof DfsError ? cause : toDfsError(error, action);
  }
}

/**
 * @param identity a node of the fabric: `client-1` …; partitions cut it off as they do any other node
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
  return {
    mkdir: (path) => unwrapped(`Making ${path}`, () => client.mkdir(path, { recursive: true })),
    writeFile: (path, content) => unwrapped(`Writing ${path}`, () => client.writeFile(path, content)),
    readFile: (path) => unwrapped(`Reading ${path}`, () => client.readFile(path)),
    rm: (path) => unwrapped(`Removing ${path}`, () => client.rm(path)),
    exists: (path) => unwrapped(`Looking for ${path}`, () => client.exists(path)),
    close: async () => {
      await client.close();
      await node.close();
      logger.flush();
    },
  };
}
