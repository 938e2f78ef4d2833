/** Entry point of the package: `DistriFS` for programs that store files, `Cluster` for programs that start a cluster. */
import { tmpdir, userInfo } from 'node:os';
import { wrongType } from './client/argument-error.js';
import { aString, type Check, checkedOptions, type Checks, oneOf } from './client/check-arguments.js';
import { DistriFSClient } from './client/distrifs-client.js';
import { createNodeRuntime } from './runtime/node/index.js';
import { proxyUrlFromEnvironment } from './runtime/node/proxy-environment.js';
import { type ProfileName, type Timings, timingsOf } from './shared/profile.js';
import type { Logger } from './shared/runtime.js';

export type {
  ChunkChecksumOptions,
  LocatedChunk,
  MakeDirectoryOptions,
  ReadDirectoryOptions,
  ReadFileOptions,
  ReadStreamOptions,
  RemoveOptions,
  SignalOptions,
  WriteData,
  WriteFileOptions,
  WriteStreamOptions,
} from './client/client-options.js';
export { DistriFSError } from './client/sdk-error.js';
export type { Stats } from './client/stats.js';
export type { ChunkChecksum, ReplicaChecksum } from './client/read/chunk-checksum.js';
export type { FileChecksum } from './client/read/file-checksum.js';
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

const someMasters: Check = (value, name) => {
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  if (typeof value !== 'string' && !isList) throw wrongType(name, 'of type string, or an array of strings', value);
};

const someTimings: Check = (value, name) => {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'of type object', value);
  const aNumber: Check = (timing, timingName) => {
    if (typeof timing !== 'number') throw wrongType(timingName, 'of type number', timing);
  };
  const known = Object.fromEntries(Object.keys(timingsOf('realistic')).map((each) => [each, aNumber]));
  checkedOptions<Record<string, unknown>>(Object.fromEntries(Object.entries(value)), known, name);
};

const aLogger: Check = (value, name) => {
  if (typeof value !== 'object' || value === null || !('warn' in value)) throw wrongType(name, 'a logger', value);
};

const CONNECT_CHECKS: Checks<ConnectOptions> = {
  master: someMasters,
  profile: oneOf('realistic', 'fast'),
  timings: someTimings,
  clientName: aString,
  proxy: aString,
  log: aLogger,
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

/**
 * A client of a cluster. Calls reject with DistriFSError, whose `code` is the code of node:fs (`ENOENT`, …); wrong arguments and
 * aborted calls have the errors of node:fs too (TypeError, RangeError, AbortError).
 */
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
   * @throws DfsError INVALID_ARGUMENT on invalid addresses, proxy or timings; TypeError on options of a wrong type, and unknown ones
   */
  static connect(options: ConnectOptions): Promise<DistriFS> {
    return Promise.resolve().then(() => {
      const { master } = checkedOptions<ConnectOptions>(options, CONNECT_CHECKS);
      if (master === undefined) throw wrongType('options.master', 'of type string, or an array of strings', undefined);
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
