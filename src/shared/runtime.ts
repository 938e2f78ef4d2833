/**
 * The seam between DistriFS and the world. Masters, datanodes, the client and raft get every side effect from one
 * Runtime and use nothing else, so that the same code runs on real disks and sockets or on virtual time from a seed.
 * Bindings: src/runtime/node (real) and src/runtime/memory (simulated). All failures are DfsError.
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
  /** After this the callback does not run. May be called at any time. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, from an arbitrary origin. */
  nowMs(): number;
  /** Unix milliseconds; may jump. Serves modification times and messages only. */
  wallMs(): number;
  /** Calls `callback` once, `delayMs` from now or a little later. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs`; rejects with CANCELLED when `signal` fires first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** 0 <= n < 2^32 */
  uint32(): number;
  /** 0 <= x < 1 */
  float(): number;
  bytes(count: number): Uint8Array;
}

/** read: must exist. update: must exist, read and write. create: made if missing, read and write. exclusive: must not exist. */
export type OpenMode = 'read' | 'update' | 'create' | 'exclusive';

export interface DiskFile {
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes all of `data` at `position`. `data` must not change until it resolves. */
  write(data: Uint8Array, position: number): Promise<void>;
  /** fsync: what was written before survives a power cut. A failed one must never be retried: stop using the file. */
  sync(): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  sizeBytes(): Promise<number>;
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
  release(): Promise<void>;
}

/**
 * A folder of the node's own. Paths are relative to it, with `/`; '.' is the folder itself. Missing things reject with NOT_FOUND,
 * a full disk with NO_SPACE, everything else with IO_ERROR.
 */
export interface Disk {
  /** For messages only. */
  readonly root: string;
  /** Takes the folder for this process, making it if missing. Rejects with DATA_DIR_LOCKED when another holds it. A crash releases it. */
  lock(): Promise<DiskLock>;
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** Atomic; replaces `to`. Durable only after syncDirectory of the parents. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Names and sizes, in no particular order. */
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
  /** Fires when the caller gave up or its connection broke. */
  readonly signal: AbortSignal;
}

/** A method with its handler. Made by `bindRpc`, which keeps the types together. */
export interface RpcBinding {
  readonly path: string;
  /** Decodes, runs the handler, encodes. Rejects with DfsError. */
  handle(request: Uint8Array, context: RpcContext): Promise<Uint8Array>;
}

export interface RpcServer {
  /** host:port that was bound. */
  readonly address: string;
  /** Takes no new calls, lets those under way end for `graceMs`, then cuts them. */
  stop(graceMs: number): Promise<void>;
}

export interface RpcCallOptions {
  /** The call rejects with DEADLINE_EXCEEDED after this. Connecting counts. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface RpcChannel {
  readonly address: string;
  /** Rejects with the DfsError of the other side, or UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, PROTOCOL_ERROR. */
  call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    options: RpcCallOptions,
  ): Promise<ResponseOut>;
  /** Cuts calls under way with CANCELLED. */
  close(): void;
}

export interface Rpc {
  /** Listens on host:port (port 0: the system chooses). Rejects with ADDRESS_IN_USE. */
  serve(listen: string, bindings: readonly RpcBinding[]): Promise<RpcServer>;
  /** A channel that connects when first called, reconnects by itself, and never hangs on a silent peer. */
  connect(address: string): RpcChannel;
}

/** A TCP connection, or its simulation. Bytes arrive in order or not at all. */
export interface ByteStream {
  /** host:port, or what is known of it. */
  readonly remoteAddress: string;
  /** The next bytes, in pieces of any size; null once the other side ended. Rejects with CONNECTION_LOST. One read at a time. */
  read(): Promise<Uint8Array | null>;
  /** Takes the buffer over (it must not change afterwards). Resolves when more may be written; rejects with CONNECTION_LOST. */
  write(data: Uint8Array): Promise<void>;
  /** Sends what was written, then tells the other side that no more comes. */
  end(): Promise<void>;
  /** Closes at once, both ways. Pending reads and writes reject with CONNECTION_LOST. Harmless when closed already. */
  destroy(): void;
}

export interface Listener {
  /** host:port that was bound. */
  readonly address: string;
  /** Stops listening and destroys the streams it accepted. */
  close(): Promise<void>;
}

export interface DialOptions {
  /** Rejects with UNAVAILABLE when not connected by then. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Net {
  /** Listens on host:port (port 0: the system chooses). Rejects with ADDRESS_IN_USE. */
  listen(listen: string, onStream: (stream: ByteStream) => void): Promise<Listener>;
  /** Rejects with UNAVAILABLE, or CANCELLED. */
  dial(address: string, options: DialOptions): Promise<ByteStream>;
}

/** CPU work on a whole chunk, off the event loop where there are threads. Never per block: a hop costs more than a block. */
export interface Compute {
  /**
   * CRC32 of each block of `data`, the last one shorter.
   * @param data taken over by the call: its memory may be moved to another thread, so the caller must not use it again
   */
  blockChecksums(data: Uint8Array<ArrayBuffer>, blockSizeBytes: number): Promise<Uint32Array>;
}

export type LogFields = Readonly<Record<string, unknown>>;

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
