/**
 * When operations of unknown outcome are settled. A session's mutation may take effect late, while its request is still on its way,
 * but not after the masters have carried out a later mutation of the session that was sent after the client gave up the first. From
 * then on the operation has taken effect or never will.
 */
import { isLook } from '../history/operation.js';
import type { Operation } from '../history/operation.js';

/**
 * @param history in order of invocation
 * @returns by id of an operation of unknown outcome: the time at which the next mutation of its session was acknowledged,
 *   milliseconds. Operations without a session, or without a next mutation, are missing: they may take effect at any time
 */
export function settledTimes(history: readonly Operation[]): Map<number, number> {
  const settled = new Map<number, number>();
  const waiting = new Map<number, Operation[]>();
  for (const operation of history) {
    const { session, outcome, invokedMs, completedMs } = operation;
    if (session === undefined || isLook(operation)) continue;
    const unsettled = waiting.get(session) ?? [];
    if (outcome === 'unknown') waiting.set(session, [...unsettled, operation]);
    if (outcome !== 'ok' || completedMs === null) continue;
    const isGivenUp = (earlier: Operation): boolean => (earlier.completedMs ?? Infinity) < invokedMs;
    for (const { id } of unsettled.filter(isGivenUp)) settled.set(id, completedMs);
    waiting.set(
      session,
      unsettled.filter((earlier) => !isGivenUp(earlier)),
    );
  }
  return settled;
}
