/** Reads everything back after the last fault: what was acknowledged is there, what was deleted is not, nothing is half there. */
import { isDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { FileClient } from './file-client.js';
import type { FileRecord, Ledger } from './ledger.js';
import { metadataFiles } from './metadata-operations.js';
import type { RunClock } from './run-clock.js';
import type { MetadataWorkload } from './scenario.js';

/** A file that cannot be read is tried again for this long: nodes may still be on their way back. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 250;
/** Answers that trying again does not change. */
const FINAL: readonly ErrorCode[] = ['NOT_FOUND', 'NOT_A_DIRECTORY', 'IS_A_DIRECTORY'];
const PARALLEL = 4;

export interface EndChecks {
  readonly filesRead: number;
  readonly deletedChecked: number;
  /** Questions that got no answer, so that the verdict cannot be "pass". */
  readonly unanswered: readonly string[];
}

interface Progress {
  filesRead: number;
  deletedChecked: number;
  unanswered: string[];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface EndCheckInputs {
  /** A fresh one, that has no cached locations. */
  readonly client: FileClient;
  readonly ledger: Ledger;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  /** Workloads of which nobody knows what they left; what is there can be read. */
  readonly metadata?: readonly MetadataWorkload[];
}

class EndReader {
  readonly #client: FileClient;
  readonly #ledger: Ledger;
  readonly #clock: RunClock;
  readonly #signal: AbortSignal;
  readonly #deadlineMs: number;
  readonly progress: Progress = { filesRead: 0, deletedChecked: 0, unanswered: [] };

  constructor({ client, ledger, clock, signal }: EndCheckInputs, patienceMs: number) {
    this.#client = client;
    this.#ledger = ledger;
    this.#clock = clock;
    this.#signal = signal;
    this.#deadlineMs = clock.nowMs() + patienceMs;
  }

  async check(record: FileRecord): Promise<void> {
    this.#signal.throwIfAborted();
    if (record.state === 'acked') await this.#checkAcked(record);
    else if (record.state === 'deleted') await this.#checkDeleted(record);
    else await this.#checkUncertain(record);
  }

  async #checkAcked(record: FileRecord): Promise<void> {
    try {
      const content = await this.#patiently(() => this.#client.readFile(record.path));
      if (this.#ledger.checkContent(record, content)) this.progress.filesRead += 1;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isDfsError(error, 'NOT_FOUND')) this.#ledger.checkAbsence(record);
      else {
        const detail = `acknowledged, and cannot be read: ${messageOf(error)}`;
        this.#ledger.report({ invariant: 'acked-files-readable', path: record.path, detail });
      }
    }
  }

  async #checkDeleted(record: FileRecord): Promise<void> {
    try {
      const isThere = await this.#patiently(() => this.#client.exists(record.path));
      this.progress.deletedChecked += 1;
      if (!isThere) return;
      const detail = 'deleted, acknowledged so, and there again';
      this.#ledger.report({ invariant: 'deleted-stay-deleted', path: record.path, detail });
    } catch (error) {
      this.#signal.throwIfAborted();
      this.progress.unanswered.push(`does the deleted ${record.path} exist? ${messageOf(error)}`);
    }
  }

  /** Nobody knows whether it is there. If it is, it is whole. */
  async #checkUncertain(record: FileRecord): Promise<void> {
    try {
      this.#ledger.checkContent(record, await this.#client.readFile(record.path));
    } catch {
      // Not there, or not readable: nothing was promised about it.
      this.#signal.throwIfAborted();
    }
  }

  /** Whatever is at a shared name is whole. What it should be, the history tells. */
  async checkShared(path: string): Promise<void> {
    this.#signal.throwIfAborted();
    try {
      await this.#patiently(() => this.#client.readFile(path));
      this.progress.filesRead += 1;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isDfsError(error, ...FINAL)) return;
      const detail = `cannot be read: ${messageOf(error)}`;
      this.#ledger.report({ invariant: 'acked-files-readable', path, detail });
    }
  }

  /** Tries until it works, until the answer is final, or until patience ends. Rejects with the last error. */
  async #patiently<T>(operation: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        if (isDfsError(error, ...FINAL) || this.#clock.nowMs() >= this.#deadlineMs) throw error;
        await this.#clock.sleep(PAUSE_MS, this.#signal);
      }
    }
  }
}

/**
 * Checks every remembered file, or fewer when the verdict is beyond doubt; what is wrong goes to the ledger.
 * @throws the signal's reason when it fires
 */
export async function runEndChecks(inputs: EndCheckInputs, patienceMs: number = PATIENCE_MS): Promise<EndChecks> {
  const { ledger, metadata = [] } = inputs;
  const reader = new EndReader(inputs, patienceMs);
  const waiting = [...ledger.acked, ...ledger.others];
  const lane = async (): Promise<void> => {
    for (let record = waiting.pop(); record !== undefined && !ledger.isHopeless; record = waiting.pop())
      await reader.check(record);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  for (const path of new Set(metadata.flatMap(metadataFiles))) if (!ledger.isHopeless) await reader.checkShared(path);
  return reader.progress;
}
