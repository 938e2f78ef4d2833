/**
 * Safe mode: a new leader changes and deletes nothing until enough replicas are known. Reads are allowed.
 *
 *   warm (as a follower, it had reports of nearly every chunk) ─▶ over at once
 *   cold ─▶ over when nearly every chunk has a replica that was reported under this term, all nodes have reported, or after a grace
 */
import { DfsError } from '../../shared/errors.js';
import type { Clock, Logger } from '../../shared/runtime.js';
import type { ActiveNodes } from '../datanodes/active-nodes.js';
import type { ChunkHealth } from '../datanodes/chunk-health.js';

/** Chunks that may be missing when safe mode ends: one in a thousand. */
const MISSING_FRACTION_MAX = 0.001;

/** Tells whether a master that comes to lead knows where enough chunks are. */
export function isWarm(health: ChunkHealth): boolean {
  const { total } = health.totals();
  return total > 0 && health.unreportedCount <= total * MISSING_FRACTION_MAX;
}

export class SafeMode {
  readonly #health: ChunkHealth;
  readonly #nodes: ActiveNodes;
  readonly #isCounted: () => boolean;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #graceMs: number;
  readonly #startedMs: number;
  #active = true;

  /**
   * @param isCounted says whether the health of every chunk has been looked at under this term: its figures can be trusted
   * @param isWarm what was reported before suffices
   */
  constructor(
    health: ChunkHealth,
    nodes: ActiveNodes,
    runtime: { readonly clock: Clock; readonly log: Logger },
    graceMs: number,
    isCounted: () => boolean,
    isWarm: boolean,
  ) {
    this.#health = health;
    this.#isCounted = isCounted;
    this.#nodes = nodes;
    this.#clock = runtime.clock;
    this.#log = runtime.log;
    this.#graceMs = graceMs;
    this.#startedMs = runtime.clock.nowMs();
    if (isWarm) this.#end('this master knew where the chunks are before it came to lead');
    else this.check();
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
    throw new DfsError('SAFE_MODE', `The master has just begun to lead and is in safe mode: ${this.reason()}`);
  }

  /** Ends safe mode when its time has come. Never begins again. */
  check(): void {
    if (!this.#active) return;
    const why = this.#endReason();
    if (why === null) return;
    this.#end(why);
    const totals = this.#health.totals();
    if (totals.missing > 0) {
      this.#log.warn(`${totals.missing} of ${totals.total} chunks have no reported replica`, { ...totals });
    }
  }

  #end(why: string): void {
    this.#active = false;
    this.#log.info(`Safe mode is over: ${why}`, { ...this.#health.totals() });
  }

  #endReason(): string | null {
    const { total, missing } = this.#health.totals();
    if (total === 0) return 'there are no chunks';
    if (this.#isCounted() && missing <= total * MISSING_FRACTION_MAX)
      return `${total - missing} of ${total} chunks have a reported replica`;
    const nodes = [...this.#nodes.all()];
    if (nodes.length > 0 && nodes.every((node) => node.hasReported)) return 'all known datanodes have reported';
    if (this.#clock.nowMs() - this.#startedMs >= this.#graceMs) return `it lasted ${this.#graceMs} ms`;
    return null;
  }
}
