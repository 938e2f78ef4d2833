/** The Runtime of a real machine: node:fs, node:net, grpc-js, and a thread pool for checksums. */
import type { Logger, Runtime } from '../../shared/runtime.js';
import { Closers } from './base/closers.js';
import { parseProxyUrl } from './net/http-connect.js';
import { nodeClock } from './node-clock.js';
import { NodeCompute } from './node-compute.js';
import { NodeDisk } from './node-disk.js';
import { NodeNet } from './net/node-net.js';
import { nodeRandom } from './node-random.js';
import { NodeRpc } from './rpc/node-rpc.js';

export interface NodeRuntimeOptions {
  /** The node's folder: made by `disk.lock()` or `disk.makeDirectory('.')`, not before. */
  readonly dataDir: string;
  /** http://user:token@host:port: every outgoing connection, gRPC and byte streams alike, goes through this CONNECT proxy. */
  readonly proxyUrl?: string;
  readonly log: Logger;
  /** Closed with the runtime. Left out: one with threads of its own. */
  readonly compute?: NodeCompute;
}

export interface NodeRuntime {
  readonly runtime: Runtime;
  /** Closes every server, listener, stream, channel and lock that is still open, and the thread pool. Safe to call twice. */
  readonly close: () => Promise<void>;
}

/**
 * Makes a runtime. Nothing is opened until it is used.
 * @throws DfsError INVALID_ARGUMENT when the proxy URL is none
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
      log: options.log,
    },
    close: () => closers.closeAll(),
  };
}
