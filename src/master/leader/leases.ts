/** When each writer's session was last heard of: the leader's memory of write leases. Soft: a new leader counts from its start. */
import type { Clock } from '../../shared/runtime.js';
import type { SessionTable } from '../state/tables/session-table.js';

/** Entries of ended sessions that may lie around before they are cleared. */
const LEFTOVERS_MAX = 1_024;

export class Leases {
  readonly #sessions: SessionTable;
  readonly #clock: Clock;
  readonly #softMs: number;
  readonly #startedMs: number;
  readonly #renewedMs = new Map<number, number>();

  /** @param softMs a writer unheard for this long may be replaced by another */
  constructor(sessions: SessionTable, clock: Clock, softMs: number) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#softMs = softMs;
    this.#startedMs = clock.nowMs();
  }

  renew(sessionId: number): void {
    this.#renewedMs.set(sessionId, this.#clock.nowMs());
    if (this.#renewedMs.size <= this.#sessions.size + LEFTOVERS_MAX) return;
    for (const id of this.#renewedMs.keys()) if (this.#sessions.get(id) === undefined) this.#renewedMs.delete(id);
  }

  /** True when another writer may take over what this session has open. */
  hasLapsed(sessionId: number): boolean {
    return this.#clock.nowMs() - (this.#renewedMs.get(sessionId) ?? this.#startedMs) > this.#softMs;
  }
}
