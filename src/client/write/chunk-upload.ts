/**
 * Uploads one chunk from its buffer while the buffer is still being filled, and starts again on a new plan when a pipeline fails.
 *
 *   wait for a block -> AssignChunk -> stream blocks -> FINISH -> CommitVersion -> done
 *                            ^              |                          |
 *                            `--------------`--------------------------'  failed: without the failed node, at a new version
 *
 * The plan of a file's first chunk may have come with the file; the commit of its only chunk may be left to the completion of the file.
 */
import { isBusy } from '../../protocol/busy.js';
import { NamespaceService } from '../../protocol/services.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { ChunkBuffer } from './chunk-buffer.js';
import type { ClientContext } from '../transfer/client-context.js';
import type { Exclusions } from './exclusions.js';
import type { WrittenChunk } from '../../protocol/generated/distrifs/v1/WrittenChunk.js';
import { type BlockSource, type ChunkPlan, streamChunk } from './stream-chunk.js';

/** Maximum number of pipelines for one chunk: also nodes that all get somewhere before they fail come to an end. */
const PLANS_MAX = 32;

/** Pipelines that may meet a busy node before one of them is excluded. */
const BUSY_TIMES_MAX = 3;

export interface ChunkUploadOptions {
  readonly path: string;
  readonly fileId: number;
  readonly index: number;
  /** Maximum length of the chunk. */
  readonly maxBytes: number;
  /** Length of the chunk; 0 when unknown. */
  readonly expectedBytes: number;
  /** The plan to begin with; null: the master is asked for one. */
  readonly plan: ChunkPlan | null;
  /** Excluded nodes; nodes that fail in this upload are added. */
  readonly exclusions: Exclusions;
}

/** What became of one plan. */
interface Attempt {
  hasWritten: boolean;
}

export class ChunkUpload {
  readonly #context: ClientContext;
  readonly #buffer: ChunkBuffer;
  readonly #options: ChunkUploadOptions;
  readonly #action: string;
  readonly #givenUp = new AbortController();
  readonly #ended: Promise<DfsError | null>;
  #failure: DfsError | null = null;
  #sealed = false;
  #leavesCommit = false;
  #written: WrittenChunk | null = null;
  #wake: () => void = () => undefined;
  /** First node of the last pipeline that failed and blamed only this client; the second time in a row it is excluded. */
  #suspect = '';
  /** Pipelines that met a busy node. */
  #busyTimes = 0;

  /**
   * Starts immediately.
   * @param buffer owned by this upload until `finish` or `abort` is done; the caller may only append, and call `advance`
   */
  constructor(context: ClientContext, buffer: ChunkBuffer, options: ChunkUploadOptions) {
    this.#context = context;
    this.#buffer = buffer;
    this.#options = options;
    this.#action = `Cannot write chunk ${options.index} of "${options.path}"`;
    this.#ended = this.#run();
  }

  /** The failure, as soon as it is known; null before. */
  get failure(): DfsError | null {
    return this.#failure;
  }

  /** Signals that more blocks are ready in the buffer. */
  advance(): void {
    this.#wake();
  }

  /**
   * Signals that the buffer holds the whole chunk (and is sealed). Resolves when the chunk is committed; rejects with the failure.
   */
  async finish(): Promise<void> {
    this.#sealed = true;
    this.#wake();
    const failure = await this.#ended;
    if (failure !== null) throw failure;
  }

  /** As `finish`, but does not commit the chunk: the caller does. @returns what is to be committed */
  async finishUncommitted(): Promise<WrittenChunk | null> {
    this.#leavesCommit = true;
    await this.finish();
    return this.#written;
  }

  /** Aborts the upload; resolves when all its work has ended. */
  async abort(): Promise<void> {
    this.#givenUp.abort();
    this.#wake();
    await this.#ended;
  }

