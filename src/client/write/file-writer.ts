/**
 * Writes one file: splits the data into chunks, uploads them, and makes the file visible at close. While one chunk is committed, the next
 * is planned and filled: two are under way at most, each with its own buffer, and a failure of one sends only its own data again.
 * A file of one chunk whose length is known beforehand takes two calls of the master: one creates it and plans the chunk, one commits
 * the chunk and completes it.
 */
import type { FileInfo__Output } from '../../protocol/generated/distrifs/v1/FileInfo.js';
import type { WrittenChunk } from '../../protocol/generated/distrifs/v1/WrittenChunk.js';
import { NamespaceService } from '../../protocol/services.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import { ChunkBuffer } from './chunk-buffer.js';
import { ChunkUpload } from './chunk-upload.js';
import type { ClientContext } from '../transfer/client-context.js';
import { Exclusions } from './exclusions.js';
import type { ChunkPlan } from './stream-chunk.js';
import { AbortGroup } from '../session/abort-group.js';

/** Default permission bits of a file. */
const DEFAULT_FILE_MODE = 0o644;

export interface FileWriterOptions {
  /** Copies of each chunk. Default: the cluster's. */
  readonly replication?: number;
  /** Bytes of a chunk. Default: the cluster's. */
  readonly chunkSizeBytes?: number;
  /** Refuse an existing path. */
  readonly exclusive?: boolean;
  readonly mode?: number;
  /** The file's length, if known exactly: the nodes then reserve less space for its last chunk. */
  readonly lengthBytes?: number;
  /** Ends the last step of `close`. */
  readonly signal?: AbortSignal;
}

/** A chunk whose data is complete, and which is not known to be committed. */
interface EndingChunk {
  readonly upload: ChunkUpload;
  readonly buffer: ChunkBuffer;
  readonly ended: Promise<void>;
}

interface CreatedFile {
  readonly fileId: number;
  readonly chunkSizeBytes: number;
  /** The plan of the first chunk, where the master made one; it then also commits the only chunk of a file with its completion. */
  readonly firstPlan: ChunkPlan | null;
}

/** An unfinished file, invisible until `close` resolves. Calls must not overlap. */
export class FileWriter {
  readonly path: string;
  readonly #context: ClientContext;
  readonly #created: CreatedFile;
  readonly #lengthBytes: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #aborting = new AbortGroup();
  /** Of the chunk that is being filled. */
  #buffer: ChunkBuffer;
  /** Memory of a committed chunk, for the next one. */
  #spareBuffer: ChunkBuffer | null = null;
  readonly #exclusions = new Exclusions();
  readonly #releaseLease: () => void;
  #upload: ChunkUpload | null = null;
  /** The chunk before. */
  #ending: EndingChunk | null = null;
  /** Number of chunks whose data is complete. */
  #chunks = 0;
  /** Number of bytes accepted so far. */
  #length = 0;
  /** Of `abort`, or of a `close` that fails. */
  #abandoned: Promise<void> | null = null;
  #closing: Promise<FileInfo__Output> | null = null;
  #unknownOutcome: DfsError | null = null;
  #state: 'open' | 'closing' | 'closed' | 'aborted' = 'open';

  private constructor(
    context: ClientContext,
    path: string,
    created: CreatedFile,
    options: FileWriterOptions,
    releaseLease: () => void,
  ) {
    this.path = path;
    this.#context = context;
    this.#created = created;
    this.#lengthBytes = options.lengthBytes;
    this.#signal = options.signal;
    this.#buffer = new ChunkBuffer(context.blocks, created.chunkSizeBytes);
    this.#releaseLease = releaseLease;
  }

