/** Conformance of a Clock. */
import { expect, test } from 'vitest';
import { dfsError, failureOf, type Subject } from './world.js';

export function clockConformance({ run }: Subject): void {
  test('nowMs: never goes back, and passes while one sleeps', () =>
    run(async ({ runtime: { clock } }) => {
      const seen: number[] = [clock.nowMs()];
      for (let i = 0; i < 20; i++) {
        await clock.sleep(1);
        seen.push(clock.nowMs());
      }
      expect(seen).toEqual([...seen].sort((one, other) => one - other));
      expect(seen.at(-1)! - seen[0]!).toBeGreaterThanOrEqual(20);
    }));

  test('wallMs: whole Unix milliseconds, that pass like those of nowMs', () =>
    run(async ({ runtime: { clock } }) => {
      // The wall clock is read between two readings of the other one.
      const read = (): readonly [number, number, number] => [clock.nowMs(), clock.wallMs(), clock.nowMs()];
      const [fromMs, wallMs, toMs] = read();
      expect(Number.isInteger(wallMs)).toBe(true);
      // Between the years 2020 and 2100.
      expect(wallMs).toBeGreaterThan(1_577_836_800_000);
      expect(wallMs).toBeLessThan(4_102_444_800_000);
      await clock.sleep(50);
      const [laterFromMs, laterWallMs, laterToMs] = read();
      expect(laterWallMs - wallMs).toBeGreaterThan(laterFromMs - toMs - 2);
      expect(laterWallMs - wallMs).toBeLessThan(laterToMs - fromMs + 2);
    }));

  test('setTimer: calls back once, never early, and never before it returned', () =>
    run(async ({ runtime: { clock }, until }) => {
      const delaysMs = [-5, 0, 0.2, 1, 3.3, 7.7, 20];
      const calls: number[] = [];
      const early: number[] = [];
      for (const delayMs of delaysMs) {
        const dueMs = clock.nowMs() + delayMs;
        clock.setTimer(delayMs, () => {
          calls.push(delayMs);
          if (clock.nowMs() < dueMs) early.push(delayMs);
        });
      }
      expect(calls).toEqual([]);
      await until(() => calls.length === delaysMs.length);
      await clock.sleep(30);
      expect([...calls].sort((one, other) => one - other)).toEqual(delaysMs);
      expect(early).toEqual([]);
    }));

  test('setTimer: a delay of years does not end at once', () =>
    run(async ({ runtime: { clock } }) => {
      let fired = false;
      const timer = clock.setTimer(2 ** 37, () => (fired = true));
      await clock.sleep(20);
      timer.cancel();
      expect(fired).toBe(false);
    }));

  test('Timer.cancel: after it the callback does not run; at any time, and as often as one likes', () =>
    run(async ({ runtime: { clock }, until }) => {
      const fired: string[] = [];
      const cancelled = clock.setTimer(5, () => fired.push('cancelled'));
      cancelled.cancel();
      cancelled.cancel();
      const byOther = clock.setTimer(15, () => fired.push('cancelled by another'));
      clock.setTimer(5, () => byOther.cancel());
      const own = clock.setTimer(5, () => {
        own.cancel();
        fired.push('itself');
      });
      await clock.sleep(40);
      own.cancel();
      await until(() => fired.length > 0);
      expect(fired).toEqual(['itself']);
    }));

  test('sleep: resolves after its time, never early', () =>
    run(async ({ runtime: { clock } }) => {
      const early: number[] = [];
      const sleepAndLook = async (delayMs: number): Promise<void> => {
        const dueMs = clock.nowMs() + delayMs;
        await clock.sleep(delayMs);
        if (clock.nowMs() < dueMs) early.push(delayMs);
      };
      await Promise.all(Array.from({ length: 50 }, (_, i) => sleepAndLook(i * 0.7)));
      await clock.sleep(0);
      await clock.sleep(-1);
      expect(early).toEqual([]);
    }));

  test('sleep: rejects with CANCELLED when its signal fires first, or has fired', () =>
    run(async ({ runtime: { clock } }) => {
      const begunMs = clock.nowMs();
      expect(await failureOf(clock.sleep(3_600_000, AbortSignal.abort()))).toMatchObject(dfsError('CANCELLED'));
      const controller = new AbortController();
      clock.setTimer(5, () => controller.abort());
      expect(await failureOf(clock.sleep(3_600_000, controller.signal))).toMatchObject(
        dfsError('CANCELLED', { retriable: false }),
      );
      expect(clock.nowMs() - begunMs).toBeLessThan(3_600_000);
    }));

  test('sleep: a signal that fires afterwards, or that never does, changes nothing', () =>
    run(async ({ runtime: { clock } }) => {
      const controller = new AbortController();
      await clock.sleep(5, controller.signal);
      controller.abort();
      await clock.sleep(5, new AbortController().signal);
    }));
}
