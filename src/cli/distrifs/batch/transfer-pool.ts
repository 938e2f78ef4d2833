/** Runs tasks side by side, bounded by their number and by the memory that they hold. Imports nothing. */

export interface PoolLimits {
  /** Tasks at a time; > 0. */
  readonly tasks: number;
  /** Memory of all tasks under way; a task that holds more runs alone. */
  readonly bytes: number;
}

/**
 * Takes tasks one after the other, as places become free. Resolves when all that were begun have ended.
 * @param isStopped true: no further task is begun
 * @throws what `tasks` throws, after the tasks under way have ended
 */
export async function runPool<T>(
  tasks: AsyncIterable<T>,
  limits: PoolLimits,
  bytesOf: (task: T) => number,
  run: (task: T) => Promise<void>,
  isStopped: () => boolean,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let bytes = 0;
  try {
    for await (const task of tasks) {
      const taskBytes = bytesOf(task);
      while (underWay.size >= limits.tasks || (underWay.size > 0 && bytes + taskBytes > limits.bytes)) {
        await Promise.race(underWay);
      }
      if (isStopped()) break;
      bytes += taskBytes;
      const ended = run(task).finally(() => {
        bytes -= taskBytes;
        underWay.delete(ended);
      });
      underWay.add(ended);
    }
  } finally {
    await Promise.all(underWay);
  }
}
