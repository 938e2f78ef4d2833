/**
 * The seam between DistriFS and the world. Masters, datanodes, the client and raft get every side effect from one
 * Runtime and use nothing else, so that the same code runs on real disks and sockets or on virtual time from a seed.
 * Bindings: src/runtime/node (real), src/runtime/memory (simulated) and src/runtime/faulty (around either, to break disk and clock).
 * All failures are DfsError. Every sentence here is a test of test/runtime/conformance, which each binding passes.
 */

export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly rpc: Rpc;
  readonly net: Net;
  readonly compute: Compute;
  readonly log: Logger;
}

export interface Timer {
  /** After this the callback does not run. May be called at any time, and more than once. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, from an arbitrary origin. */
  nowMs(): number;
  /** Whole Unix milliseconds; may jump. Serves modification times and messages only. */
  wallMs(): number;
  /** Calls `callback` once, `delayMs` from now or a little later; never before it has returned. It must not throw. */
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

/** An open file. It stays that file when it is renamed, replaced or removed. */
export interface DiskFile {
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /**
   * Writes all of `data` at `position`; what lies between there and the old end of the file reads as zeros. Nothing, where `data` is empty.
   * `data` must not change until it resolves. Rejects with IO_ERROR where the file was opened for reading.
   */
  write(data: Uint8Array, position: number): Promise<void>;
  /** fsync: what was written before survives a power cut. A failed one must never be retried: stop using the file. */
  sync(): Promise<void>;
  /** Cuts off, or adds zeros. Rejects with IO_ERROR where the file was opened for reading. */
  truncate(sizeBytes: number): Promise<void>;
  sizeBytes(): Promise<number>;
  /** Afterwards the other calls reject with IO_ERROR. Harmless when closed already; makes nothing durable. */
  close(): Promise<void>;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
  /** Of a file; 0 for the rest. */
  readonly sizeBytes: number;
}

export interface DiskSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** True for a tmpfs and the like: nothing on it survives a power cut. */
  readonly isVolatile: boolean;
}

export interface DiskLock {
  /** Harmless when released already. */
  release(): Promise<void>;
}

/**
 * A folder of the node's own, which is there after `lock` or `makeDirectory('.')`. Paths are relative to it, with `/`; '.' is the folder
 * itself. Missing things reject with NOT_FOUND, a full disk with NO_SPACE, a path that is absolute or has `..`, a backslash or NUL in it
 * with INVALID_ARGUMENT, everything else with IO_ERROR. What rejects has no effect, but for a `write` that found no space or failed.
 */
export interface Disk {
  /** For messages only. */
  readonly root: string;
  /**
   * Takes the folder for this process, making it if missing. Rejects with DATA_DIR_LOCKED when it is held, by this process or another.
   * A crash releases it. A real folder has a file `lock` in it from then on.
   */
  lock(): Promise<DiskLock>;
  /** Opens a file, in a directory that exists. A directory cannot be opened: IO_ERROR. */
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /**
   * Of a file or a directory. Atomic; replaces `to`: a file by a file, an empty directory by a directory, anything else is an IO_ERROR.
   * Durable only after syncDirectory of the parents.
   */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file, or a directory that is empty and not the folder itself. Durable only after syncDirectory of the parent. */
  remove(path: string): Promise<void>;
  /** Of a directory: names and sizes, in no particular order. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Makes a directory and its parents; an existing one is fine. */
  makeDirectory(path: string): Promise<void>;
  /** fsync of a directory: its entries survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  space(): Promise<DiskSpace>;
}

/** One unary call of a typed service. `RequestIn`/`ResponseIn` are what senders give, `RequestOut`/`ResponseOut` what receivers get. */
export interface RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  /** `/package.Service/Method` */
  readonly path: string;
  encodeRequest(request: RequestIn): Uint8Array;
  /** Throws PROTOCOL_ERROR on anything that is not such a message. */
  decodeRequest(bytes: Uint8Array): RequestOut;
  encodeResponse(response: ResponseIn): Uint8Array;
  /** Throws PROTOCOL_ERROR on anything that is not such a message. */
  decodeResponse(bytes: Uint8Array): ResponseOut;
}

export interface RpcContext {
  /** Who calls, as far as the transport knows: host:port. */
  readonly peer: string;
  /** Fires when the caller gave up or its connection broke before it was answered, with CANCELLED as its reason. */
  readonly signal: AbortSignal;
}

/** A method with its handler. Made by `bindRpc`, which keeps the types together. */
export interface RpcBinding {
  readonly path: string;
  /** Decodes, runs the handler, encodes. Rejects with DfsError; what else it rejects with reaches the caller as INTERNAL. */
  handle(request: Uint8Array, context: RpcContext): Promise<Uint8Array>;
}

