/** Entry point that combines the roles with the simulation: run by a thread of the pool, or loaded by path into this thread. */
import { start as startDatanode } from '../../datanode/index.js';
import { start as startMaster } from '../../master/index.js';
import type { SeedResult, SeedTask } from './seed-task.js';
import { simulateSeed } from './simulate-seed.js';
import type { SimulateOptions, SimulationObserver } from './simulate-scenario.js';

/** Observers, and the signal that ends the run; usable in the same thread only. */
export type SeedObserver = SimulationObserver & Pick<SimulateOptions, 'signal'>;

/** Piscina calls the function by this name. */
export const runSeed = (task: SeedTask, observer: SeedObserver = {}): Promise<SeedResult> =>
  simulateSeed(task, { roles: { startMaster, startDatanode }, ...observer });
