/** Entry point of the package: `DistriFS` for programs that store files, `Cluster` for programs that start a cluster. */
import { tmpdir, userInfo } from 'node:os';
import { DistriFSClient } from './client/distrifs-client.js';
import { createNodeRuntime } from './runtime/node/index.js';
import { proxyUrlFromEnvironment } from './runtime/node/proxy-environment.js';
import { type ProfileName, type Timings, timingsOf } from './shared/profile.js';
import type { Logger } from './shared/runtime.js';

export type {
  LocatedChunk,
  MakeDirectoryOptions,
  ReadFileOptions,
  ReadStreamOptions,
  RemoveOptions,
  WriteData,
  WriteFileOptions,
} from './client/client-options.js';
export { DistriFSError } from './client/sdk-error.js';
export type { Stats } from './client/stats.js';
export type { ClusterUsage, NodeUsage } from './client/admin/cluster-usage.js';
export type { ErrorCode } from './shared/errors.js';
export type { ProfileName, Timings } from './shared/profile.js';
export type { Logger } from './shared/runtime.js';
export { Lab as Cluster } from './lab/live/lab.js';
export type { ClusterEvent } from './supervisor/api/cluster-events.js';
export type { ClusterOptions } from './supervisor/api/cluster-options.js';
export type {
  ChunkCounts,
  ChunkView,
  ClusterStatus,
  NodeInfo,
  NodeRole,
  NodeState,
  NodeStatus,
} from './supervisor/api/cluster-status.js';
export type { PartitionKind } from './supervisor/api/fault.js';

export interface ConnectOptions {
  /**
   * host:port of each master, as a list or separated by commas. One master is enough to find the others; several tolerate its
   * failure.
   */
  readonly master: string | readonly string[];
  /** Timing profile, the same as the cluster's. Default: `realistic`. */
  readonly profile?: ProfileName;
  /** Timings that override those of the profile, in milliseconds. */
  readonly timings?: Partial<Timings>;
  /** Name of the client in the masters' log; free text. */
  readonly clientName?: string;
  /** http://user:token@host:port of the CONNECT proxy (of a lab) for all connections. Default: the variable `grpc_proxy`. */
  readonly proxy?: string;
  /** Default: no logging. */
  readonly log?: Logger;
}

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

/** Splits `a:1,b:2`, or a list of such texts. */
function addressesOf(master: string | readonly string[]): string[] {
  return [master].flat().flatMap((text) => text.split(',').map((address) => address.trim()));
}

/** The owner of files that this process creates; '' when the system has no name for the user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

/** A client of a cluster. Every call rejects with DistriFSError, whose `code` is the code of node:fs (`ENOENT`, …). */
export class DistriFS extends DistriFSClient {
  readonly #closeRuntime: () => Promise<void>;

  private constructor(options: ConnectOptions, host: ReturnType<typeof createNodeRuntime>) {
    const owner = userName();
    super(host.runtime, {
      masters: addressesOf(options.master),
      clientName: options.clientName ?? `sdk ${process.pid}`,
      timings: { ...timingsOf(options.profile ?? 'realistic'), ...options.timings },
      owner,
      group: owner,
    });
    this.#closeRuntime = () => host.close();
  }

  /**
   * Makes a client. The client sends nothing before its first call, which finds the leader.
   * @throws DfsError INVALID_ARGUMENT on invalid addresses, proxy or timings
   */
  static connect(options: ConnectOptions): Promise<DistriFS> {
    return Promise.resolve().then(() => {
      const proxyUrl = options.proxy ?? proxyUrlFromEnvironment(process.env);
      // A client stores nothing on disk: the folder is never made.
      const dataDir = `${tmpdir()}/distrifs-client`;
      const host = createNodeRuntime({ dataDir, log: options.log ?? SILENT, ...(proxyUrl === undefined ? {} : { proxyUrl }) });
      return new DistriFS(options, host);
    });
  }

  /** Ends the session and closes all connections, so that the process can end. Safe to call twice. Never rejects. */
  override async close(): Promise<void> {
    await super.close();
    await this.#closeRuntime();
  }
}
