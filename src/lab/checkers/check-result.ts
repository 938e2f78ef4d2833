/** What a checker says about a run. */

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Violation {
  /** Operations of the history that show it; none where a fact of the run does. */
  readonly operationIds: readonly number[];
  /** For people; may have several lines, the first alone is enough. */
  readonly message: string;
}

export interface CheckResult {
  /** Name of the checker. */
  readonly checker: string;
  readonly verdict: Verdict;
  /** What was looked at, or why nothing can be said. */
  readonly detail: string;
  /** Empty unless the verdict is fail. At most VIOLATIONS_MAX. */
  readonly violations: readonly Violation[];
}

const VIOLATIONS_MAX = 20;

/** fail before unknown before pass: nothing turns an unknown into a pass. An empty list proves nothing. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'pass';
}

/**
 * @param violations all that were found
 * @param looked how much was looked at; 0 means that nothing was proved, and the verdict is unknown
 * @param what is counted, for the detail: `17 reads compared`
 */
export function resultOf(checker: string, violations: readonly Violation[], looked: number, what: string): CheckResult {
  const verdict = violations.length > 0 ? 'fail' : looked > 0 ? 'pass' : 'unknown';
  const hidden = violations.length - VIOLATIONS_MAX;
  const shown = hidden > 0 ? `, the first ${VIOLATIONS_MAX} shown` : '';
  const detail = violations.length > 0 ? `${violations.length} violations${shown}; ${looked} ${what}` : `${looked} ${what}`;
  return { checker, verdict, detail, violations: violations.slice(0, VIOLATIONS_MAX) };
}
