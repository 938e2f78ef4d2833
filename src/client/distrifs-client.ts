/** The SDK's client: access to the files of a cluster, with calls in the shape of node:fs/promises. */
import { constants } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';
import { ChannelPool } from '../protocol/channel-pool.js';
import { NamespaceService } from '../protocol/services.js';
import { DfsError, isDfsError } from '../shared/errors.js';
import { LIST_PAGE_MAX } from '../shared/limits.js';
import type { Runtime } from '../shared/runtime.js';
import { AbortGroup } from './session/abort-group.js';
import { BlockPool } from './transfer/block-pool.js';
import type { ClientContext } from './transfer/client-context.js';
import type {
  LocatedChunk,
  MakeDirectoryOptions,
  ReadFileOptions,
  ReadStreamOptions,
  RemoveOptions,
  WriteData,
  WriteFileOptions,
} from './client-options.js';
import { type ClientConfig, validateClientConfig } from './session/config.js';
import { normalizePath } from './file-path.js';
import { FileReader } from './read/file-reader.js';
import { FileWriter, type FileWriterOptions } from './write/file-writer.js';
import { LocationCache } from './read/location-cache.js';
import { MasterClient } from './session/master-client.js';
import { NodePenalties } from './transfer/node-penalties.js';
import { readableOf, writableOf } from './node-streams.js';
import { ReplicaReports } from './transfer/replica-reports.js';
import { type FailedCall, sdkCall } from './sdk-error.js';
import { Stats } from './stats.js';
import { type ClusterUsage, clusterUsage, GetLeadersStatus } from './admin/cluster-usage.js';

const DEFAULT_DIRECTORY_MODE = 0o755;
/** Connections kept to each datanode. */
const IDLE_CHANNELS_PER_NODE = 4;

/** Every call rejects with DistriFSError. Paths are absolute. */
export class DistriFSClient {
  readonly #context: ClientContext;
  readonly #closing = new AbortGroup();
  readonly #writers = new Set<FileWriter>();

