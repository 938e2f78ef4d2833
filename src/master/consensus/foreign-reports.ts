/** Logs, at most once a minute, that a master sends messages under an incarnation which is not the member's, or out of range. */
import type { Report } from '../../raft/types.js';
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
  tell(reports: readonly Report[]): void {
    const [first] = reports;
    if (first === undefined || this.#clock.nowMs() - this.#lastMs < REPORT_EVERY_MS) return;
    this.#lastMs = this.#clock.nowMs();
    const { from } = first.message;
    this.#log.warn(textOf(first), { masterId: from.id, incarnation: from.incarnation });
  }
}

function textOf(report: Report): string {
  const { from, to, type } = report.message;
  if (report.kind === 'out-of-range') return `A message "${type}" of master "${from.id}" is dropped: ${report.reason}`;
  if (report.kind === 'foreign-recipient') {
    return `Master "${from.id}" speaks to incarnation ${to.incarnation} of this master, which is incarnation ${report.expected}`;
  }
  return (
    `Master "${from.id}" speaks as incarnation ${from.incarnation}, but incarnation ${report.expected} is the member: one that lost ` +
    'its disk must be removed and added again'
  );
}
