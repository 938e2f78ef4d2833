/** Runs seeds on a pool of threads, or one after the other in this thread. */
import { DfsError } from '../../shared/errors.js';
import type { SimulationObserver } from './simulate-scenario.js';
import type { SeedResult, SeedTask } from './seed-task.js';
// Type import only: the code is loaded by path, because it imports the roles.
import type { runSeed } from './simulation-worker.js';
import { messageOf } from '../../shared/error-text.js';

export interface SeedRunner {
  /** Number of seeds that run concurrently. */
  readonly jobs: number;
  /** @throws DfsError CANCELLED when closed, INTERNAL when the thread died */
  run(task: SeedTask): Promise<SeedResult>;
  /** Runs a seed in this thread, where it can be observed. One at a time, and not concurrently with `run` where `jobs` is 1. */
  watch(task: SeedTask, observer: SimulationObserver): Promise<SeedResult>;
  /** Ends running seeds. */
  close(): Promise<void>;
}

/** True when the result is caused by the interruption, and not by the seed. */
export const wasInterrupted = (signal: AbortSignal, { verdict }: SeedResult): boolean => signal.aborted && verdict === 'error';

const IS_SOURCE = import.meta.url.endsWith('.ts');

/** The path starts two folders up, so that it holds in the bundle of the worker too. From sources (tests) it is the source file. */
const WORKER = new URL(`../../lab/simulation/simulation-worker.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url);

/** The exports of the file are known, but not to the compiler, which does not see the path. */
const loadWorker = async (): Promise<{ readonly runSeed: typeof runSeed }> =>
  (await import(WORKER.href)) as { readonly runSeed: typeof runSeed };

/** Runs seeds in this thread, where they can be observed. */
async function openInline(observer: SimulationObserver, signal: AbortSignal): Promise<SeedRunner> {
  const worker = await loadWorker();
  return {
    jobs: 1,
    run: (task) => worker.runSeed(task, { signal, ...observer }),
    watch: (task, other) => worker.runSeed(task, { signal, ...other }),
    close: () => Promise.resolve(),
  };
}

async function openPool(jobs: number, signal: AbortSignal): Promise<SeedRunner> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<SeedTask, SeedResult>({
    filename: WORKER.href,
    name: 'runSeed',
    minThreads: jobs,
    maxThreads: jobs,
    // Two simulations in one thread would interleave.
    concurrentTasksPerWorker: 1,
    maxQueue: jobs,
  });
  let isClosed = false;
  return {
    jobs,
    run: async (task) => {
      try {
        return await pool.run(task);
      } catch (error) {
        if (isClosed) throw new DfsError('CANCELLED', `Seed ${task.seed} was cancelled`);
        const reason = messageOf(error);
        throw new DfsError('INTERNAL', `The thread of seed ${task.seed} died: ${reason}`, { cause: error });
      }
    },
    watch: async (task, observer) => (await loadWorker()).runSeed(task, { signal, ...observer }),
    close: async () => {
      isClosed = true;
      await pool.destroy();
    },
  };
}

/**
 * Opens a runner. Node 20 starts no thread from TypeScript: from sources, all seeds run in this thread.
 * @param jobs 1, or with an observer: this thread. More: that many threads
 */
export function openSeedRunner(jobs: number, observer: SimulationObserver | null, signal: AbortSignal): Promise<SeedRunner> {
  return observer !== null || jobs === 1 || IS_SOURCE ? openInline({ ...observer }, signal) : openPool(jobs, signal);
}