  /** @throws DfsError INVALID_ARGUMENT on an invalid configuration */
  constructor(runtime: Runtime, config: ClientConfig) {
    validateClientConfig(config);
    const { clock, net, random, log } = runtime;
    const { connectTimeoutMs, rpcDeadlineMs, staleAfterMs } = config.timings;
    const master = new MasterClient(runtime, config);
    this.#context = {
      runtime,
      config,
      master,
      channels: new ChannelPool({ net, clock, connectTimeoutMs, maxIdlePerAddress: IDLE_CHANNELS_PER_NODE }),
      blocks: new BlockPool(),
      penalties: new NodePenalties(clock, random, staleAfterMs),
      reports: new ReplicaReports(master, log, rpcDeadlineMs),
      closing: this.#closing,
    };
  }

  /**
   * Writes a whole file. When the promise resolves, the file is visible and safe; when it rejects, the previous file is unchanged
   * (except with OUTCOME_UNKNOWN: the new file may be visible, whole).
   */
  async writeFile(path: string, data: WriteData, options: WriteFileOptions = {}): Promise<void> {
    await sdkCall({ syscall: 'open', path }, async () => {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      const length = bytes instanceof Uint8Array ? { lengthBytes: bytes.length } : {};
      const writer = await this.#create(path, { ...writerOptions(options), ...length });
      try {
        if (bytes instanceof Uint8Array) await writer.write(bytes);
        else for await (const piece of bytes) await writer.write(typeof piece === 'string' ? Buffer.from(piece) : piece);
        await writer.close();
      } finally {
        await writer.abort();
        this.#writers.delete(writer);
      }
    });
  }

  /**
   * Reads a whole file, as a Buffer, or as text when an encoding is given. Use createReadStream for files that do not fit into
   * memory.
   */
  readFile(path: string, options?: { readonly encoding?: null }): Promise<Buffer>;
  readFile(path: string, options: BufferEncoding | { readonly encoding: BufferEncoding }): Promise<string>;
  async readFile(path: string, options: BufferEncoding | ReadFileOptions = {}): Promise<Buffer | string> {
    return sdkCall({ syscall: 'open', path }, async () => {
      const reader = await this.#open(path);
      const { lengthBytes } = reader.file;
      if (lengthBytes > constants.MAX_LENGTH) {
        throw new DfsError('INVALID_ARGUMENT', `Cannot read "${path}" as a whole: ${lengthBytes} bytes; use createReadStream`);
      }
      const whole = Buffer.allocUnsafeSlow(lengthBytes);
      let at = 0;
      for await (const piece of reader.read(0, lengthBytes)) {
        whole.set(piece, at);
        at += piece.length;
      }
      const encoding = typeof options === 'string' ? options : options.encoding;
      return typeof encoding === 'string' ? whole.toString(encoding) : whole;
    });
  }

  /** Returns a stream of a file's bytes, or of a range of them. */
  createReadStream(path: string, options: ReadStreamOptions = {}): Readable {
    const call: FailedCall = { syscall: 'open', path };
    const { start = 0, end = Number.MAX_SAFE_INTEGER - 1 } = options;
    const open = async (): Promise<FileReader> => {
      if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start)) {
        throw new DfsError('INVALID_ARGUMENT', `Cannot read bytes ${start} to ${end} of "${path}": no such range`);
      }
      return this.#open(path);
    };
    return readableOf(open, start, end + 1, call);
  }

  /**
   * Returns a stream that writes a new file: at 'finish' the file is visible and safe. Destroying the stream earlier leaves no
   * file.
   */
  createWriteStream(path: string, options: WriteFileOptions = {}): Writable {
    const call: FailedCall = { syscall: 'open', path };
    let created: FileWriter | null = null;
    const stream = writableOf(async () => {
      created = await this.#create(path, writerOptions(options));
      return created;
    }, call);
    stream.once('close', () => {
      if (created !== null) this.#writers.delete(created);
    });
    return stream;
  }

  async mkdir(path: string, options: MakeDirectoryOptions = {}): Promise<void> {
    const { owner = '', group = '' } = this.#context.config;
    const { recursive = false, mode = DEFAULT_DIRECTORY_MODE } = options;
    await sdkCall({ syscall: 'mkdir', path }, async () => {
      const directory = normalizePath(path);
      await this.#context.master.mutate(
        NamespaceService.MakeDirectory,
        (header) => ({ header, path: directory, recursive, owner, group, mode }),
        `Cannot make directory "${directory}"`,
      );
    });
  }

  /** Lists the names in a directory in byte order, or Stats of each with `withFileTypes`. */
  readdir(path: string, options?: { readonly withFileTypes?: false }): Promise<string[]>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<Stats[]>;
  async readdir(path: string, options: { readonly withFileTypes?: boolean } = {}): Promise<string[] | Stats[]> {
    const entries: Stats[] = [];
    for await (const entry of this.list(path)) entries.push(entry);
    return options.withFileTypes === true ? entries : entries.map((entry) => entry.name);
  }

  /** Iterates over the entries of a directory in byte order of their names; suitable for directories of any size. */
  async *list(path: string): AsyncGenerator<Stats, void, undefined> {
    const call: FailedCall = { syscall: 'scandir', path };
    let startAfter = '';
    for (let hasMore = true; hasMore;) {
      const page = await sdkCall(call, () => {
        const directory = normalizePath(path);
        const request = { path: directory, startAfter, limit: LIST_PAGE_MAX };
        return this.#context.master.call(NamespaceService.ListDirectory, request, `Cannot list "${directory}"`);
      });
      for (const info of page.entries) yield new Stats(info);
      const last = page.entries.at(-1);
      hasMore = page.hasMore && last !== undefined;
      startAfter = last?.name ?? startAfter;
    }
  }

  async stat(path: string): Promise<Stats> {
    return sdkCall({ syscall: 'stat', path }, () => this.#stat(path));
  }

  /** Returns the chunks of a file, in order, with the nodes that hold them now. */
  async locate(path: string): Promise<LocatedChunk[]> {
    return sdkCall({ syscall: 'stat', path }, async () => {
      const locations = await LocationCache.open(this.#context.master, normalizePath(path));
      const chunks: LocatedChunk[] = [];
      for await (const chunk of locations.all()) {
        chunks.push({
          id: chunk.chunkUuid,
          index: chunk.index,
          length: chunk.lengthBytes,
          version: chunk.version,
          replicas: chunk.replicas.map((replica) => replica.nodeId),
          addresses: chunk.replicas.map((replica) => replica.address),
        });
      }
      return chunks;
    });
  }

  /** Renames as rename(2): a file replaces a file, a directory replaces an empty directory. */
  async rename(from: string, to: string): Promise<void> {
    await sdkCall({ syscall: 'rename', path: from, dest: to }, async () => {
      const [fromPath, toPath] = [normalizePath(from), normalizePath(to)];
      const action = `Cannot rename "${fromPath}" to "${toPath}"`;
      await this.#context.master.mutate(NamespaceService.Rename, (header) => ({ header, fromPath, toPath }), action);
    });
  }

  /** Removes a file; with `recursive`, a directory with its contents. */
  async rm(path: string, options: RemoveOptions = {}): Promise<void> {
    const { recursive = false, force = false } = options;
    await sdkCall({ syscall: 'rm', path }, async () => {
      const target = normalizePath(path);
      const action = `Cannot remove "${target}"`;
      try {
        if (!recursive && (await this.#stat(target)).isDirectory()) {
          throw new DfsError('IS_A_DIRECTORY', `${action}: it is a directory; use the option recursive`);
        }
        const request = { path: target, recursive };
        await this.#context.master.mutate(NamespaceService.Delete, (header) => ({ header, ...request }), action);
      } catch (error) {
        if (!(force && isDfsError(error, 'NOT_FOUND'))) throw error;
      }
    });
  }

  async exists(path: string): Promise<boolean> {
    return sdkCall({ syscall: 'access', path }, async () => {
      try {
        await this.#stat(path);
        return true;
      } catch (error) {
        if (isDfsError(error, 'NOT_FOUND', 'NOT_A_DIRECTORY')) return false;
        throw error;
      }
    });
  }

  /** Returns the usage of the cluster and of each node. */
  async df(): Promise<ClusterUsage> {
    return sdkCall({ syscall: 'statfs' }, async () =>
      clusterUsage(await this.#context.master.call(GetLeadersStatus, {}, 'Cannot get the status of the cluster')),
    );
  }

  /** Abandons unfinished files, aborts reads, and ends the session. Safe to call twice. Never rejects. */
  async close(): Promise<void> {
    if (this.#closing.aborted) return;
    await this.#context.reports.settled();
    await Promise.all([...this.#writers].map((writer) => writer.abort()));
    this.#closing.abort();
    await this.#context.master.close();
    this.#context.channels.close();
  }

  #open(path: string): Promise<FileReader> {
    return FileReader.open(this.#context, normalizePath(path));
  }

  async #create(path: string, options: FileWriterOptions): Promise<FileWriter> {
    const writer = await FileWriter.create(this.#context, normalizePath(path), options);
    this.#writers.add(writer);
    return writer;
  }

  async #stat(path: string): Promise<Stats> {
    const target = normalizePath(path);
    const action = `Cannot stat "${target}"`;
    const { file } = await this.#context.master.call(NamespaceService.GetFileInfo, { path: target }, action);
    if (file === null) throw new DfsError('PROTOCOL_ERROR', `${action}: the master's answer holds no file`);
    return new Stats(file);
  }
}

function writerOptions(options: WriteFileOptions): FileWriterOptions {
  return {
    exclusive: options.flag === 'wx',
    ...(options.replication === undefined ? {} : { replication: options.replication }),
    ...(options.chunkSize === undefined ? {} : { chunkSizeBytes: options.chunkSize }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
  };
}
