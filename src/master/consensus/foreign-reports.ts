/** Logs, at most once a minute, that a master sends messages under an incarnation which is not the member's. */
import type { ForeignIncarnation } from '../../raft/types.js';
import type { Clock, Logger } from '../../shared/runtime.js';

/** Between two lines. */
const REPORT_EVERY_MS = 60_000;

export class ForeignReports {
  readonly #clock: Clock;
  readonly #log: Logger;
  #lastMs = -Infinity;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Logs the first of these, unless there was a line lately. */
  tell(reports: readonly ForeignIncarnation[]): void {
    const [first] = reports;
    if (first === undefined || this.#clock.nowMs() - this.#lastMs < REPORT_EVERY_MS) return;
    this.#lastMs = this.#clock.nowMs();
    const { from, to } = first.message;
    this.#log.warn(
      first.kind === 'foreign-sender'
        ? `Master "${from.id}" speaks as incarnation ${from.incarnation}, but incarnation ${first.expected} is the member: one that lost ` +
            'its disk must be removed and added again'
        : `Master "${from.id}" speaks to incarnation ${to.incarnation} of this master, which is incarnation ${first.expected}`,
      { masterId: from.id, incarnation: from.incarnation },
    );
  }
}
