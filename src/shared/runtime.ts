/**
 * The interface between DistriFS and its environment. Masters, datanodes, the client and raft perform every side effect through one
 * Runtime, so that the same code runs on real disks and sockets, or on virtual time from a seed.
 * Bindings: src/runtime/node (real), src/runtime/memory (simulated) and src/runtime/faulty (around either, to inject faults of disk
 * and clock). All failures are DfsError. The tests of test/runtime/conformance check every statement of this file for each binding.
 */
import type { DfsError } from './errors.js';

export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly rpc: Rpc;
  readonly net: Net;
  readonly compute: Compute;
  readonly memory: Memory;
  readonly log: Logger;
}

export interface Timer {
  /** Cancels the callback. May be called at any time, and more than once. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, from an arbitrary origin. */
  nowMs(): number;
  /** Whole Unix milliseconds; may jump. Only for modification times and messages. */
  wallMs(): number;
  /**
   * Calls `callback` once, `delayMs` from now or a little later; never before `schedule` has returned. The callback must not throw.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs`; rejects with CANCELLED when `signal` fires first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** 0 <= n < 2^32 */
  uint32(): number;
  /** 0 <= x < 1 */
  float(): number;
  /** New memory, with random bytes. */
  bytes(count: number): Uint8Array;
}

/** read: must exist. update: must exist, read and write. create: made if missing, read and write. exclusive: must not exist. */
export type OpenMode = 'read' | 'update' | 'create' | 'exclusive';

/** An open file. The handle refers to the same file after a rename, replacement or removal of its path. */
export interface DiskFile {
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /**
   * Writes all of `data` at `position`; a gap between the old end of the file and `position` reads as zeros. An empty `data` has no
   * effect. `data` must not change until the promise resolves. Rejects with IO_ERROR where the file was opened for reading.
   */
  write(data: Uint8Array, position: number): Promise<void>;
  /** fsync: earlier writes survive a power cut. A failed fsync must never be retried: stop using the file. */
  sync(): Promise<void>;
  /** Cuts the file to this size, or extends the file with zeros. Rejects with IO_ERROR where the file was opened for reading. */
  truncate(sizeBytes: number): Promise<void>;
  sizeBytes(): Promise<number>;
  /** Afterwards the other calls reject with IO_ERROR. A second call has no effect. Does not make writes durable. */
  close(): Promise<void>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
  /** Size of a file, null when the disk does not tell it; 0 for anything else. */
  readonly sizeBytes: number | null;
}

export interface DiskSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** True for a file system in memory, such as tmpfs: its contents do not survive a power cut. */
  readonly isVolatile: boolean;
  /** The same for all folders on one disk of one machine, at most 64 characters; empty: unknown. */
  readonly diskId: string;
}

export interface DiskLock {
  /** A second call has no effect. */
  release(): Promise<void>;
}

/**
 * The node's own folder, which exists after `lock` or `makeDirectory('.')`. Paths are relative to the folder, with `/`; '.' is the
 * folder itself. Missing files and directories reject with NOT_FOUND, a full disk with NO_SPACE, changes of a folder that takes none
 * (read-only, or without permission) with READ_ONLY, a lack of descriptors or of memory of the system with RESOURCE_EXHAUSTED, a path that
 * is absolute or has `..`, a backslash or NUL in it with INVALID_ARGUMENT, all other failures with IO_ERROR. A rejected call has no
 * effect, except for a partial `write`.
 */
export interface Disk {
  /** For messages only. */
  readonly root: string;
  /**
   * Locks the folder for this process, and makes a missing folder. Rejects with DATA_DIR_LOCKED when this process or another holds
   * the lock. A crash releases the lock. A real folder contains a file `lock` from then on.
   */
  lock(): Promise<DiskLock>;
  /**
   * Opens a file, in a directory that exists. A directory cannot be opened: IO_ERROR.
   * @param isPostponable true: refused when descriptors run short, for those that remain to be there for other files that are written
   */
  open(path: string, mode: OpenMode, isPostponable?: boolean): Promise<DiskFile>;
  /**
   * Renames a file or a directory. Atomic; replaces `to`: a file by a file, an empty directory by a directory, anything else is an
   * IO_ERROR. Durable only after syncDirectory of the parents.
   */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a directory that is empty and not the folder itself. Durable only after syncDirectory of the parent. */
  remove(path: string): Promise<void>;
  /** Lists the names and sizes in a directory, in no particular order. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Makes a directory and its parents; has no effect on an existing directory. */
  makeDirectory(path: string): Promise<void>;
  /** fsync of a directory: its entries survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  space(): Promise<DiskSpace>;
}

/** One unary call of a typed service. Senders pass `RequestIn`/`ResponseIn`, receivers get `RequestOut`/`ResponseOut`. */
export interface RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  /** `/package.Service/Method` */
  readonly path: string;
  encodeRequest(request: RequestIn): Uint8Array;
  /** Throws PROTOCOL_ERROR on bytes that are not such a message. */
  decodeRequest(bytes: Uint8Array): RequestOut;
  encodeResponse(response: ResponseIn): Uint8Array;
  /** Throws PROTOCOL_ERROR on bytes that are not such a message. */
  decodeResponse(bytes: Uint8Array): ResponseOut;
}