  async #run(): Promise<DfsError | null> {
    try {
      await this.#upload();
    } catch (error) {
      // A chunk of an unfinished file is not visible: whether an aborted call was carried out makes no difference.
      this.#failure = this.#givenUp.signal.aborted ? this.#aborted(error) : toDfsError(error, this.#action);
    }
    return this.#failure;
  }

  async #upload(): Promise<void> {
    const { clock } = this.#context.runtime;
    while (this.#source.next(0) === 'wait') {
      this.#throwIfGivenUp();
      await this.#source.changed();
    }
    const patienceMs = this.#context.config.timings.masterPatienceMs;
    let giveUpAtMs = clock.nowMs() + patienceMs;
    for (let plans = 1; ; plans++) {
      const plan = plans === 1 && this.#options.plan !== null ? this.#options.plan : await this.#assign(giveUpAtMs);
      const attempt: Attempt = { hasWritten: false };
      const failure = await this.#tryPlan(plan, attempt);
      if (failure === null) return;
      this.#throwIfGivenUp();
      this.#blame(plan, failure);
      // The patience is for finding a pipeline that works. However long one worked, or its own limits waited for the first one, is no
      // part of it.
      if (attempt.hasWritten || plans === 1) giveUpAtMs = clock.nowMs() + patienceMs;
      if (plans >= PLANS_MAX || clock.nowMs() >= giveUpAtMs) {
        const text = `${this.#action}: gave up after ${plans} pipelines; the last one: ${failure.message}`;
        throw new DfsError(failure.code, text, { cause: failure, retriable: failure.retriable });
      }
      // The second pipeline uses other nodes, so it is tried without a delay; after a busy node it may use the same.
      if (plans > 1 || isBusy(failure)) await this.#pause(Math.max(1, plans - 1));
    }
  }

  /**
   * Requests a plan, again while too few nodes can store the chunk and the time limit has not passed.
   * @throws DfsError the master's refusal: LEASE_LOST, NOT_ENOUGH_REPLICAS with the reasons, …
   */
  async #assign(giveUpAtMs: number): Promise<ChunkPlan> {
    const { runtime, config, master } = this.#context;
    const { exclusions, fileId, index } = this.#options;
    const localNodeId = config.localNodeId ?? '';
    for (let attempt = 1; ; attempt++) {
      this.#throwIfGivenUp();
      let clusterId = '';
      try {
        const plan = await master.mutate(
          NamespaceService.AssignChunk,
          (header) => {
            clusterId = header.clusterId;
            const excludedNodeIds = exclusions.nodeIds;
            return { header, fileId, index, excludedNodeIds, localNodeId, expectedBytes: this.#expectedBytes() };
          },
          this.#action,
          { signal: this.#givenUp.signal },
        );
        return { ...plan, clusterId };
      } catch (error) {
        if (!isDfsError(error, 'NOT_ENOUGH_REPLICAS', 'NO_SPACE')) throw error;
        if (exclusions.isEmpty) {
          // Nodes may still register or get space; half of the time limit is reserved for the steps after the plan.
          if (runtime.clock.nowMs() + config.timings.masterPatienceMs / 2 >= giveUpAtMs) throw error;
          await this.#pause(attempt);
        } else {
          // A node that failed once is better than none, but the master needs time to detect dead nodes.
          await runtime.clock.sleep(config.timings.heartbeatIntervalMs, this.#givenUp.signal);
          exclusions.clear();
        }
      }
    }
  }

  /**
   * Streams and commits.
   * @returns null, or the failure of this plan when another plan may succeed
   * @throws DfsError a failure that no other plan can avoid: VERSION_CONFLICT, LEASE_LOST, OUTCOME_UNKNOWN, …
   */
  async #tryPlan(plan: ChunkPlan, attempt: Attempt): Promise<DfsError | null> {
    const signal = this.#givenUp.signal;
    let nodeIds: readonly string[];
    try {
      const reserveBytes = this.#expectedBytes() || this.#options.maxBytes;
      nodeIds = await streamChunk(this.#context, plan, this.#source, reserveBytes, signal, () => {
        attempt.hasWritten = true;
      });
    } catch (error) {
      return toDfsError(error, this.#action);
    }
    const { chunkId, fromVersion, version: toVersion } = plan;
    const written = { chunkId, fromVersion, toVersion, nodeIds: [...nodeIds] };
    if (this.#leavesCommit) {
      this.#written = written;
      return null;
    }
    try {
      const { fileId } = this.#options;
      await this.#context.master.mutate(
        NamespaceService.CommitVersion,
        (header) => ({ header, fileId, lengthBytes: this.#buffer.length, ...written }),
        this.#action,
        { signal },
      );
      return null;
    } catch (error) {
      if (isDfsError(error, 'NOT_ENOUGH_REPLICAS')) return error;
      throw error;
    }
  }

  #blame(plan: ChunkPlan, failure: DfsError): void {
    const first = plan.pipeline[0]?.nodeId ?? '';
    if (isBusy(failure)) {
      this.#waitFor(plan, failure);
      return;
    }
    let blamed = failure.nodeId ?? '';
    if (blamed === '' && this.#suspect === first) blamed = first;
    this.#suspect = blamed === '' ? first : '';
    if (blamed !== '') {
      this.#options.exclusions.add(blamed);
      this.#context.penalties.add(blamed);
    }
    const { path, index } = this.#options;
    const fields = { path, index, version: plan.version, blamed, code: failure.code, reason: failure.message };
    this.#context.runtime.log.warn('A write pipeline failed: the chunk is written again on another', fields);
  }

  /** A busy node has not failed: it is tried again a few times, and then excluded from this chunk. */
  #waitFor(plan: ChunkPlan, failure: DfsError): void {
    const { path, index, exclusions } = this.#options;
    this.#suspect = '';
    this.#busyTimes += 1;
    if (this.#busyTimes % BUSY_TIMES_MAX === 0 && failure.nodeId !== undefined) exclusions.add(failure.nodeId);
    const fields = { path, index, version: plan.version, nodeId: failure.nodeId, reason: failure.message };
    this.#context.runtime.log.info('A node of a write pipeline is busy: the chunk is planned again after a pause', fields);
  }

  /** 0 when unknown. */
  #expectedBytes(): number {
    return this.#sealed ? this.#buffer.length : this.#options.expectedBytes;
  }

  readonly #source: BlockSource = {
    next: (index) => {
      if (index < this.#buffer.readyBlocks) return this.#buffer.block(index);
      return this.#sealed ? 'end' : 'wait';
    },
    changed: () =>
      new Promise((resolve) => {
        this.#wake = resolve;
      }),
  };

  async #pause(attempt: number): Promise<void> {
    const { runtime, config } = this.#context;
    const policy = { initialMs: config.timings.retryInitialMs, maxMs: config.timings.retryMaxMs };
    await runtime.clock.sleep(retryDelayMs(attempt, policy, runtime.random), this.#givenUp.signal);
  }

  #throwIfGivenUp(): void {
    if (this.#givenUp.signal.aborted) throw this.#aborted();
  }

  #aborted(cause?: unknown): DfsError {
    return new DfsError('CANCELLED', `${this.#action}: aborted`, { cause });
  }
}
