/** Runs one seed and returns the outcome as plain data. */
import { nodeClock } from '../../runtime/node/node-clock.js';
import { failedChecks } from '../record/judged-run.js';
import type { SeedResult, SeedTask } from './seed-task.js';
import { simulateScenario } from './simulate-scenario.js';
import type { SimulateOptions } from './simulate-scenario.js';
import { lyingClient } from '../workloads/lying-client.js';
import { messageOf } from '../../shared/error-text.js';

/** Never rejects: a simulation that fails is a result with the verdict `error`. */
export async function simulateSeed(task: SeedTask, options: Omit<SimulateOptions, keyof SeedTask>): Promise<SeedResult> {
  const startedMs = nodeClock.nowMs();
  const realMs = (): number => Math.round(nodeClock.nowMs() - startedMs);
  const { scenario, seed, isLying = false } = task;
  try {
    const simulated = await simulateScenario({ scenario, seed, ...(isLying ? { wrapClient: lyingClient } : {}), ...options });
    const { verdict, digest, events, virtualMs } = simulated;
    const { reasons, filesAcked, readsVerified, errors, faults } = verdict;
    const figures = { events, virtualMs: Math.round(virtualMs), realMs: realMs(), filesAcked, readsVerified, errors, faults };
    return { event: 'seed', seed, verdict: verdict.verdict, reasons, checks: failedChecks(simulated), digest, ...figures };
  } catch (error) {
    const reasons = [`The simulation failed: ${messageOf(error)}`];
    const faults = { planned: 0, seen: 0, passed: 0 };
    const none = { events: 0, virtualMs: 0, filesAcked: 0, readsVerified: 0, errors: 0, faults };
    return { event: 'seed', seed, verdict: 'error', reasons, checks: [], digest: '', realMs: realMs(), ...none };
  }
}
