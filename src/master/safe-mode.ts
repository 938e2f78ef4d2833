/** Safe mode: after a start, nothing is changed or deleted until enough replicas are known. Reads are allowed. */
import { DfsError } from '../shared/errors.js';
import type { Clock, Logger } from '../shared/runtime.js';
import type { ActiveNodes } from './active-nodes.js';
import type { ChunkHealth } from './chunk-health.js';

/** Chunks that may be missing when safe mode ends: one in a thousand. */
const MISSING_FRACTION_MAX = 0.001;

export class SafeMode {
  readonly #health: ChunkHealth;
  readonly #nodes: ActiveNodes;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #graceMs: number;
  readonly #startedMs: number;
  #active = true;

  constructor(
    health: ChunkHealth,
    nodes: ActiveNodes,
    runtime: { readonly clock: Clock; readonly log: Logger },
    graceMs: number,
  ) {
    this.#health = health;
    this.#nodes = nodes;
    this.#clock = runtime.clock;
    this.#log = runtime.log;
    this.#graceMs = graceMs;
    this.#startedMs = runtime.clock.nowMs();
  }

  get active(): boolean {
    return this.#active;
  }

  /** The figures, for people; empty when safe mode is over. */
  reason(): string {
    if (!this.#active) return '';
    const { total, missing } = this.#health.totals();
    const nodes = [...this.#nodes.all()];
    const reported = nodes.filter((node) => node.hasReported).length;
    const leftMs = Math.max(0, Math.ceil(this.#startedMs + this.#graceMs - this.#clock.nowMs()));
    return (
      `${total - missing} of ${total} chunks have a reported replica, ${reported} of ${nodes.length} datanodes have reported; ` +
      `it ends in ${leftMs} ms at the latest`
    );
  }

  /** @throws DfsError SAFE_MODE, retriable, while it lasts */
  assertOver(): void {
    if (!this.#active) return;
    throw new DfsError('SAFE_MODE', `The master has just started and is in safe mode: ${this.reason()}`);
  }

  /** Ends safe mode when its time has come. Never begins again. */
  check(): void {
    if (!this.#active) return;
    const why = this.#endReason();
    if (why === null) return;
    this.#active = false;
    const totals = this.#health.totals();
    this.#log.info(`Safe mode is over: ${why}`, { ...totals });
    if (totals.missing > 0) {
      this.#log.warn(`${totals.missing} of ${totals.total} chunks have no reported replica`, { ...totals });
    }
  }

  #endReason(): string | null {
    const { total, missing } = this.#health.totals();
    if (total === 0) return 'there are no chunks';
    if (missing <= total * MISSING_FRACTION_MAX) return `${total - missing} of ${total} chunks have a reported replica`;
    const nodes = [...this.#nodes.all()];
    if (nodes.length > 0 && nodes.every((node) => node.hasReported)) return 'all known datanodes have reported';
    if (this.#clock.nowMs() - this.#startedMs >= this.#graceMs) return `it lasted ${this.#graceMs} ms`;
    return null;
  }
}
