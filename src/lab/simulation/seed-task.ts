/** Request to and result of a worker thread: one seed of a scenario. Both cross a thread boundary. */
import type { FailedCheck } from '../record/judged-run.js';
import type { Scenario } from '../scenario/model/scenario.js';
import type { Verdict } from '../checkers/check-result.js';

export interface SeedTask {
  readonly scenario: Scenario;
  readonly seed: number;
  /** Clients break guarantees, as in the canary of a campaign. Default: false. */
  readonly isLying?: boolean;
}

export interface SeedResult {
  readonly event: 'seed';
  readonly seed: number;
  /** error: the simulation itself failed and was not judged. */
  readonly verdict: Verdict | 'error';
  readonly reasons: readonly string[];
  /** Checks that did not pass. */
  readonly checks: readonly FailedCheck[];
  /** Digest of all events, hex; '' when the simulation did not end. */
  readonly digest: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly realMs: number;
  readonly filesAcked: number;
  readonly readsVerified: number;
  /** Client operations that failed. */
  readonly errors: number;
  /** passed: faults of the nemesis without a target. */
  readonly faults: { readonly planned: number; readonly seen: number; readonly passed: number };
}
