/** Runs one seed, or many: what the test, the script and its threads call. */
import { Calm } from './calm.js';
import { Chaos } from './chaos.js';
import { Simulation } from './simulation.js';

export interface SeedResult {
  readonly seed: number;
  /** The promise that was broken; null: none. */
  readonly failure: string | null;
  /** A number that any difference between two runs of a seed changes. */
  readonly digest: number;
  readonly events: number;
  readonly acknowledged: number;
}

/** @param write gets the trace: who sent what to whom */
export function runSeed(seed: number, write: ((line: string) => void) | null = null): SeedResult {
  const sim = new Simulation(seed, write);
  const chaos = new Chaos(sim);
  let failure: string | null = null;
  try {
    sim.start();
    chaos.begin();
    sim.run(sim.plan.chaosUntil);
    new Calm(sim, chaos).check();
  } catch (error) {
    // A broken promise, or an assertion of the core's.
    failure = error instanceof Error ? error.message : String(error);
    sim.trace(() => `FAILED: ${failure}`);
  }
  return { seed, failure, digest: sim.digest, events: sim.events, acknowledged: sim.acknowledged.length };
}

/** Piscina finds it by this name. @returns the results of seeds `from` to `to`, up to and with the first that fails if that is asked */
export function runSeeds({ from, to, untilFail }: { from: number; to: number; untilFail: boolean }): SeedResult[] {
  const results: SeedResult[] = [];
  for (let seed = from; seed <= to; seed += 1) {
    const result = runSeed(seed);
    results.push(result);
    if (untilFail && result.failure !== null) break;
  }
  return results;
}
