/** Reads everything back after the last fault: what was acknowledged is there, what was deleted is not, nothing is half there. */
import { isDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { FileClient } from '../workloads/file-client.js';
import { fingerprintOf, FingerprintTaker } from '../workloads/file-content.js';
import type { Fingerprint } from '../workloads/file-content.js';
import type { BrokenGuarantees } from '../workloads/broken-guarantees.js';
import type { FileRecord } from '../workloads/ledger.js';
import type { Register } from '../workloads/register.js';
import type { RunnerExpectations } from './workload-runner.js';
import type { RunClock } from '../workloads/run-clock.js';
import { messageOf } from '../../shared/error-text.js';

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

export interface EndCheckInputs {
  /** A fresh one, that has no cached locations. */
  readonly client: FileClient;
  /** What the workload left. */
  readonly expectations: RunnerExpectations;
  /** Takes what is wrong. */
  readonly promises: BrokenGuarantees;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
}

class EndReader {
  readonly #client: FileClient;
  readonly #promises: BrokenGuarantees;
  readonly #clock: RunClock;
  readonly #signal: AbortSignal;
  readonly #deadlineMs: number;
  readonly progress: Progress = { filesRead: 0, deletedChecked: 0, unanswered: [] };

  constructor({ client, promises, clock, signal }: EndCheckInputs, patienceMs: number) {
    this.#client = client;
    this.#promises = promises;
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
      const seen = await this.#patiently(() => this.#fingerprintOf(record.path, record.content !== undefined));
      if (this.#promises.checkContent(record, seen)) this.progress.filesRead += 1;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isDfsError(error, 'NOT_FOUND')) this.#promises.checkAbsence(record);
      else this.#reportUnreadable(record.path, error);
    }
  }

  async #checkDeleted(record: FileRecord): Promise<void> {
    try {
      const isThere = await this.#patiently(() => this.#client.exists(record.path));
      this.progress.deletedChecked += 1;
      if (!isThere) return;
      this.#promises.reportBack(record.path);
      if (this.#promises.isLossAllowed) await this.#checkUncertain(record);
    } catch (error) {
      this.#signal.throwIfAborted();
      this.progress.unanswered.push(`does the deleted ${record.path} exist? ${messageOf(error)}`);
    }
  }

  /** It is unknown whether the file is there. If it is, it is whole. */
  async #checkUncertain(record: FileRecord): Promise<void> {
    try {
      this.#promises.checkContent(record, await this.#fingerprintOf(record.path, record.content !== undefined));
    } catch {
      // Not there, or not readable: nothing was guaranteed about it.
      this.#signal.throwIfAborted();
    }
  }

  /** Whatever is at a shared name is whole. What it should be follows from the history. */
  async checkShared(path: string): Promise<void> {
    this.#signal.throwIfAborted();
    try {
      await this.#patiently(() => this.#fingerprintOf(path));
      this.progress.filesRead += 1;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isDfsError(error, ...FINAL)) return;
      const detail = `cannot be read: ${messageOf(error)}`;
      this.#promises.report({ invariant: 'acked-files-readable', path, detail });
    }
  }

  /** A file that was written again and again holds what was acknowledged last, or something newer. */
  async checkRegister(register: Register): Promise<void> {
    this.#signal.throwIfAborted();
    const { path, acked } = register;
    if (acked === 0) return;
    try {
      const { sha256 } = await this.#patiently(() => this.#fingerprintOf(path));
      if (register.check(sha256, acked, this.#promises)) this.progress.filesRead += 1;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (isDfsError(error, 'NOT_FOUND')) this.#promises.reportLost({ path });
      else this.#reportUnreadable(path, error);
    }
  }

  #reportUnreadable(path: string, error: unknown): void {
    const detail = `acknowledged, and cannot be read: ${messageOf(error)}`;
    this.#promises.report({ invariant: 'acked-files-readable', path, detail });
  }

  /** @param isLarge it may be larger than the memory, and is read in pieces */
  async #fingerprintOf(path: string, isLarge = false): Promise<Fingerprint> {
    if (!isLarge) return fingerprintOf(await this.#client.readFile(path));
    const taker = new FingerprintTaker();
    await this.#client.readStream(path, (piece) => taker.add(piece));
    return taker.taken();
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
 * Checks every remembered file, or fewer when the verdict is beyond doubt; what is wrong is reported to `promises`.
 * @throws the signal's reason when it fires
 */
export async function runEndChecks(inputs: EndCheckInputs, patienceMs: number = PATIENCE_MS): Promise<EndChecks> {
  const { expectations, promises } = inputs;
  const reader = new EndReader(inputs, patienceMs);
  const waiting = [...expectations.records];
  const lane = async (): Promise<void> => {
    for (let record = waiting.pop(); record !== undefined && !promises.isHopeless; record = waiting.pop())
      await reader.check(record);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  for (const register of expectations.registers) if (!promises.isHopeless) await reader.checkRegister(register);
  for (const path of expectations.sharedNames) if (!promises.isHopeless) await reader.checkShared(path);
  return reader.progress;
}
