/**
 * The workload `metadata`: clients that create, replace, rename, delete, list and read few names at once. It promises nothing itself;
 * the checkers judge its history. Every content is written once, so that a digest names its write.
 */
import { isDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import { SeededRandom } from '../../runtime/memory/seeded-random.js';
import type { FileClient } from './file-client.js';
import { fileContent, fingerprint } from './file-content.js';
import { METADATA_DIRECTORIES, MetadataChooser } from './metadata-operations.js';
import type { MetadataOperation } from './metadata-operations.js';
import { endsWithin } from './run-clock.js';
import type { RunClock } from './run-clock.js';
import type { MetadataWorkload } from './scenario.js';
import type { WorkloadCounters } from './write-verify.js';

/** A client that fails at once, again and again, must not spin. */
const PAUSE_AFTER_ERROR_MS = 100;
/** One operation in so many is the last of its client, which ends in the middle of it. */
const CRASH_ONE_IN = 60;
/** So far into it at most. */
const CRASH_AFTER_MS_MAX = 100;

/** Answers as good as any other: with few names many operations find what they need gone, or what they make there. */
const REFUSALS: readonly ErrorCode[] = [
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'NOT_A_DIRECTORY',
  'IS_A_DIRECTORY',
  'NOT_EMPTY',
  'FILE_BUSY',
  'STALE_HANDLE',
];

export interface MetadataWorkerOptions {
  /** `client-1` … */
  readonly name: string;
  readonly client: FileClient;
  readonly workload: MetadataWorkload;
  readonly seed: number;
  readonly clock: RunClock;
  /** Written and read files count as those of `write-verify` do, every content that was read is one that was written. */
  readonly counters: WorkloadCounters;
  /** Fingerprints of all that any client of the run ever tried to write; shared by them. */
  readonly written: Set<string>;
  /** Ends the work after the operation under way. */
  readonly signal: AbortSignal;
  /**
   * Takes a client away, as a crash does or by closing it, and makes a new one with a session of its own. What the old one was
   * about may never settle. Left out: clients last.
   */
  readonly reconnect?: (lost: FileClient) => Promise<FileClient>;
}

/** Makes the directories that the workload uses. @throws DfsError */
export async function prepareMetadata(client: FileClient): Promise<void> {
  for (const directory of METADATA_DIRECTORIES) await client.mkdir(directory);
}

class MetadataWorker {
  readonly #options: MetadataWorkerOptions;
  readonly #random: SeededRandom;
  readonly #chooser: MetadataChooser;
  #client: FileClient;
  #writes = 0;

  constructor(options: MetadataWorkerOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#random = new SeededRandom(String(options.seed), `metadata ${options.name}`);
    this.#chooser = new MetadataChooser(options.workload, this.#random);
  }

  async run(): Promise<void> {
    const { clock, signal, workload } = this.#options;
    const pauseMs = workload.opsPerSecond === undefined ? 0 : (1_000 * workload.clients) / workload.opsPerSecond;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      const isWell = await this.#once();
      const restMs = Math.max(pauseMs - (clock.nowMs() - startedMs), isWell ? 0 : PAUSE_AFTER_ERROR_MS);
      // Without the pause of a rate a turn of the event loop is enough to let the rest of the lab work.
      await clock.sleep(restMs, signal).catch(() => undefined);
    }
  }

  /** One operation; false when it failed. */
  async #once(): Promise<boolean> {
    const { reconnect } = this.#options;
    const client = this.#client;
    const operation = this.#chooser.next();
    const work = this.#attemptTo(() => this.#perform(client, operation));
    if (reconnect === undefined || this.#random.integer(1, CRASH_ONE_IN) > 1) return work;
    await endsWithin(this.#options.clock, work, this.#random.integer(0, CRASH_AFTER_MS_MAX));
    return this.#options.signal.aborted ? work : this.#attemptTo(async () => (this.#client = await reconnect(this.#client)));
  }

  /** Counts a failure, unless it is an answer as good as any other; false for what was counted. */
  async #attemptTo(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (isDfsError(error, ...REFUSALS)) return true;
      this.#countError(error);
      return false;
    }
  }

  #countError(error: unknown): void {
    this.#options.counters.errors += 1;
    this.#options.counters.lastError = error instanceof Error ? error.message : String(error);
  }

  #perform(client: FileClient, operation: MetadataOperation): Promise<unknown> {
    const { path } = operation;
    switch (operation.kind) {
      case 'create':
        return this.#write(path, operation.lengthBytes, (content) => client.createFile(path, content));
      case 'overwrite':
        return this.#write(path, operation.lengthBytes, (content) => client.writeFile(path, content));
      case 'read':
        return this.#read(client, path);
      case 'stat':
        return client.exists(path);
      case 'list':
        return client.readdir(path);
      case 'mkdir':
        return client.makeDirectory(path);
      case 'rename':
        return client.rename(path, operation.toPath);
      case 'delete':
        return this.#remove(client.rm(path));
      case 'delete-tree':
        return this.#remove(client.removeTree(path));
    }
  }

  async #write(path: string, lengthBytes: number, write: (content: Uint8Array) => Promise<void>): Promise<void> {
    const { counters, name, seed, written } = this.#options;
    this.#writes += 1;
    const content = fileContent(seed, `${name} ${this.#writes} ${path}`, lengthBytes);
    written.add(fingerprint(content));
    await write(content);
    counters.filesAcked += 1;
    counters.bytesAcked += lengthBytes;
  }

  async #read(client: FileClient, path: string): Promise<void> {
    const { counters, written } = this.#options;
    const content = await client.readFile(path);
    // Wrong content is in the history, too, where the checkers find it.
    if (written.has(fingerprint(content))) counters.readsVerified += 1;
    else this.#countError(new Error(`Nobody wrote what ${path} holds: ${content.length} bytes`));
  }

  async #remove(removal: Promise<void>): Promise<void> {
    await removal;
    this.#options.counters.filesDeleted += 1;
  }
}

/** Works until the signal fires and the operation under way ended. Never rejects. */
export async function runMetadataWorker(options: MetadataWorkerOptions): Promise<void> {
  await new MetadataWorker(options).run();
}
