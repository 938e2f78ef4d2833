/** Clock of the simulated runtime: virtual time. */
import assert from 'node:assert';
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import type { Operation, SimProcess } from './sim-process.js';

/** Minimum delay, as with Node's timers, so that time passes in every loop that waits. */
const DELAY_MS_MIN = 1;

/**
 * The clock of `process`.
 * @param wallOriginMs Unix time at the start of the simulation, according to this machine's wall clock
 */
export function createMemoryClock(process: SimProcess, wallOriginMs: () => number): Clock {
  const { scheduler } = process;
  const nowMs = (): number => scheduler.nowUs / 1_000;
  const delayUs = (delayMs: number): number => {
    assert(Number.isFinite(delayMs), `a timer of ${delayMs} ms`);
    return Math.max(DELAY_MS_MIN, delayMs) * 1_000;
  };
  return {
    nowMs,
    wallMs: () => Math.floor(wallOriginMs() + nowMs()),
    setTimer(delayMs, callback) {
      const event = process.after('timer', delayUs(delayMs), callback);
      return { cancel: () => scheduler.cancel(event) };
    },
    sleep(delayMs, signal) {
      const wakeAtUs = scheduler.nowUs + delayUs(delayMs);
      const start = (operation: Operation<void>): void => {
        const cancelled = (): void => {
          scheduler.cancel(wake);
          operation.reject(new DfsError('CANCELLED', `A sleep of ${delayMs} ms was cancelled`));
        };
        const onAbort = (): void => void process.soon('sleep.cancel', cancelled);
        const wake = scheduler.at(process, process.host.name, 'wake', wakeAtUs, () => {
          signal?.removeEventListener('abort', onAbort);
          operation.resolve();
        });
        if (signal?.aborted === true) cancelled();
        else signal?.addEventListener('abort', onAbort, { once: true });
      };
      // Carried out without latency: of two sleeps with the same end, the first to start ends first.
      return process.operate(`sleep ${delayMs}`, start, { atUs: scheduler.nowUs });
    },
  };
}