  /**
   * Opens a path for writing.
   * @throws DfsError NOT_FOUND (a parent), ALREADY_EXISTS, IS_A_DIRECTORY, FILE_BUSY, OUTCOME_UNKNOWN, …
   */
  static async create(context: ClientContext, path: string, options: FileWriterOptions): Promise<FileWriter> {
    const { config, master } = context;
    const release = master.holdLeases();
    // Without data, a plan would hold space for nothing; of data to come at some time, its nodes may be gone by then.
    const expectedBytes = options.lengthBytes ?? 0;
    const firstChunk = expectedBytes > 0 ? { localNodeId: config.localNodeId ?? '', expectedBytes } : null;
    let clusterId = '';
    try {
      const { firstChunk: plan, ...created } = await master.mutate(
        NamespaceService.CreateFile,
        (header) => {
          clusterId = header.clusterId;
          return {
            header,
            path,
            replication: options.replication ?? 0,
            chunkSizeBytes: options.chunkSizeBytes ?? 0,
            overwrite: options.exclusive !== true,
            owner: config.owner ?? '',
            group: config.group ?? '',
            mode: options.mode ?? DEFAULT_FILE_MODE,
            firstChunk,
          };
        },
        `Cannot create "${path}"`,
      );
      const firstPlan = plan === null ? null : { ...plan, clusterId };
      return new FileWriter(context, path, { ...created, firstPlan }, options, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Number of bytes accepted so far. */
  get lengthBytes(): number {
    return this.#length;
  }

  /**
   * Appends bytes; at the end of a chunk, waits until the chunk before it is committed.
   * @param data copied: the caller keeps the buffer
   * @throws DfsError the failure of the upload; the file is then lost, call `abort`
   */
  async write(data: Uint8Array): Promise<void> {
    for (let rest = data; rest.length > 0;) {
      this.#throwUnlessOpen();
      this.#upload ??= this.#startUpload();
      const failure = this.#ending?.upload.failure ?? this.#upload.failure;
      if (failure !== null) throw failure;
      const taken = this.#buffer.append(rest);
      rest = rest.subarray(taken);
      this.#length += taken;
      this.#upload.advance();
      if (this.#buffer.isFull) await this.#endChunk();
    }
  }

  /** Why it is not known whether the file became visible; null: it is known. */
  get unknownOutcome(): DfsError | null {
    return this.#unknownOutcome;
  }

  /**
   * Makes the whole file visible. When the promise resolves, the file survives the failures that its replication allows.
   * @throws DfsError the failure; NOT_ENOUGH_REPLICAS when chunks written before have lost too many replicas, and did not get them back
   *   within masterPatienceMs; OUTCOME_UNKNOWN when the file may or may not be visible, also because the signal fired or `abort` was
   *   called during the last step. The writer is closed in either case
   */
  async close(): Promise<FileInfo__Output> {
    this.#throwUnlessOpen();
    this.#state = 'closing';
    this.#closing = this.#close();
    return this.#closing;
  }

  async #close(): Promise<FileInfo__Output> {
    try {
      const isOnlyChunk = this.#chunks === 0 && this.#created.firstPlan !== null;
      const onlyChunk = isOnlyChunk ? await this.#endOnlyChunk() : null;
      if (!isOnlyChunk) await this.#endChunk();
      await this.#endBefore();
      const file = await this.#complete(onlyChunk);
      this.#state = 'closed';
      return file;
    } catch (error) {
      const failure = toDfsError(error, `Cannot close "${this.path}"`);
      if (failure.code === 'OUTCOME_UNKNOWN') this.#unknownOutcome = failure;
      // Of a file that is complete all the same, the master refuses this.
      const isReachable = failure.code !== 'OUTCOME_UNKNOWN' || isDfsError(failure.cause, 'CANCELLED');
      await this.#abandon(isReachable);
      throw failure;
    } finally {
      this.#letGo();
    }
  }

  /** @param onlyChunk of a file of one chunk, not committed yet */
  async #complete(onlyChunk: WrittenChunk | null): Promise<FileInfo__Output> {
    const action = `Cannot complete "${this.path}"`;
    const { signal, release } = this.#aborting.open(this.#signal);
    try {
      const { file } = await this.#context.master.mutate(
        NamespaceService.CompleteFile,
        (header) => ({ header, fileId: this.#created.fileId, lengthBytes: this.#length, chunkCount: this.#chunks, onlyChunk }),
        action,
        // A chunk has lost replicas since it was committed: its repair may be under way, or a new leader has yet to hear of them.
        { signal, laterCodes: onlyChunk === null ? ['NOT_ENOUGH_REPLICAS'] : [] },
      );
      if (file === null) throw new DfsError('PROTOCOL_ERROR', `${action}: the master's answer holds no file`);
      return file;
    } finally {
      release();
    }
  }

  /**
   * Abandons the file: its data is removed, and the previous file is unchanged, unless its last step was under way (`unknownOutcome`).
   * Never rejects. Has no effect on a closed writer.
   */
  async abort(): Promise<void> {
    if (this.#state === 'open') this.#abandoned = this.#abandon(true).finally(() => this.#letGo());
    if (this.#closing !== null) {
      // It ends with an error, and abandons the file itself.
      this.#aborting.abort();
      await this.#abortUploads();
      await this.#closing.catch(() => undefined);
    }
    await this.#abandoned;
  }

  #startUpload(): ChunkUpload {
    const { fileId, chunkSizeBytes } = this.#created;
    const left = this.#lengthBytes === undefined ? 0 : this.#lengthBytes - this.#chunks * chunkSizeBytes;
    return new ChunkUpload(this.#context, this.#buffer, {
      path: this.path,
      fileId,
      index: this.#chunks,
      maxBytes: chunkSizeBytes,
      expectedBytes: Math.max(0, Math.min(left, chunkSizeBytes)),
      plan: this.#chunks === 0 ? this.#created.firstPlan : null,
      exclusions: this.#exclusions,
    });
  }

  /** Begins to commit the buffered data, if any; resolves when the chunk before it is committed, and another one may begin. */
  async #endChunk(): Promise<void> {
    const upload = this.#upload;
    if (upload === null) return;
    this.#buffer.seal();
    const ended = upload.finish();
    // It is waited for when the next chunk has ended.
    ended.catch(() => undefined);
    await this.#endBefore();
    this.#ending = { upload, buffer: this.#buffer, ended };
    this.#upload = null;
    this.#chunks++;
    this.#buffer = this.#spareBuffer ?? new ChunkBuffer(this.#context.blocks, this.#created.chunkSizeBytes);
    this.#spareBuffer = null;
  }

  /** Writes the buffered data, if any, and leaves its commit to the completion of the file. */
  async #endOnlyChunk(): Promise<WrittenChunk | null> {
    const upload = this.#upload;
    if (upload === null) return null;
    this.#buffer.seal();
    const written = await upload.finishUncommitted();
    this.#upload = null;
    this.#chunks++;
    this.#buffer.clear();
    return written;
  }

