/** What has still to be reported to one master: the latest state of each chunk that changed, oldest change first. */
import type { CommandFailure } from '../../protocol/generated/distrifs/v1/CommandFailure.js';
import { PageBudget, textBytes } from '../../protocol/page-budget.js';
import { REPORT_FAILURES_MAX } from '../../shared/limits.js';
import type { ReplicaChange } from '../store/replica.js';

export interface ReportBatch {
  readonly replicas: readonly ReplicaChange[];
  readonly failures: readonly CommandFailure[];
}

/** Everything of a failure but its message: ids, a code, an address, tags and lengths. */
const FAILURE_FIELDS_BYTES = 512;
/** Beyond this a full report says it more cheaply. */
const CHANGES_MAX = 100_000;

export class ReportQueue {
  /** By chunk: only the latest state counts. */
  readonly #changes = new Map<number, ReplicaChange>();
  #failures: CommandFailure[] = [];
  #isOverflown = false;

  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.#failures.length === 0;
  }

  /** Tells whether changes were dropped since the last call, so that only a full report is true. */
  takeOverflow(): boolean {
    const overflown = this.#isOverflown;
    this.#isOverflown = false;
    return overflown;
  }

  add(change: ReplicaChange): void {
    this.#changes.delete(change.chunkId);
    this.#changes.set(change.chunkId, change);
    if (this.#changes.size <= CHANGES_MAX) return;
    this.#changes.clear();
    this.#isOverflown = true;
  }

  addFailure(failure: CommandFailure): void {
    this.#failures.push(failure);
    if (this.#failures.length > REPORT_FAILURES_MAX) this.#failures.shift();
  }

  /** Removes up to `replicasMax` changes, and as many failures as a message holds beside them, to send them. */
  take(replicasMax: number): ReportBatch {
    const replicas: ReplicaChange[] = [];
    for (const change of this.#changes.values()) {
      if (replicas.length === replicasMax) break;
      replicas.push(change);
      this.#changes.delete(change.chunkId);
    }
    const budget = new PageBudget();
    const end = this.#failures.findIndex(({ error }) => !budget.takes(FAILURE_FIELDS_BYTES + textBytes(error?.message ?? '')));
    const failures = this.#failures.splice(0, end < 0 ? this.#failures.length : end);
    return { replicas, failures };
  }

  /** Puts a batch back that was not acknowledged; chunks that changed since keep their newer state. */
  putBack(batch: ReportBatch): void {
    const newer = [...this.#changes.values()];
    const failures = this.#failures;
    this.#changes.clear();
    this.#failures = [];
    for (const change of [...batch.replicas, ...newer]) this.add(change);
    for (const failure of [...batch.failures, ...failures]) this.addFailure(failure);
  }
}
