/** Entry point that brings the roles and the simulation together: run by a thread of the pool, or loaded by path into this one. */
import { start as startDatanode } from '../../datanode/index.js';
import { start as startMaster } from '../../master/index.js';
import type { SeedResult, SeedTask } from './seed-task.js';
import { simulateSeed } from './simulate-seed.js';
import type { SimulateOptions, SimulationObserver } from './simulate-scenario.js';

/** What may be watched, and ended, when it runs in the same thread. */
export type SeedObserver = SimulationObserver & Pick<SimulateOptions, 'signal'>;

/** Piscina finds it by this name. */
export const runSeed = (task: SeedTask, observer: SeedObserver = {}): Promise<SeedResult> =>
  simulateSeed(task, { roles: { startMaster, startDatanode }, ...observer });
