/** After the faults: the group must work again, everybody must hold the same, and so must they after a power cut of all. */
import { memberOf, votersOf } from '../../../src/raft/membership.js';
import type { GroupChaos } from './group-chaos.js';
import type { GroupMember } from './group-member.js';
import type { GroupSimulation } from './group-simulation.js';

/** Election timeouts in which a group that is well must have come to rest. */
const TIMEOUTS_MAX = 80;
const LOOKS_A_TIMEOUT = 4;

export class GroupCalm {
  readonly #sim: GroupSimulation;
  readonly #chaos: GroupChaos;

  constructor(sim: GroupSimulation, chaos: GroupChaos) {
    this.#sim = sim;
    this.#chaos = chaos;
  }

  /** @throws BrokenPromise */
  async check(): Promise<void> {
    await this.#checkProgress('after the faults');
    if (this.#sim.random.chance(0.5)) return;
    this.#sim.trace(() => 'all lose power');
    for (const { machine } of this.#sim.members) machine.crash({ power: true });
    for (const member of this.#sim.members) member.start();
    await this.#checkProgress('after a power cut of all');
  }

  async #checkProgress(when: string): Promise<void> {
    const { judge, clients, random } = this.#sim;
    await this.#until(`nobody leads ${when}`, () => this.#sim.leader !== null);
    await this.#until(`masters are not replaced ${when}`, () => this.#isComplete());
    const acknowledgedBefore = this.#sim.acknowledged;
    const client = random.pick(clients);
    await this.#until(`no write is acknowledged ${when}`, () => {
      if (this.#sim.acknowledged > acknowledgedBefore && !client.isWaiting) return true;
      if (this.#sim.leader !== null) client.act(this.#sim.leader);
      return false;
    });
    await this.#until(`the members do not come to the same state ${when}`, () => this.#isSettled());
    const shown = judge.shown;
    if (this.#sim.leader !== null) this.#sim.read(this.#sim.leader);
    await this.#until(`no read is answered ${when}`, () => judge.shown >= shown);
  }

  /** Looks now and then. */
  async #until(reason: string, condition: () => boolean): Promise<void> {
    const { plan, clock } = this.#sim;
    const lookEveryMs = (plan.config.electionTicks * plan.tickMs) / LOOKS_A_TIMEOUT;
    for (let looks = 0; looks < TIMEOUTS_MAX * LOOKS_A_TIMEOUT; looks += 1) {
      if (condition()) return;
      // One that ran on a disk that had failed may find out only now.
      for (const member of this.#sim.members) member.start();
      await clock.sleep(lookEveryMs);
    }
    this.#sim.judge.fail(`liveness: ${reason}: ${this.#sim.members.map((member) => describe(member)).join('; ')}`);
  }

  /** The operator has replaced whoever lost a disk, as far as others can stand in for it. */
  #isComplete(): boolean {
    const { judge, leader } = this.#sim;
    const set = leader?.status?.members ?? judge.members;
    const isLost = set.some(({ id, incarnation }) => this.#sim.find(id)?.incarnation !== incarnation);
    if (!isLost && votersOf(set).length === set.length) return true;
    if (isLost) this.#chaos.changeMembers(false);
    return false;
  }

  #isSettled(): boolean {
    // A change of masters that a deposed leader had begun may have come to nothing.
    if (!this.#isComplete()) return false;
    const { judge, members, leader } = this.#sim;
    const set = leader?.status?.members ?? [];
    return members
      .filter(({ id }) => memberOf(set, id) !== undefined)
      .every(
        ({ appliedIndex, status, life }) =>
          status !== null &&
          !status.isDamaged &&
          status.lastIndex === leader?.status?.lastIndex &&
          appliedIndex === judge.appliedMax &&
          life?.state.digest() === judge.digestAt(appliedIndex),
      );
  }
}

function describe({ name, status, appliedIndex }: GroupMember): string {
  if (status === null) return `${name} is down`;
  const { role, term, lastIndex, commitIndex, isDamaged } = status;
  return `${name}${isDamaged ? ' damaged' : ''} ${role} term ${term} applied ${appliedIndex} of ${commitIndex} of ${lastIndex}`;
}
