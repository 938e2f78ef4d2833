/** What a worker thread is asked, and what it answers: one seed of a scenario. Both cross a thread boundary. */
import type { FailedCheck } from '../record/judged-run.js';
import type { Scenario } from '../scenario/model/scenario.js';
import type { Verdict } from '../checkers/check-result.js';

export interface SeedTask {
  readonly scenario: Scenario;
  readonly seed: number;
}

export interface SeedResult {
  readonly event: 'seed';
  readonly seed: number;
  /** error: the simulation itself failed, and nothing was judged. */
  readonly verdict: Verdict | 'error';
  readonly reasons: readonly string[];
  /** Those that did not pass. */
  readonly checks: readonly FailedCheck[];
  /** Hex; of everything that happened. '' when nothing came to an end. */
  readonly digest: string;
  readonly events: number;
  readonly virtualMs: number;
  readonly realMs: number;
  readonly filesAcked: number;
  readonly readsVerified: number;
  /** Client operations that failed. */
  readonly errors: number;
  /** passed: strikes of the nemesis that met nothing to strike. */
  readonly faults: { readonly planned: number; readonly seen: number; readonly passed: number };
}
