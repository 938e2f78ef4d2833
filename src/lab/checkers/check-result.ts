/** The result of a checker for one run. */

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Violation {
  /** Operations of the history that show the violation; empty where a fact of the run shows it. */
  readonly operationIds: readonly number[];
  /** Message for people. May have several lines; the first line is sufficient alone. */
  readonly message: string;
}

export interface CheckResult {
  /** Name of the checker. */
  readonly checker: string;
  readonly verdict: Verdict;
  /** What was examined, or why the verdict is unknown. */
  readonly detail: string;
  /** The violations, at most VIOLATIONS_MAX; empty unless the verdict is fail. */
  readonly violations: readonly Violation[];
}

const VIOLATIONS_MAX = 20;

/**
 * The worst verdict: fail before unknown before pass, so that an unknown verdict never becomes a pass. An empty list is unknown.
 */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}

/**
 * @param violations all violations that were found
 * @param looked number of items examined; 0 proves nothing, and the verdict is unknown
 * @param what name of the items, for the detail: `17 reads compared`
 */
export function resultOf(checker: string, violations: readonly Violation[], looked: number, what: string): CheckResult {
  const verdict = violations.length > 0 ? 'fail' : looked > 0 ? 'pass' : 'unknown';
  const hidden = violations.length - VIOLATIONS_MAX;
  const shown = hidden > 0 ? `, the first ${VIOLATIONS_MAX} shown` : '';
  const detail = violations.length > 0 ? `${violations.length} violations${shown}; ${looked} ${what}` : `${looked} ${what}`;
  return { checker, verdict, detail, violations: violations.slice(0, VIOLATIONS_MAX) };
}
