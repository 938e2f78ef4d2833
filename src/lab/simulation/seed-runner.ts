/** Where seeds run: on a pool of threads, or one after the other in this thread. */
import { DfsError } from '../../shared/errors.js';
import type { SimulationObserver } from './simulate-scenario.js';
import type { SeedResult, SeedTask } from './seed-task.js';
// A type only: the code is loaded by path, for it brings the roles along.
import type { runSeed } from './simulation-worker.js';

export interface SeedRunner {
  /** How many run at once. */
  readonly jobs: number;
  /** @throws DfsError CANCELLED when closed, INTERNAL when the thread died */
  run(task: SeedTask): Promise<SeedResult>;
  /** Runs in this thread, where it can be watched. One at a time, and not while `run` does where `jobs` is 1. */
  watch(task: SeedTask, observer: SimulationObserver): Promise<SeedResult>;
  /** Ends what runs. */
  close(): Promise<void>;
}

/** The result is of the interruption, and not of anything of the seed's own. */
export const wasInterrupted = (signal: AbortSignal, { verdict }: SeedResult): boolean => signal.aborted && verdict === 'error';

const IS_SOURCE = import.meta.url.endsWith('.ts');

/** The path begins two folders up, so that it holds from a bundle's chunks too. Sources (in tests) find the source. */
const WORKER = new URL(`../../lab/simulation/simulation-worker.${IS_SOURCE ? 'ts' : 'js'}`, import.meta.url);

/** What the file exports is known, but not to the compiler, which does not see the path. */
const loadWorker = async (): Promise<{ readonly runSeed: typeof runSeed }> =>
  (await import(WORKER.href)) as { readonly runSeed: typeof runSeed };

/** Runs in this thread: what happens can be watched. */
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
    // Two simulations in one thread would mix their turns.
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
        const reason = error instanceof Error ? error.message : String(error);
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
 * Opens a runner. Node 20 starts no thread from TypeScript: from sources everything runs in this thread.
 * @param jobs 1 or an observer: this thread. More: as many threads
 */
export function openSeedRunner(jobs: number, observer: SimulationObserver | null, signal: AbortSignal): Promise<SeedRunner> {
  return observer !== null || jobs === 1 || IS_SOURCE ? openInline({ ...observer }, signal) : openPool(jobs, signal);
}
