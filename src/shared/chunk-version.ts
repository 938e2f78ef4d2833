/**
 * Versions of chunks: a count of plans and a random stamp, `plans * 2^32 + stamp`. A version grows with every plan, and what another log
 * has planned for a chunk with the same id has another version. Logs of version 0.1.0 have no stamps: there a version is a count of plans.
 */

/** Stamps are below it. */
export const STAMPS = 2 ** 32;
/** Plans of one chunk: the version stays a safe integer. */
export const PLANS_MAX = 2 ** 21 - 1;

/** How often a chunk was planned when it got this version. */
export function plansOf(version: number): number {
  return version < STAMPS ? version : Math.floor(version / STAMPS);
}

/** Tells whether two versions have the same number of plans, and stamps: only one of them is a log's, unless they are equal. */
export function isSamePlan(a: number, b: number): boolean {
  return a >= STAMPS && b >= STAMPS && plansOf(a) === plansOf(b);
}

/**
 * The version of the next plan.
 * @param version the last planned one; 0: none
 * @param stamp below 2^32; 0: the log has no stamps
 */
export function nextVersion(version: number, stamp: number): number {
  if (stamp === 0) return version + 1;
  return (version < STAMPS ? 1 : plansOf(version) + 1) * STAMPS + stamp;
}