export interface RpcServer {
  /** host:port that was bound. */
  readonly address: string;
  /** Takes no new calls, lets those under way end for `graceMs`, then cuts them: UNAVAILABLE. Harmless when stopped already. */
  stop(graceMs: number): Promise<void>;
}

export interface RpcCallOptions {
  /** The call rejects with DEADLINE_EXCEEDED after this. Connecting counts. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface RpcChannel {
  /** As it was given to `connect`. */
  readonly address: string;
  /**
   * Rejects with the DfsError of the other side (without its cause), or UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, PROTOCOL_ERROR,
   * UNIMPLEMENTED, with RESOURCE_EXHAUSTED that is not retriable when request or answer is longer than RPC_MESSAGE_BYTES_MAX, with
   * INVALID_ARGUMENT when `address` is none. Calls of one channel do not wait for one another.
   */
  call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    options: RpcCallOptions,
  ): Promise<ResponseOut>;
  /** Cuts calls under way, and later ones, with CANCELLED. Harmless when closed already. */
  close(): void;
}

export interface Rpc {
  /**
   * Listens on host:port (port 0: the system chooses). Rejects with ADDRESS_IN_USE, or INVALID_ARGUMENT when `listen` is no address of
   * this machine or a method is bound twice.
   */
  serve(listen: string, bindings: readonly RpcBinding[]): Promise<RpcServer>;
  /** A channel that connects when first called, reconnects by itself, and never hangs on a silent peer. Never throws. */
  connect(address: string): RpcChannel;
}

/** A TCP connection, or its simulation. Bytes arrive in order or not at all. */
export interface ByteStream {
  /** host:port, or what is known of it. */
  readonly remoteAddress: string;
  /**
   * The next bytes, in pieces of any size, in memory of the reader's own; null once the other side ended, and from then on. Rejects with
   * CONNECTION_LOST. One read at a time: a second one rejects with INTERNAL.
   */
  read(): Promise<Uint8Array | null>;
  /**
   * Takes the buffer over (it must not change afterwards). Resolves when more may be written; rejects with CONNECTION_LOST, also after
   * `end`. Calls that do not wait for one another keep their order.
   */
  write(data: Uint8Array): Promise<void>;
  /** Sends what was written, then tells the other side that no more comes. Reading goes on. Harmless when ended already. */
  end(): Promise<void>;
  /**
   * Closes at once, both ways. Pending calls and later ones reject with CONNECTION_LOST, and what has arrived is gone. The other side
   * reads what was sent before, then null or CONNECTION_LOST; its writes reject before long. Harmless when closed already.
   */
  destroy(): void;
}

export interface Listener {
  /** host:port that was bound. */
  readonly address: string;
  /** Stops listening and destroys the streams it accepted. Harmless when closed already. */
  close(): Promise<void>;
}

export interface DialOptions {
  /** Rejects with UNAVAILABLE when not connected by then. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Net {
  /**
   * Listens on host:port (port 0: the system chooses). Rejects with ADDRESS_IN_USE, or INVALID_ARGUMENT when `listen` is no address of
   * this machine. `onStream` must not throw: a real runtime logs that and closes the stream, a simulation fails.
   */
  listen(listen: string, onStream: (stream: ByteStream) => void): Promise<Listener>;
  /** Rejects with UNAVAILABLE, CANCELLED, or INVALID_ARGUMENT when `address` is none. */
  dial(address: string, options: DialOptions): Promise<ByteStream>;
}

/** CPU work on a whole chunk, off the event loop where there are threads. Never per block: a hop costs more than a block. */
export interface Compute {
  /**
   * CRC32 of each block of `data`, the last one shorter. Rejects with INVALID_ARGUMENT for a block size that is not above 0. A real
   * runtime rejects with RESOURCE_EXHAUSTED when too much waits already, and with CANCELLED once it is closed.
   * @param data taken over by the call: its memory may be moved to another thread, so the caller must not use it again
   */
  blockChecksums(data: Uint8Array<ArrayBuffer>, blockSizeBytes: number): Promise<Uint32Array>;
}

/** What each line of a log has of its own: no field may have such a name, or it would take that place. */
type LineField = 'level' | 'time' | 'pid' | 'name' | 'msg';

export type LogFields = Readonly<Record<string, unknown>> & { readonly [own in LineField]?: never };

/** Writes lines with fields of any kind, and never throws. A line's own fields override those of its logger. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

/** A running node, as `start(runtime, config)` of a role returns it. */
export interface RunningNode {
  /** host:port as others reach it. */
  readonly address: string;
  /** Graceful: finishes what is under way within a bound, then lets go of everything. Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves (never rejects) when the node cannot go on, with the reason; the role never ends the process itself. */
  readonly failed: Promise<Error>;
}
