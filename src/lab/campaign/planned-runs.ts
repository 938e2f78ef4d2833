/** Which runs a batch has, in which order and from which seeds. */
import { repetitionSeeds } from '../scenario/plan/repetitions.js';
import type { SeedOrigin } from '../run/start-event.js';
import type { ScenarioFile } from './scenario-files.js';

export interface PlannedRun extends SeedOrigin {
  /** Number in the order of the batch, from 1. */
  readonly number: number;
  readonly entry: ScenarioFile;
}

export interface PlanOptions {
  /** Overrides the seeds in the files. */
  readonly seed?: number | undefined;
  /** Number of runs of each file. */
  readonly repeat: number;
  /** Chooses the seed of a file without a seed. */
  readonly chooseSeed: () => number;
}

/**
 * Every file once, then every file again, so that a batch that is ended early has run all of them. Each run of a file has a seed of
 * its own; the first run has the file's seed.
 */
export function planRuns(files: readonly ScenarioFile[], { seed, repeat, chooseSeed }: PlanOptions): PlannedRun[] {
  const seeded = files.map((entry) => {
    const firstSeed = seed ?? entry.scenario.seed ?? chooseSeed();
    const firstFrom: SeedOrigin['seedFrom'] =
      seed !== undefined ? 'option' : entry.scenario.seed === undefined ? 'chance' : 'file';
    return { entry, firstSeed, firstFrom, seeds: repetitionSeeds(firstSeed, repeat) };
  });
  return Array.from({ length: repeat }, (_, index) =>
    seeded.map(({ entry, firstSeed, firstFrom, seeds }, at): PlannedRun => {
      return {
        number: index * files.length + at + 1,
        entry,
        // `seeds` has one entry for each repetition.
        seed: seeds[index] ?? firstSeed,
        seedFrom: index === 0 ? firstFrom : 'repetition',
        repetition: repeat === 1 ? undefined : { number: index + 1, of: repeat, firstSeed },
      };
    }),
  ).flat();
}
