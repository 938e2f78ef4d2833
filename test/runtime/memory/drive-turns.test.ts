import { setImmediate as nextPhase } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { driveTurns } from '../../../src/runtime/memory/drive-turns.js';

test('driveTurns: each turn comes after all ticks and microtasks of the one before, in a phase and from one to the next', async () => {
  const order: string[] = [];
  let turns = 0;
  await driveTurns(() => {
    const own = turns++;
    order.push(`turn ${own}`);
    void (async () => {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      process.nextTick(() => void Promise.resolve().then(() => order.push(`end ${own}`)));
    })();
    return turns < 200;
  });
  await nextPhase();
  expect(order).toEqual(Array.from({ length: 200 }, (_, i) => [`turn ${i}`, `end ${i}`]).flat());
});

test('driveTurns: ends at false or at an exception; nothing is called any more, in the same phase or later', async () => {
  let turns = 0;
  await driveTurns(() => ++turns < 3);
  await nextPhase();
  expect(turns).toBe(3);
  const failing = driveTurns(() => {
    if (++turns === 70) throw new RangeError('no');
    return true;
  });
  await expect(failing).rejects.toThrow(RangeError);
  await nextPhase();
  expect(turns).toBe(70);
});
