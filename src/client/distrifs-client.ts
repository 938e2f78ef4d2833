/** The SDK's client: access to the files of a cluster, with calls in the shape of node:fs/promises. */
import { constants } from 'node:buffer';
import type { Readable, Writable } from 'node:stream';
import { ChannelPool } from '../protocol/channel-pool.js';
import { NamespaceService } from '../protocol/services.js';
import { wholeClusterStatus } from '../protocol/whole-cluster-status.js';
import { DfsError, isDfsError } from '../shared/errors.js';
import { LIST_PAGE_MAX } from '../shared/limits.js';
import type { Runtime } from '../shared/runtime.js';
import { AbortGroup } from './session/abort-group.js';
import { BlockPool } from './transfer/block-pool.js';
import type { ClientContext } from './transfer/client-context.js';
import type {
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
} from './client-options.js';
import { callOptions, writerOptions } from './call-options.js';
import { checkedOptions, checkedPath } from './check-arguments.js';
import {
  checkRange,
  CHUNK_CHECKSUM_CHECKS,
  MAKE_DIRECTORY_CHECKS,
  READ_DIRECTORY_CHECKS,
  READ_FILE_CHECKS,
  READ_STREAM_CHECKS,
  REMOVE_CHECKS,
  SIGNAL_CHECKS,
  WRITE_FILE_CHECKS,
  WRITE_STREAM_CHECKS,
} from './option-checks.js';
import { type ClientConfig, validateClientConfig } from './session/config.js';
import { normalizePath } from './file-path.js';
import type { ChunkChecksum } from './read/chunk-checksum.js';
import { chunkChecksums, type FileChecksum, fileChecksum } from './read/file-checksum.js';
import { FileReader } from './read/file-reader.js';
import { FileWriter, type FileWriterOptions } from './write/file-writer.js';
import { LocationCache } from './read/location-cache.js';
import type { NumberedHeader } from './session/client-session.js';
import { MasterClient } from './session/master-client.js';
import { untilAborted } from './session/until-aborted.js';
import { NodePenalties } from './transfer/node-penalties.js';
import { withAbort } from '../protocol/with-abort.js';
import { readableOf, writableOf } from './node-streams.js';
import { ReplicaReports } from './transfer/replica-reports.js';
import { type FailedCall, sdkCall, toSdkError } from './sdk-error.js';
import { Stats } from './stats.js';
import { DataSource } from './write-data.js';
import { type ClusterUsage, clusterUsage, GetLeadersStatus } from './admin/cluster-usage.js';

const DEFAULT_DIRECTORY_MODE = 0o755;
/** Connections kept to each datanode. */
const IDLE_CHANNELS_PER_NODE = 4;

