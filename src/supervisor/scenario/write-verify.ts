/** The workload `write-verify`: clients that write new files, read earlier ones back and compare, and delete some. */
import { isDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import { SeededRandom } from '../../runtime/memory/seeded-random.js';
import type { FileClient } from './file-client.js';
import { fileContent, fingerprint } from './file-content.js';
import type { Ledger } from './ledger.js';
import type { RunClock } from './run-clock.js';
import type { WriteVerify } from './scenario.js';

const FOLDER = '/workload';

/** The folder of one client's files. @param client its name */
export const workloadFolder = (client: string): string => `${FOLDER}/${client}`;

/** True for a file that one client alone writes, once, and that nobody removes before that is acknowledged. */
export const isOwnFile = (path: string): boolean => path.startsWith(`${FOLDER}/`);

/** What all clients have done together. */
export interface WorkloadCounters {
  filesAcked: number;
  bytesAcked: number;
  readsVerified: number;
  filesDeleted: number;
  /** Operations that failed. During faults that is allowed: a failed operation breaks no promise. */
  errors: number;
  lastError: string;
}

export function newCounters(): WorkloadCounters {
  return { filesAcked: 0, bytesAcked: 0, readsVerified: 0, filesDeleted: 0, errors: 0, lastError: '' };
}

/** Above this many bytes or files, clients delete one for each they write: the disks of a small machine must do. */
const LIVE_BYTES_MAX = 256 * MIB;
const LIVE_FILES_MAX = 2_000;
/** Below that, one round in this many deletes a file, so that deletion is tried too. */
const DELETE_ONE_IN = 8;
/** A client that fails at once, again and again, must not spin. */
const PAUSE_AFTER_ERROR_MS = 100;

export interface WorkerOptions {
  /** `client-1` … */
  readonly name: string;
  readonly client: FileClient;
  readonly workload: WriteVerify;
  readonly seed: number;
  readonly clock: RunClock;
  readonly ledger: Ledger;
  readonly counters: WorkloadCounters;
  /** Ends the work after the operation under way. */
  readonly signal: AbortSignal;
}

class Worker {
  readonly #options: WorkerOptions;
  readonly #random: SeededRandom;
  #fileNumber = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#random = new SeededRandom(String(options.seed), `workload ${options.name}`);
  }

  async run(): Promise<void> {
    const { clock, signal, workload } = this.#options;
    const pauseMs = workload.filesPerSecond === undefined ? 0 : (1_000 * workload.clients) / workload.filesPerSecond;
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      const isWell = (await this.#write()) && (await this.#readBack()) && (await this.#deleteSome());
      const restMs = Math.max(pauseMs - (clock.nowMs() - startedMs), isWell ? 0 : PAUSE_AFTER_ERROR_MS);
      // Without the pause of a rate a turn of the event loop is enough to let the rest of the lab work.
      await clock.sleep(restMs, signal).catch(() => undefined);
    }
  }

  async #write(): Promise<boolean> {
    const { client, ledger, counters, name, seed, workload } = this.#options;
    this.#fileNumber += 1;
    const path = `${workloadFolder(name)}/file-${String(this.#fileNumber).padStart(6, '0')}`;
    const content = fileContent(seed, path, this.#random.integer(workload.sizeBytesMin, workload.sizeBytesMax));
    // Before the write: the client may take the buffer over.
    const written = { path, sha256: fingerprint(content), lengthBytes: content.length };
    const isAcked = await this.#attempt(() => client.writeFile(path, content));
    ledger.recordWrite(written, isAcked);
    if (isAcked) {
      counters.filesAcked += 1;
      counters.bytesAcked += written.lengthBytes;
    }
    return isAcked;
  }

  async #readBack(): Promise<boolean> {
    const { client, ledger, counters } = this.#options;
    const record = ledger.pick(this.#random);
    if (record === undefined || this.#options.signal.aborted) return true;
    return this.#attempt(
      async () => {
        const content = await client.readFile(record.path);
        if (ledger.checkContent(record, content)) counters.readsVerified += 1;
      },
      () => ledger.checkAbsence(record),
    );
  }

  async #deleteSome(): Promise<boolean> {
    const { client, ledger, counters, signal } = this.#options;
    const isFull = ledger.liveBytes > LIVE_BYTES_MAX || ledger.acked.length > LIVE_FILES_MAX;
    if (signal.aborted || !(isFull || this.#random.integer(1, DELETE_ONE_IN) === 1)) return true;
    const record = ledger.takeForDeletion(this.#random);
    if (record === undefined) return true;
    const isAcked = await this.#attempt(
      () => client.rm(record.path),
      () => ledger.reportLost(record),
    );
    ledger.recordDeletion(record, isAcked);
    if (isAcked) counters.filesDeleted += 1;
    return isAcked;
  }

  /** Runs an operation; a failure is counted. */
  async #attempt(operation: () => Promise<void>, onNotFound?: () => void): Promise<boolean> {
    try {
      await operation();
      return true;
    } catch (error) {
      if (isDfsError(error, 'NOT_FOUND')) onNotFound?.();
      this.#options.counters.errors += 1;
      this.#options.counters.lastError = error instanceof Error ? error.message : String(error);
      return false;
    }
  }
}

/** Works until the signal fires and the operation under way ended. Never rejects. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  await new Worker(options).run();
}
