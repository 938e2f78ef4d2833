/** The input of `lab shrink`: a scenario file and a seed, or a run folder. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DfsError } from '../../shared/errors.js';
import { textLines } from '../run/run-events.js';
import { readScenario } from '../scenario/grammar/read-scenario.js';
import type { Scenario } from '../scenario/model/scenario.js';
import { readRecordedRun, RESOLVED_FILE, SCENARIO_FILE } from '../record/run-folder.js';

const SEED_MAX = 0xffff_ffff;

export interface ShrinkSource {
  readonly scenario: Scenario;
  /**
   * Seeds to simulate until one fails. For a run on processes there are many: only its schedule is fixed, everything else is
   * random.
   */
  readonly seeds: readonly number[];
  readonly isOfProcesses: boolean;
  /** Default path of the result. */
  readonly out: string;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function scenarioIn(file: string): Promise<Scenario> {
  const read = await readScenario(file);
  if (read.ok) return read.scenario;
  throw new DfsError('INVALID_ARGUMENT', read.problems.flatMap((problem) => textLines(problem)).join('\n'));
}

/**
 * @param what a run folder or a scenario file
 * @param seed given by the user; overrides every other seed
 * @param searchMax number of seeds tried for a run on processes
 * @throws DfsError INVALID_ARGUMENT describing the error in the folder, the file or the seed
 */
export async function readShrinkSource(what: string, seed: number | undefined, searchMax: number): Promise<ShrinkSource> {
  if (!isFolder(what)) {
    const scenario = await scenarioIn(what);
    const only = seed ?? scenario.seed;
    if (only === undefined) throw new DfsError('INVALID_ARGUMENT', `"${what}" has no seed: give the failing seed with --seed`);
    const out = `${what.replace(/\.ya?ml$/, '')}.shrunk.yaml`;
    return { scenario, seeds: [only], isOfProcesses: false, out };
  }
  const inputs = readRecordedRun(what);
  if (inputs.recorded === 'pass' && seed === undefined) {
    throw new DfsError('INVALID_ARGUMENT', `Run "${what}" passed: there is nothing to reduce. To try another seed, give --seed`);
  }
  const out = join(what, 'scenario.shrunk.yaml');
  if (inputs.mode === 'simulation') {
    const scenario = await scenarioIn(join(what, SCENARIO_FILE));
    return { scenario, seeds: [seed ?? inputs.seed], isOfProcesses: false, out };
  }
  const scenario = await scenarioIn(join(what, RESOLVED_FILE));
  const first = seed ?? inputs.seed;
  const seeds = Array.from({ length: searchMax }, (_, index) => (first + index) % (SEED_MAX + 1));
  return { scenario, seeds, isOfProcesses: true, out };
}