/**
 * Every call rejects with DistriFSError, except for three kinds of errors of the caller, as in node:fs: wrong arguments (TypeError
 * with ERR_INVALID_ARG_TYPE or ERR_INVALID_ARG_VALUE, RangeError with ERR_OUT_OF_RANGE), for which nothing is sent, and the signal in
 * the options (AbortError). Options that a call does not have are refused. Paths are absolute.
 */
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

  /** True once a master has answered anything: false means that no address of a master is known to be right. */
  get isConnected(): boolean {
    return this.#context.master.isReached;
  }

  /**
   * Writes a whole file. When the promise resolves, the file is visible and safe; when it rejects, the previous file is unchanged
   * (except with OUTCOME_UNKNOWN: the new file may be visible, whole).
   * @param options a string is the encoding
   */
  async writeFile(path: string, data: WriteData, options?: WriteFileOptions | BufferEncoding | null): Promise<void> {
    const target = checkedPath(path);
    const checked = checkedOptions<WriteFileOptions>(options, WRITE_FILE_CHECKS);
    const { signal } = checked;
    const source = new DataSource(data, checked.encoding ?? 'utf8');
    const next = (): Promise<Uint8Array | null> => untilAborted(source.next(), signal, `Cannot write "${target}"`);
    await sdkCall({ syscall: 'open', path: target }, signal, async () => {
      let writer: FileWriter | null = null;
      try {
        // The first piece is checked before the file is created.
        let piece = await next();
        const { lengthBytes } = source;
        const created = await this.#create(target, {
          ...writerOptions(checked),
          ...(lengthBytes === undefined ? {} : { lengthBytes }),
        });
        writer = created;
        const write = async (): Promise<void> => {
          for (; piece !== null; piece = await next()) await created.write(piece);
          await created.close();
        };
        await withAbort(signal, () => void created.abort(), write);
      } finally {
        source.end();
        await this.#endWriter(writer);
      }
    });
  }

  /**
   * Reads a whole file, as a Buffer, or as text when an encoding is given. Use createReadStream for files that do not fit into
   * memory.
   */
  readFile(path: string, options?: (ReadFileOptions & { readonly encoding?: null }) | null): Promise<Buffer>;
  readFile(path: string, options: BufferEncoding | (ReadFileOptions & { readonly encoding: BufferEncoding })): Promise<string>;
  async readFile(path: string, options?: BufferEncoding | ReadFileOptions | null): Promise<Buffer | string> {
    const target = checkedPath(path);
    const { signal, encoding } = checkedOptions<ReadFileOptions>(options, READ_FILE_CHECKS);
    return sdkCall({ syscall: 'open', path: target }, signal, async () => {
      const reader = await this.#open(target, signal);
      const { lengthBytes } = reader.file;
      if (lengthBytes > constants.MAX_LENGTH) {
        throw new DfsError('INVALID_ARGUMENT', `Cannot read "${target}" as a whole: ${lengthBytes} bytes; use createReadStream`);
      }
      const whole = Buffer.allocUnsafeSlow(lengthBytes);
      let at = 0;
      for await (const piece of reader.read(0, lengthBytes, signal)) {
        whole.set(piece, at);
        at += piece.length;
      }
      return typeof encoding === 'string' ? whole.toString(encoding) : whole;
    });
  }

  /**
   * Returns a stream of a file's bytes, or of a range of them.
   * @throws TypeError, RangeError on wrong arguments, as node:fs; all other failures destroy the stream
   */
  createReadStream(path: string, options?: ReadStreamOptions | BufferEncoding | null): Readable {
    const target = checkedPath(path);
    const checked = checkedOptions<ReadStreamOptions>(options, READ_STREAM_CHECKS);
    checkRange(checked);
    const { start = 0, end = Infinity } = checked;
    const open = (signal: AbortSignal): Promise<FileReader> => Promise.resolve().then(() => this.#open(target, signal));
    return readableOf(open, start, end + 1, { syscall: 'open', path: target }, checked);
  }

  /**
   * Returns a stream that writes a new file: at 'finish' the file is visible and safe. Destroying the stream earlier leaves no
   * file.
   * @throws TypeError, RangeError on wrong arguments, as node:fs; all other failures destroy the stream
   */
  createWriteStream(path: string, options?: WriteStreamOptions | BufferEncoding | null): Writable {
    const target = checkedPath(path);
    const checked = checkedOptions<WriteStreamOptions>(options, WRITE_STREAM_CHECKS);
    let created: FileWriter | null = null;
    const create = async (): Promise<FileWriter> => {
      created = await this.#create(target, writerOptions(checked));
      return created;
    };
    const stream = writableOf(create, { syscall: 'open', path: target }, checked);
    stream.once('close', () => {
      if (created !== null) this.#writers.delete(created);
    });
    return stream;
  }

  async mkdir(path: string, options?: MakeDirectoryOptions | null): Promise<void> {
    const { owner = '', group = '' } = this.#context.config;
    const target = checkedPath(path);
    const checked = checkedOptions<MakeDirectoryOptions>(options, MAKE_DIRECTORY_CHECKS);
    const { recursive = false, mode = DEFAULT_DIRECTORY_MODE, signal } = checked;
    await sdkCall({ syscall: 'mkdir', path: target }, signal, async () => {
      const directory = normalizePath(target);
      await this.#context.master.mutate(
        NamespaceService.MakeDirectory,
        (header) => ({ header, path: directory, recursive, owner, group, mode }),
        `Cannot make directory "${directory}"`,
        callOptions(signal),
      );
    });
  }

  /** Lists the names in a directory in byte order, or Stats of each with `withFileTypes`. */
  readdir(path: string, options?: (ReadDirectoryOptions & { readonly withFileTypes?: false }) | null): Promise<string[]>;
  readdir(path: string, options: ReadDirectoryOptions & { readonly withFileTypes: true }): Promise<Stats[]>;
  async readdir(path: string, options?: ReadDirectoryOptions | null): Promise<string[] | Stats[]> {
    const { withFileTypes, signal } = checkedOptions<ReadDirectoryOptions>(options, READ_DIRECTORY_CHECKS);
    const entries: Stats[] = [];
    for await (const entry of this.list(path, signal === undefined ? {} : { signal })) entries.push(entry);
    return withFileTypes === true ? entries : entries.map((entry) => entry.name);
  }

  /** Iterates over the entries of a directory in byte order of their names; suitable for directories of any size. */
  async *list(path: string, options?: SignalOptions | null): AsyncGenerator<Stats, void, undefined> {
    const target = checkedPath(path);
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    const call: FailedCall = { syscall: 'scandir', path: target };
    let startAfter = '';
    for (let hasMore = true; hasMore;) {
      const page = await sdkCall(call, signal, () => {
        const directory = normalizePath(target);
        const request = { path: directory, startAfter, limit: LIST_PAGE_MAX };
        const action = `Cannot list "${directory}"`;
        return this.#context.master.call(NamespaceService.ListDirectory, request, action, callOptions(signal));
      });
      for (const info of page.entries) yield new Stats({ ...info, path: entryPath(normalizePath(target), info.name) });
      const last = page.entries.at(-1);
      hasMore = page.hasMore && last !== undefined;
      startAfter = last?.name ?? startAfter;
    }
  }

  async stat(path: string, options?: SignalOptions | null): Promise<Stats> {
    const target = checkedPath(path);
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    return sdkCall({ syscall: 'stat', path: target }, signal, () => this.#stat(target, signal));
  }

  /** Returns the chunks of a file, in order, with the nodes that hold them now. */
  async locate(path: string, options?: SignalOptions | null): Promise<LocatedChunk[]> {
    const target = checkedPath(path);
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    return sdkCall({ syscall: 'stat', path: target }, signal, async () => {
      const locations = await LocationCache.open(this.#context.master, normalizePath(target), callOptions(signal));
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

  /** Returns the CRC32 of a file, combined from what its datanodes recorded when it was written, without reading data. */
  async checksum(path: string, options?: SignalOptions | null): Promise<FileChecksum> {
    const target = checkedPath(path);
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    return sdkCall({ syscall: 'open', path: target }, signal, () => fileChecksum(this.#context, normalizePath(target), signal));
  }

  /** Iterates over the CRC32s of the chunks of a file, or of its beginning. */
  async *chunkChecksums(path: string, options?: ChunkChecksumOptions | null): AsyncGenerator<ChunkChecksum, void, undefined> {
    const target = checkedPath(path);
    const { signal, end = Infinity } = checkedOptions<ChunkChecksumOptions>(options, CHUNK_CHECKSUM_CHECKS);
    try {
      yield* chunkChecksums(this.#context, normalizePath(target), end, signal);
    } catch (error) {
      throw toSdkError(error, { syscall: 'open', path: target }, signal);
    }
  }

  /** Renames as rename(2): a file replaces a file, a directory replaces an empty directory. */
  async rename(from: string, to: string, options?: SignalOptions | null): Promise<void> {
    const call = { syscall: 'rename', path: checkedPath(from, 'from'), dest: checkedPath(to, 'to') };
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    await sdkCall(call, signal, async () => {
      const [fromPath, toPath] = [normalizePath(call.path), normalizePath(call.dest)];
      await this.#context.master.mutate(
        NamespaceService.Rename,
        (header) => ({ header, fromPath, toPath }),
        `Cannot rename "${fromPath}" to "${toPath}"`,
        callOptions(signal),
      );
    });
  }

  /**
   * Removes a file; with `recursive`, a directory with its contents. An unfinished file at the path is removed too when its writer is gone;
   * if it was all that was there, the error is ENOENT with the dfsCode UNFINISHED_REMOVED.
   */
  async rm(path: string, options?: RemoveOptions | null): Promise<void> {
    const call = { syscall: 'rm', path: checkedPath(path) };
    const { recursive = false, force = false, signal } = checkedOptions<RemoveOptions>(options, REMOVE_CHECKS);
    await sdkCall(call, signal, async () => {
      const target = normalizePath(call.path);
      const action = `Cannot remove "${target}"`;
      try {
        if (!recursive && (await this.#isDirectory(target, signal))) {
          throw new DfsError('IS_A_DIRECTORY', `${action}: it is a directory; use the option recursive`);
        }
        const request = { path: target, recursive };
        const withHeader = (header: NumberedHeader) => ({ header, ...request });
        await this.#context.master.mutate(NamespaceService.Delete, withHeader, action, callOptions(signal));
      } catch (error) {
        if (!(force && isDfsError(error, 'NOT_FOUND', 'UNFINISHED_REMOVED'))) throw error;
      }
    });
  }

  /** False, too, for what does not exist: it may be unfinished. */
  async #isDirectory(path: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      return (await this.#stat(path, signal)).isDirectory();
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND')) return false;
      throw error;
    }
  }

  async exists(path: string, options?: SignalOptions | null): Promise<boolean> {
    const target = checkedPath(path);
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    return sdkCall({ syscall: 'access', path: target }, signal, async () => {
      try {
        await this.#stat(target, signal);
        return true;
      } catch (error) {
        if (isDfsError(error, 'NOT_FOUND', 'NOT_A_DIRECTORY')) return false;
        throw error;
      }
    });
  }

  /** Returns the usage of the cluster and of each node. */
  async df(options?: SignalOptions | null): Promise<ClusterUsage> {
    const { signal } = checkedOptions<SignalOptions>(options, SIGNAL_CHECKS);
    const action = 'Cannot get the status of the cluster';
    return sdkCall({ syscall: 'statfs' }, signal, async () =>
      clusterUsage(
        await wholeClusterStatus((page) => this.#context.master.call(GetLeadersStatus, page, action, callOptions(signal))),
      ),
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

  #open(path: string, signal: AbortSignal | undefined): Promise<FileReader> {
    return FileReader.open(this.#context, normalizePath(path), signal);
  }

  async #create(path: string, options: FileWriterOptions): Promise<FileWriter> {
    const target = normalizePath(path);
    const creating = FileWriter.create(this.#context, target, options).then((writer) => {
      this.#writers.add(writer);
      return writer;
    });
    try {
      return await untilAborted(creating, options.signal, `Cannot create "${target}"`);
    } catch (error) {
      // After the signal the answer may still come: the file would keep its path locked.
      creating.then(
        (writer) => this.#endWriter(writer),
        () => undefined,
      );
      throw error;
    }
  }

  async #endWriter(writer: FileWriter | null): Promise<void> {
    if (writer === null) return;
    await writer.abort();
    this.#writers.delete(writer);
  }

  async #stat(path: string, signal: AbortSignal | undefined): Promise<Stats> {
    const target = normalizePath(path);
    const action = `Cannot stat "${target}"`;
    const { file } = await this.#context.master.call(NamespaceService.GetFileInfo, { path: target }, action, callOptions(signal));
    if (file === null) throw new DfsError('PROTOCOL_ERROR', `${action}: the master's answer holds no file`);
    return new Stats(file);
  }
}

const entryPath = (directory: string, name: string): string => `${directory === '/' ? '' : directory}/${name}`;
