/** A group of masters that is what a test says, on virtual time. */
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { DfsError } from '../../../src/shared/errors.js';
import type { Clock } from '../../../src/shared/runtime.js';
import type {
  GroupStatusView,
  MasterAnswer,
  MasterStatusView,
  MemberStatusView,
} from '../../../src/supervisor/observe/master-status-view.js';

export const group = (overrides: Partial<GroupStatusView> = {}): GroupStatusView => ({
  role: 'follower',
  term: 1,
  incarnation: 1,
  commitIndex: 10,
  appliedIndex: 10,
  stateDigest: 'd',
  members: [],
  ...overrides,
});

export const picture = (overrides: Partial<MasterStatusView> = {}): MasterStatusView => ({
  clusterId: 'c',
  term: 1,
  safeMode: false,
  files: 0,
  chunks: { total: 0, healthy: 0, underReplicated: 0, missing: 0, unreported: 0 },
  repairsCompleted: 0,
  orphanReplicas: 0,
  datanodes: new Map(),
  ...overrides,
});

export const member = (id: string, incarnation: number, isVoter = true): MemberStatusView => ({ id, incarnation, isVoter });

/** How a master answers: at once, with a failure, or never. */
export type Manner = (() => Pick<MasterAnswer, 'group' | 'cluster'>) | 'fails' | 'silent';

export class FakeMasters {
  readonly manners = new Map<string, Manner>();
  readonly asked: string[] = [];

  constructor(readonly clock: Clock) {}

  async ask(id: string, deadlineMs: number): Promise<MasterAnswer> {
    this.asked.push(id);
    const atMs = this.clock.nowMs();
    const manner = this.manners.get(id) ?? 'fails';
    if (manner === 'silent') await this.clock.sleep(deadlineMs);
    else await this.clock.sleep(1);
    if (typeof manner === 'string') throw new DfsError('UNAVAILABLE', `${id} does not answer`);
    return { atMs, ...manner() };
  }
}

/** Runs a body on virtual time. */
export async function onVirtualTime(body: (clock: Clock) => Promise<void>): Promise<void> {
  const sim = new Simulation({ seed: 1 });
  await sim.run(async () => {
    await body(sim.machine('lab').boot().clock);
  });
}
