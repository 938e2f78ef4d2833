/** Runs one seed of the group simulation, or many: what the test, the script and its threads call. */
import type { SeedResult } from '../../raft/sim/run-seed.js';
import { GroupCalm } from './group-calm.js';
import { GroupChaos } from './group-chaos.js';
import { GroupSimulation } from './group-simulation.js';

const DIGEST_DIGITS = 8;

/** @param write gets the trace: who sent what to whom, what was written, applied, acknowledged */
export async function runGroupSeed(seed: number, write: ((line: string) => void) | null = null): Promise<SeedResult> {
  const sim = new GroupSimulation(seed, write);
  const chaos = new GroupChaos(sim);
  let failure: string | null = null;
  try {
    await sim.run(async () => {
      for (const member of sim.members) member.start();
      chaos.begin();
      await sim.clock.sleep(sim.plan.chaosMs);
      chaos.end();
      await new GroupCalm(sim, chaos).check();
    });
  } catch (error) {
    failure = sim.judge.failure ?? (error instanceof Error ? error.message : String(error));
    sim.trace(() => `FAILED: ${failure}${error instanceof Error ? `\n${error.stack}` : ''}`);
  }
  const digest = Number.parseInt(sim.world.digest().slice(0, DIGEST_DIGITS), 16);
  return { seed, failure, digest, events: sim.world.eventCount, acknowledged: sim.acknowledged };
}

/** Piscina finds it by this name. @returns the results of seeds `from` to `to`, up to and with the first that fails if that is asked */
export async function runSeeds({ from, to, untilFail }: { from: number; to: number; untilFail: boolean }): Promise<SeedResult[]> {
  const results: SeedResult[] = [];
  for (let seed = from; seed <= to; seed += 1) {
    const result = await runGroupSeed(seed);
    results.push(result);
    if (untilFail && result.failure !== null) break;
  }
  return results;
}
