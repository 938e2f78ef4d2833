/** The Runtime of a real machine: node:fs, node:net, grpc-js, and a thread pool for checksums. */
import type { Logger, Runtime } from '../../shared/runtime.js';
import { Closers } from './base/closers.js';
import { parseProxyUrl } from './net/http-connect.js';
import { nodeClock } from './node-clock.js';
import { NodeCompute } from './node-compute.js';
import { NodeDisk } from './node-disk.js';
import { NodeMemory } from './node-memory.js';
import { NodeNet } from './net/node-net.js';
import { nodeRandom } from './node-random.js';
import { NodeRpc } from './rpc/node-rpc.js';

export interface NodeRuntimeOptions {
  /** The node's folder, which is made by `disk.lock()` or `disk.makeDirectory('.')`. */
  readonly dataDir: string;
  /** http://user:token@host:port of the CONNECT proxy for all outgoing connections, gRPC and byte streams. */
  readonly proxyUrl?: string;
  readonly log: Logger;
  /** The checksum pool, closed with the runtime. Default: a pool with its own threads. */
  readonly compute?: NodeCompute;
}

export interface NodeRuntime {
  readonly runtime: Runtime;
  /** Closes every server, listener, stream, channel and lock that is still open, and the thread pool. Safe to call twice. */
  readonly close: () => Promise<void>;
}

/**
 * Makes a runtime. Files and sockets are opened only on use.
 * @throws DfsError INVALID_ARGUMENT on an invalid proxy URL
 */
export function createNodeRuntime(options: NodeRuntimeOptions): NodeRuntime {
  const proxy = options.proxyUrl === undefined ? null : parseProxyUrl(options.proxyUrl);
  const closers = new Closers();
  const compute = options.compute ?? new NodeCompute();
  closers.add(() => compute.close());
  return {
    runtime: {
      clock: nodeClock,
      random: nodeRandom,
      disk: new NodeDisk(options.dataDir, closers),
      rpc: new NodeRpc(nodeClock, proxy, closers, options.log),
      net: new NodeNet(proxy, closers, options.log),
      compute,
      memory: new NodeMemory(closers),
      log: options.log,
    },
    close: () => closers.closeAll(),
  };
}
