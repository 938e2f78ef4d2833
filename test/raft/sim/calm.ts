/** After the faults: the group must work again, and four promises about leaders are put to the test on a network that is well. */
import { votersOf } from '../../../src/raft/membership.js';
import { BrokenGuarantee } from './judge.js';
import type { Chaos } from './chaos.js';
import type { SimMember } from './sim-member.js';
import type { Simulation } from './simulation.js';

export class Calm {
  readonly #sim: Simulation;
  readonly #chaos: Chaos;
  /** An election timeout. */
  readonly #timeout: number;

  constructor(sim: Simulation, chaos: Chaos) {
    this.#sim = sim;
    this.#chaos = chaos;
    this.#timeout = sim.plan.config.electionTicks * sim.plan.tickEvery;
  }

  /** @throws BrokenGuarantee */
  check(): void {
    const { sim, random } = { sim: this.#sim, random: this.#sim.random };
    sim.trace(() => 'faults end');
    sim.isCalm = true;
    this.#heal();
    this.#wait(20);
    this.#checkProgress('after the faults');
    const voters = votersOf(sim.judge.members).map(({ id }) => sim.memberOf(id));
    if (
      voters.length < 3 ||
      votersOf(sim.judge.members).some((voter) => sim.memberOf(voter.id).incarnation !== voter.incarnation)
    )
      return;
    const leader = this.#leader();
    const other = random.pick(voters.filter((member) => member !== leader));
    random.pick([
      () => this.#checkNotDeposed(leader, other),
      () => this.#checkHandOver(leader, other),
      () => this.#checkReplaced(leader),
    ])();
  }

  #heal(): void {
    const { members, cuts, plan } = this.#sim;
    cuts.clear();
    for (const member of members) {
      member.clock.setTick(plan.tickEvery);
      member.pausedUntil = 0;
      if (member.node === null) member.start();
      else member.wake();
    }
  }

  #wait(timeouts: number): void {
    this.#sim.run(this.#sim.queue.now + timeouts * this.#timeout);
  }

  #leader(): SimMember {
    const { leader } = this.#sim;
    if (leader === null) throw new BrokenGuarantee('liveness: nobody leads, though all members are up and hear one another');
    return leader;
  }

  /** A write is acknowledged, and everybody has it. */
  #checkProgress(when: string): void {
    const leader = this.#leader();
    const payload = `calm-${this.#sim.queue.now}`;
    const isTaken = leader.write(payload);
    this.#wait(4);
    if (!isTaken || !this.#sim.acknowledged.includes(payload))
      throw new BrokenGuarantee(`liveness: ${leader.name} does not commit a write ${when}`);
    this.#checkCaughtUp(when);
    if (this.#sim.random.chance(0.2)) this.#chaos.changeMembers(false);
    this.#wait(2);
  }

  /** Everybody has everything, or comes nearer to it: one entry at a time may be all that the plan lets a leader send. */
  #checkCaughtUp(when: string): void {
    const { judge } = this.#sim;
    const members = judge.members.map(({ id }) => this.#sim.memberOf(id));
    const sound = members.filter(({ name }) => judge.members.some((member) => name === `${member.id}.${member.incarnation}`));
    const applied = new Map<SimMember, number>();
    for (;;) {
      const lagging = sound.filter((member) => member.applied < judge.appliedMax);
      for (const member of lagging) {
        if (applied.get(member) === member.applied)
          throw new BrokenGuarantee(`liveness: ${member.name} has applied ${member.applied} of ${judge.appliedMax} ${when}`);
        applied.set(member, member.applied);
      }
      if (lagging.length === 0) break;
      this.#wait(2);
    }
    const damaged = sound.find(({ disk }) => disk.hardState.isDamaged);
    if (damaged !== undefined) throw new BrokenGuarantee(`liveness: ${damaged.name} is still damaged ${when}`);
  }

  /** Who was cut off, or hears nothing, comes back without an election (pre-vote, leader stickiness). */
  #checkNotDeposed(leader: SimMember, other: SimMember): void {
    const { random, members, cuts } = this.#sim;
    const term = leader.node?.status.term;
    this.#sim.cut(members, [other]);
    if (random.chance(0.5)) this.#sim.cut([other], members);
    this.#sim.trace(() => `${other.name} is cut off`);
    this.#wait(random.between(3, 6));
    cuts.clear();
    this.#wait(3);
    const { role, term: termAfter } = leader.node!.status;
    if (role !== 'leader' || term !== termAfter)
      throw new BrokenGuarantee(`pre-vote: ${leader.name} was deposed by ${other.name}, which had been cut off`);
  }

  #checkHandOver(leader: SimMember, target: SimMember): void {
    leader.run((node) => node.transferTo(target.id));
    this.#wait(3);
    if (this.#leader() !== target)
      throw new BrokenGuarantee(
        `transfer: ${leader.name} was asked to hand over to ${target.name}, and ${this.#leader().name} leads`,
      );
    this.#checkProgress('after a transfer');
  }

  /** A leader cut off, in either direction or both, is replaced and steps down (check-quorum). */
  #checkReplaced(leader: SimMember): void {
    const { random, members } = this.#sim;
    const direction = random.pick(['in', 'out', 'both']);
    if (direction !== 'out') this.#sim.cut(members, [leader]);
    if (direction !== 'in') this.#sim.cut([leader], members);
    this.#sim.trace(() => `leader ${leader.name} is cut off: ${direction}`);
    // Meanwhile clients write at the one and read at the other.
    for (let timeouts = 0; timeouts < 10; timeouts += 0.25) {
      this.#wait(0.25);
      this.#sim.operate();
      this.#sim.ask(leader, true);
    }
    if (leader.node?.status.role === 'leader')
      throw new BrokenGuarantee(`check-quorum: ${leader.name} still leads, cut off (${direction})`);
    if (this.#leader() === leader)
      throw new BrokenGuarantee(`check-quorum: ${leader.name} is not replaced, cut off (${direction})`);
  }
}