export interface RpcContext {
  /** host:port of the caller, as far as the transport knows. */
  readonly peer: string;
  /** Fires with the reason CANCELLED when the caller gives up, or its connection breaks, before the answer. */
  readonly signal: AbortSignal;
}

/** A method that takes a stream of messages. Senders pass `In`, receivers get `Out`. */
export interface RpcStreamMethod<In, Out> {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly isStream: true;
  encode(message: In): Uint8Array;
  /** Throws PROTOCOL_ERROR on bytes that are not such a message. */
  decode(bytes: Uint8Array): Out;
}

/** A method with its handler, made by `bindService` or `bindStreams`. */
export interface RpcBinding {
  readonly path: string;
  /**
   * True: the method takes streams. `handle` is called with each message of a stream, in order, and with the next one when it has
   * resolved (with no bytes); its rejection ends the stream.
   */
  readonly isStream?: boolean;
  /**
   * Decodes the request, runs the handler, encodes the response. Rejects with DfsError; any other error reaches the caller as
   * INTERNAL.
   */
  handle(request: Uint8Array, context: RpcContext): Promise<Uint8Array>;
}

export interface RpcServer {
  /** The bound host:port. */
  readonly address: string;
  /**
   * Refuses new calls and ends streams with UNAVAILABLE, waits up to `graceMs` for the calls under way, then cuts them with UNAVAILABLE. A
   * second call has no effect.
   */
  stop(graceMs: number): Promise<void>;
}

export interface RpcCallOptions {
  /** The call rejects with DEADLINE_EXCEEDED after this time, which includes connecting. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface RpcStreamOptions {
  /**
   * The stream ends with DEADLINE_EXCEEDED when a message has waited this long for its acknowledgement and none has come in this time; the
   * time includes connecting. At least 500: acknowledgements come up to 200 ms late.
   */
  readonly stallMs: number;
}

/**
 * Messages that flow to the other side, in order, as long as both sides live. The other side acknowledges what it has handled. A message
 * that is not acknowledged when the stream ends may have been handled or not.
 */
export interface RpcStream<Message> {
  /**
   * Resolves when more can be sent: while at least RPC_STREAM_BYTES_MAX bytes, or RPC_STREAM_MESSAGES_MAX messages, are not acknowledged, it
   * waits. Rejects with the error that ended the stream, or with RESOURCE_EXHAUSTED that is not retriable, which does not end it, when the message is longer than
   * RPC_MESSAGE_BYTES_MAX. Each call waits for the one before.
   */
  send(message: Message): Promise<void>;
  /** Resolves (never rejects) with the error that ended the stream: the errors are those of a call. */
  readonly ended: Promise<DfsError>;
  /** Ends the stream, with CANCELLED. A second call has no effect. */
  close(): void;
}

export interface RpcChannel {
  /** The address passed to `connect`. */
  readonly address: string;
  /**
   * Rejects with the DfsError of the other side (without its cause), or UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, PROTOCOL_ERROR,
   * UNIMPLEMENTED, with RESOURCE_EXHAUSTED that is not retriable when request or answer is longer than RPC_MESSAGE_BYTES_MAX, with
   * INVALID_ARGUMENT when `address` is not host:port. Calls of one channel do not wait for each other.
   */
  call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    options: RpcCallOptions,
  ): Promise<ResponseOut>;
  /** Opens a stream. Never throws: a failure ends the stream. */
  open<In, Out>(method: RpcStreamMethod<In, Out>, options: RpcStreamOptions): RpcStream<In>;
  /** Rejects calls under way, and later calls, with CANCELLED, and ends streams with it. A second call has no effect. */
  close(): void;
}

export interface Rpc {
  /**
   * Listens on host:port (port 0: the system chooses). Rejects with ADDRESS_IN_USE, or INVALID_ARGUMENT when `listen` is not an
   * address of this machine or a method is bound twice.
   */
  serve(listen: string, bindings: readonly RpcBinding[]): Promise<RpcServer>;
  /** A channel that connects at its first call, reconnects automatically, and does not hang on a silent peer. Never throws. */
  connect(address: string): RpcChannel;
}

