/** The Raft core and its simulation, compiled: src/raft is in no role yet that would bring it along, and tests are in no build. */
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { Copies } from '../mutants/copies.mjs';

/** A chunk of seeds that takes longer never ends: a planted bug can make a seed spin. */
const CHUNK_MS_MAX = 120_000;
/** Seeds that a thread runs at once. */
const CHUNK_SEEDS = 50;

/** Copies to plant bugs in. */
export const compileRaft = () =>
  new Copies({ project: 'tsconfig.json', base: '.', isWanted: (file) => /^(src\/raft|test\/raft\/sim)\//.test(file) });

/** Threads that run seeds on one copy of the code. */
export class SeedPool {
  #pool;

  /** @param folder the copy */
  constructor(folder, jobs) {
    this.#pool = new Piscina({ filename: join(folder, 'test/raft/sim/run-seed.js'), name: 'runSeeds', maxThreads: jobs });
  }

  /**
   * Runs seeds, and tells of each chunk of results as it comes.
   * @param onResults returns true to stop there
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
