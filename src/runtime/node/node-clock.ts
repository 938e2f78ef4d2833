/** Real time: the monotonic clock of the process, its wall clock and its timers. */
import { DfsError } from '../../shared/errors.js';
import type { Clock, Timer } from '../../shared/runtime.js';

/** Maximum delay of setTimeout, which fires at once for a longer delay. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * Runs the callback once `nowMs()` has reached the due time: Node's timers fire up to a millisecond early, and support at most 24
 * days.
 */
function setTimer(delayMs: number, callback: () => void): Timer {
  const dueMs = performance.now() + delayMs;
  const arm = (): NodeJS.Timeout => setTimeout(fire, Math.min(Math.ceil(Math.max(dueMs - performance.now(), 0)), TIMEOUT_MS_MAX));
  const fire = (): void => {
    if (performance.now() < dueMs) timeout = arm();
    else callback();
  };
  let timeout = arm();
  return { cancel: () => clearTimeout(timeout) };
}

function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = (): void => {
      timer.cancel();
      reject(new DfsError('CANCELLED', `Sleep of ${delayMs} ms was cancelled`, { cause: signal?.reason }));
    };
    const timer = setTimer(delayMs, () => {
      signal?.removeEventListener('abort', cancelled);
      resolve();
    });
    if (signal?.aborted === true) cancelled();
    else signal?.addEventListener('abort', cancelled, { once: true });
  });
}

/** The clock of this machine. */
export const nodeClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer,
  sleep,
};
