/** What is left in a cluster after the last fault: the facts that convergence is judged by. The same on processes and simulated. */
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import type { FinalState } from '../checkers/run-facts.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import { areSame, placesOf } from './group-notes.js';
import type { RunClock } from '../workloads/run-clock.js';

const LOOK_AGAIN_MS = 200;

export interface EndOfRun {
  readonly control: Pick<ClusterControl, 'status'>;
  /** Counts the temporary files in the datanodes' folders. */
  readonly temporaryFiles: () => Promise<number>;
  readonly clock: RunClock;
  readonly profile: ProfileName;
  readonly signal: AbortSignal;
}

/** True for the name of a temporary file, for which nothing is guaranteed. */
export const isTemporary = (name: string): boolean => name.endsWith('.tmp');

/**
 * Looks until nothing is left over. Replicas of deleted files go after a safe delay: they get that time, and no more.
 * @throws the signal's reason, or the cluster's error
 */
export async function finalState({ control, temporaryFiles, clock, profile, signal }: EndOfRun): Promise<FinalState> {
  const { orphanDelayMs, blockReportIntervalMs } = timingsOf(profile);
  const deadlineMs = clock.nowMs() + 2 * (orphanDelayMs + blockReportIntervalMs);
  for (;;) {
    const status = await control.status();
    const { chunks, orphanReplicas } = status;
    const places = placesOf(status);
    const state: FinalState = {
      underReplicatedChunks: chunks.underReplicated + chunks.missing + chunks.unreported,
      orphanReplicas,
      temporaryFiles: await temporaryFiles(),
      masterDigests: places.map(({ stateDigest }) => stateDigest),
    };
    const isClean = state.underReplicatedChunks + state.orphanReplicas + state.temporaryFiles === 0 && areSame(places);
    if (isClean || clock.nowMs() > deadlineMs) return state;
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