/** A TCP connection, or its simulation. Bytes arrive in order or not at all. */
export interface ByteStream {
  /** host:port of the other side, as far as known. */
  readonly remoteAddress: string;
  /** Bytes that have arrived so far, whether read or not: while a read waits, it shows that the other side is alive. */
  readonly arrivedBytes: number;
  /**
   * Receives into the beginning of `target` and returns the number of bytes: at least `atLeastBytes`, fewer only when the other side has
   * ended the stream, and then 0 from that time on. The stream owns `target` until the promise settles, also by `destroy`, and does not
   * touch it afterwards. Rejects with CONNECTION_LOST. One read at a time: a concurrent read rejects with INTERNAL.
   * @param target not empty
   * @param atLeastBytes 1 <= atLeastBytes <= length of `target`
   */
  readInto(target: Uint8Array, atLeastBytes: number): Promise<number>;
  /**
   * Sends the pieces one after the other. They must not change until they have been sent or the stream is destroyed, and are then the
   * caller's again. Resolves when more data can be written; rejects with CONNECTION_LOST, also after `end`. Concurrent calls keep their
   * order.
   * @param onSent called once, later: the stream reads the pieces no longer, because they are sent or the connection is lost
   */
  write(data: Uint8Array | readonly Uint8Array[], onSent?: () => void): Promise<void>;
  /** Sends the written data, then ends this direction. Reading remains possible. A second call has no effect. */
  end(): Promise<void>;
  /**
   * Closes both directions at once. Pending and later calls reject with CONNECTION_LOST, and received data is dropped. The other
   * side reads the data sent before, then null or CONNECTION_LOST; its writes reject soon after. A second call has no effect.
   */
  destroy(): void;
}

export interface Listener {
  /** The bound host:port. */
  readonly address: string;
  /** Stops listening and destroys the accepted streams. A second call has no effect. */
  close(): Promise<void>;
}

export interface DialOptions {
  /** The dial rejects with UNAVAILABLE when not connected after this time. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Net {
  /**
   * Listens on host:port (port 0: the system chooses). Rejects with ADDRESS_IN_USE, or INVALID_ARGUMENT when `listen` is not an
   * address of this machine. `onStream` must not throw: a real runtime logs the error and closes the stream, a simulation fails.
   */
  listen(listen: string, onStream: (stream: ByteStream) => void): Promise<Listener>;
  /**
   * Rejects with UNAVAILABLE, CANCELLED, RESOURCE_EXHAUSTED when this process lacks descriptors, or INVALID_ARGUMENT when `address` is not
   * host:port.
   */
  dial(address: string, options: DialOptions): Promise<ByteStream>;
}

/**
 * CPU work on a whole chunk, outside the event loop where threads are available. Not for single blocks: the transfer to a thread
 * costs more than a block.
 */
export interface Compute {
  /**
   * CRC32 of each block of `data`, the last one shorter. Rejects with INVALID_ARGUMENT unless the block size is above 0. A real
   * runtime rejects with RESOURCE_EXHAUSTED when its queue is full, and with CANCELLED once it is closed.
   * @param data owned by the call: its memory may move to another thread, so the caller must not use `data` again
   */
  blockChecksums(data: Uint8Array<ArrayBuffer>, blockSizeBytes: number): Promise<Uint32Array>;
}

export interface HeapUse {
  /** Bytes that are in use, without those that the last full collection of garbage has shown to be garbage. At least 0. */
  readonly usedBytes: number;
  /** The process ends when it needs more. Above 0. */
  readonly limitBytes: number;
}

/**
 * Memory that is used again. Each part of the program that needs `bytes` holds the buffer: the one that took it holds it from the
 * beginning, each other one from its `retain`. After its `release` it must not touch `bytes`, which another user may have; a simulation
 * overwrites them at the last release, so that a late use shows.
 */
export interface PooledBuffer {
  /** As many as were asked for, of any content. */
  readonly bytes: Uint8Array;
  /** One more holder. */
  retain(): void;
  /** One holder fewer. To be called once by each. */
  release(): void;
}

/** The memory of the process. */
export interface Memory {
  /** The heap as it is now; costs microseconds. Never throws. */
  heap(): HeapUse;
  /** True while half of BUFFERED_BYTES_MAX or more is in use: each taker should make do with little. */
  readonly isBufferScarce: boolean;
  /**
   * A buffer for data in transit. Waits while BUFFERED_BYTES_MAX are in use, in the order of the calls.
   * @param sizeBytes 1 <= sizeBytes <= PACKET_BYTES_MAX
   * @param isUrgent true: does not wait. For one that holds no other buffer and for which other nodes wait: two nodes that send to one
   *   another would else wait for ever
   */
  takeBuffer(sizeBytes: number, isUrgent?: boolean): Promise<PooledBuffer>;
}

/** Names of the built-in fields of a log line: no other field may have such a name. */
type LineField = 'level' | 'time' | 'pid' | 'name' | 'msg';

export type LogFields = Readonly<Record<string, unknown>> & { readonly [own in LineField]?: never };

/** Writes log lines with fields of any kind, and never throws. The fields of a line override the fields of its logger. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

/** A running node, returned by `start(runtime, config)` of a role. */
export interface RunningNode {
  /** host:port at which others reach the node. */
  readonly address: string;
  /** Graceful: completes the calls under way within a bound, then releases all resources. Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves (never rejects) with the reason when the node cannot continue; the role itself never ends the process. */
  readonly failed: Promise<Error>;
}
