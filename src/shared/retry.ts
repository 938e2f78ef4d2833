/** The delay before a call is tried again. */
import type { Random } from './runtime.js';

export interface RetryPolicy {
  readonly initialMs: number;
  readonly maxMs: number;
}

/**
 * The pause before attempt `attempt + 1`: doubles each time up to the maximum, with full jitter over its upper half, so that many
 * clients that failed together do not return together (AWS, "Exponential Backoff And Jitter").
 * @param attempt 1 after the first failure
 */
export function retryDelayMs(attempt: number, policy: RetryPolicy, random: Random): number {
  const ceiling = Math.min(policy.maxMs, policy.initialMs * 2 ** Math.min(attempt - 1, 30));
  return ceiling / 2 + random.float() * (ceiling / 2);
}
