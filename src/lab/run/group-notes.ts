/** What a run sees of the masters' group: who led in which term, all the time, and whether all masters hold the same state at its end. */
import type { LeaderFact } from '../checkers/run-facts.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ClusterStatus } from '../../supervisor/api/cluster-status.js';
import type { RunClock } from '../workloads/run-clock.js';

/** Masters that live and receive nothing new agree by then. */
const AGREE_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 200;
/** Of one run. */
const LEADERS_MAX = 10_000;

/** Whether all live masters have the same state at the same place of the log. */
export interface Agreement {
  /** Masters looked at. */
  readonly masters: number;
  readonly holds: boolean;
  /** For people. */
  readonly detail: string;
}

/** Where a live master is in the log, and what it holds there. */
export interface MasterPlace {
  readonly id: string;
  readonly appliedIndex: number;
  readonly stateDigest: string;
}

export class GroupNotes {
  readonly #leaders = new Map<string, LeaderFact>();

  /** Every master that was seen to lead. */
  get leaders(): readonly LeaderFact[] {
    return [...this.#leaders.values()];
  }

  observe(event: ClusterEvent): void {
    if (event.event === 'leader') this.#note(event.term, event.node);
  }

  /** The first leader was reported before the run began to listen. */
  begin({ nodes }: ClusterStatus): void {
    for (const { id, member } of nodes) if (member?.role === 'leader') this.#note(member.term, id);
  }

  #note(term: number, node: string): void {
    if (this.#leaders.size < LEADERS_MAX) this.#leaders.set(`${term} ${node}`, { term, node });
  }
}

/** The masters that live and say what they hold. */
export function placesOf({ nodes }: ClusterStatus): MasterPlace[] {
  return nodes.flatMap(({ id, state, member }) => {
    if (member === null || member.role === null || state !== 'live' || member.stateDigest === '') return [];
    return [{ id, appliedIndex: member.appliedIndex, stateDigest: member.stateDigest }];
  });
}

/** True when they hold the same at the same place. */
export function areSame(places: readonly MasterPlace[]): boolean {
  const [first] = places;
  return places.every(
    ({ appliedIndex, stateDigest }) => appliedIndex === first?.appliedIndex && stateDigest === first.stateDigest,
  );
}

/**
 * Looks until all live masters agree. What is still on its way gets a bounded time.
 * @throws the signal's reason, or the cluster's error
 */
export async function lookForAgreement(
  control: Pick<ClusterControl, 'status'>,
  clock: RunClock,
  signal: AbortSignal,
): Promise<Agreement> {
  const deadlineMs = clock.nowMs() + AGREE_WITHIN_MS;
  for (;;) {
    const places = placesOf(await control.status());
    const masters = places.length;
    const count = `${masters} master${masters === 1 ? '' : 's'}`;
    if (areSame(places)) return { masters, holds: true, detail: `${count} at index ${places[0]?.appliedIndex ?? 0}` };
    if (clock.nowMs() >= deadlineMs) {
      const shown = places.map(({ id, appliedIndex, stateDigest }) => `${id} ${stateDigest} at index ${appliedIndex}`);
      return { masters, holds: false, detail: `different after ${AGREE_WITHIN_MS / 1_000}s: ${shown.join(', ')}` };
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
