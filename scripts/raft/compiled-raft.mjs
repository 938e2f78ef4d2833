/** The two simulations of a Raft group, compiled with the simulated code, because the build does not include tests. */
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { readMutants, ROOT } from '../mutants/catalogue.mjs';
import { Copies } from '../mutants/copies.mjs';

/** A chunk of seeds that takes longer never ends: a planted bug can make a seed spin. */
const CHUNK_MS_MAX = 240_000;
/** Seeds that a thread runs at once. */
const CHUNK_SEEDS = 25;

const WANTED = /^(src\/(raft|master|shared|protocol|runtime)\/|test\/(raft\/sim|master\/group)\/)/;
const KEYS = ['What', 'Needs'];

/** The code of both. */
export const RAFT = { project: 'tsconfig.json', base: '.', isWanted: (file) => WANTED.test(file) };

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

/** The folder with the mutants of a simulation. */
export const raftMutantsFolder = (what) => `${ROOT}${SIMULATIONS[what].mutants}`;

/** The mutants of a simulation. @throws Error when a file is not as it must be */
export const readRaftMutants = (what) => readMutants(raftMutantsFolder(what), KEYS).map((mutant) => ({ ...mutant, what }));

/** Copies to plant bugs in. */
export const compileRaft = () => Copies.of(RAFT);

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

  /** Runs seeds until one fails. @returns the result of the first that does, or null, and how many were run: `{ failed, tried }` */
  async firstFailure({ from, seeds }) {
    const failed = [];
    let tried = 0;
    await this.run({ from, seeds, untilFail: true }, (results) => {
      tried += results.length;
      failed.push(...results.filter(({ failure }) => failure !== null));
      return failed.length > 0;
    });
    return { failed: failed.sort((a, b) => a.seed - b.seed)[0] ?? null, tried };
  }

  close() {
    return this.#pool.destroy();
  }
}