  /** Resolves when the chunk before the one that is being filled is committed. */
  async #endBefore(): Promise<void> {
    if (this.#ending === null) return;
    const { buffer, ended } = this.#ending;
    await ended;
    buffer.clear();
    this.#spareBuffer = buffer;
    this.#ending = null;
  }

  async #abortUploads(): Promise<void> {
    await Promise.all([this.#upload?.abort(), this.#ending?.upload.abort()]);
  }

  /** @param tells the master; false: no master has answered for long */
  async #abandon(tells: boolean): Promise<void> {
    this.#state = 'aborted';
    await this.#abortUploads();
    if (!tells) return;
    try {
      await this.#context.master.mutate(
        NamespaceService.AbandonFile,
        (header) => ({ header, fileId: this.#created.fileId }),
        `Cannot abandon "${this.path}"`,
        { patienceMs: this.#context.config.timings.rpcDeadlineMs },
      );
    } catch (error) {
      this.#context.runtime.log.debug('An unfinished file could not be abandoned; it is removed at the end of the session', {
        path: this.path,
        reason: String(error),
      });
    }
  }

  #letGo(): void {
    this.#releaseLease();
    for (const buffer of [this.#buffer, this.#spareBuffer, this.#ending?.buffer]) buffer?.release();
  }

  #throwUnlessOpen(): void {
    if (this.#state !== 'open')
      throw new DfsError('INVALID_ARGUMENT', `Cannot write "${this.path}": it is ${this.#state} already`);
  }
}
