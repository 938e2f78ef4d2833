import { expect, test } from 'vitest';
import { runPool } from '../../../../src/cli/distrifs/batch/transfer-pool.js';

async function* numbers(...values: readonly number[]): AsyncGenerator<number, void, undefined> {
  yield* values;
}

/** Runs tasks of these sizes, and tells the most tasks, and the most bytes, at a time. */
async function peaks(sizes: readonly number[], limits: { readonly tasks: number; readonly bytes: number }) {
  const now = { tasks: 0, bytes: 0 };
  const most = { tasks: 0, bytes: 0, done: 0 };
  const run = async (bytes: number): Promise<void> => {
    now.tasks++;
    now.bytes += bytes;
    most.tasks = Math.max(most.tasks, now.tasks);
    most.bytes = Math.max(most.bytes, now.bytes);
    for (let i = 0; i < 100; i++) await Promise.resolve();
    now.tasks--;
    now.bytes -= bytes;
    most.done++;
  };
  await runPool(
    numbers(...sizes),
    limits,
    (bytes) => bytes,
    run,
    () => false,
  );
  return most;
}

test('runPool: at most so many tasks, and so much memory, at a time; a larger task runs alone', async () => {
  expect(await peaks([1, 1, 1, 1, 1], { tasks: 2, bytes: 100 })).toEqual({ tasks: 2, bytes: 2, done: 5 });
  expect(await peaks([40, 40, 40, 1], { tasks: 9, bytes: 100 })).toEqual({ tasks: 2, bytes: 80, done: 4 });
  expect(await peaks([1, 500, 1, 1], { tasks: 9, bytes: 100 })).toEqual({ tasks: 2, bytes: 500, done: 4 });
});

test('runPool: begins nothing once it is stopped, and ends what is under way when the tasks fail', async () => {
  const begun: number[] = [];
  const run = async (task: number): Promise<void> => void begun.push(task);
  const one = (): number => 1;
  await runPool(numbers(1, 2, 3), { tasks: 1, bytes: 9 }, one, run, () => begun.length === 2);
  expect(begun).toEqual([1, 2]);
  let isEnded = false;
  async function* failing(): AsyncGenerator<number, void, undefined> {
    yield 1;
    throw new Error('no more tasks');
  }
  const slow = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
    isEnded = true;
  };
  await expect(runPool(failing(), { tasks: 2, bytes: 9 }, one, slow, () => false)).rejects.toThrow('no more tasks');
  expect(isEnded).toBe(true);
});
