/** The two simulations of a Raft group, compiled with the simulated code, because the build does not include tests. */
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { Copies } from '../mutants/copies.mjs';

/** Time limit of a chunk of seeds: a planted bug can make a seed run forever. */
const CHUNK_MS_MAX = 120_000;
/** Number of seeds in a chunk. */
const CHUNK_SEEDS = 25;

const WANTED =
  /^(src\/(raft|master|shared|protocol|runtime\/(?:memory|faults|rules))\/|src\/runtime\/[^/]+$|test\/(raft\/sim|master\/group)\/)/;

/** The simulations: the core alone, and a group with driver, log and checkpoints. */
export const SIMULATIONS = {
  core: { worker: 'test/raft/sim/run-seed.js', run: 'runSeed', mutants: 'test/raft/mutants/' },
  group: { worker: 'test/master/group/run-group-seed.js', run: 'runGroupSeed', mutants: 'test/master/group/mutants/' },
};

/** @returns the names of the simulations selected by `--what`. @throws Error on another value */
export function simulationsOf(what) {
  if (what === 'all') return Object.keys(SIMULATIONS);
  if (what in SIMULATIONS) return [what];
  throw new Error(`--what is core, group or all, not "${what}"`);
}

/** Copies of the code, in which bugs are planted. */
export const compileRaft = () => new Copies({ project: 'tsconfig.json', base: '.', isWanted: (file) => WANTED.test(file) });

/** A pool of threads that run seeds of a simulation on one copy of the code. */
export class SeedPool {
  #pool;

  /**
   * @param what a name in SIMULATIONS
   * @param folder the folder of the copy
   */
  constructor(what, folder, jobs) {
    this.#pool = new Piscina({ filename: join(folder, SIMULATIONS[what].worker), name: 'runSeeds', maxThreads: jobs });
  }

  /**
   * Runs seeds, and reports each chunk of results as it arrives.
   * @param onResults returns true to stop
   */
  async run({ from, seeds, untilFail }, onResults) {
    const last = from + seeds - 1;
    let next = from;
    let isOver = false;
    const lane = async () => {
      while (next <= last && !isOver) {
        const chunk = { from: next, to: Math.min(last, next + CHUNK_SEEDS - 1), untilFail };
        next = chunk.to + 1;
        const results = await this.#pool.run(chunk, { signal: AbortSignal.timeout(CHUNK_MS_MAX) });
        if (onResults(results) === true) isOver = true;
      }
    };
    await Promise.all(Array.from({ length: this.#pool.options.maxThreads }, lane));
  }

  close() {
    return this.#pool.destroy();
  }
}
