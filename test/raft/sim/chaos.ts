/** The faults that strike while a seed runs. */
import { memberOf } from '../../../src/raft/membership.js';
import { describeMembers } from './judge.js';
import type { Fault } from './plan.js';
import type { SimMember } from './sim-member.js';
import type { Simulation } from './simulation.js';

export class Chaos {
  readonly #sim: Simulation;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** Faults and clients until the plan's end. */
  begin(): void {
    const { queue, random, plan } = this.#sim;
    const repeat = (every: number, action: () => void): void => {
      queue.after(random.between(1, 2 * every), () => {
        if (queue.now >= plan.chaosUntil) return;
        action();
        repeat(every, action);
      });
    };
    repeat(plan.faultEvery, () => this.#strike(random.pick(plan.faults)));
    repeat(plan.operationEvery, () => this.#sim.operate());
    // Who has lost a disk is replaced.
    if (plan.faults.includes('wipe')) repeat(plan.faultEvery, () => this.changeMembers(false));
    // What a fault leaves down comes back, mostly.
    repeat(plan.faultEvery * 2, () => this.#restartSome());
  }

  #strike(fault: Fault): void {
    const { random, members, cuts, queue, plan } = this.#sim;
    const victim = random.pick(members);
    if (fault !== 'change') this.#sim.trace(() => `fault: ${fault}, ${victim.name} drawn`);
    switch (fault) {
      case 'crash':
        victim.crash();
        // Back before the others have noticed: what it has forgotten matters most then.
        if (random.chance(0.5)) queue.after(random.between(1, 2 * plan.tickEvery), () => this.#restart(victim));
        return;
      case 'powercut':
        for (const member of random.some(members)) member.crash();
        return;
      case 'pause':
        this.#pause(victim, random.between(1, 4 * plan.config.electionTicks) * plan.tickEvery);
        return;
      case 'partition': {
        const side = random.some(members);
        const other = members.filter((member) => !side.includes(member));
        this.#sim.cut(side, other);
        this.#sim.cut(other, side);
        return;
      }
      case 'isolate-in':
        this.#sim.cut(members, [victim]);
        return;
      case 'isolate-out':
        this.#sim.cut([victim], members);
        return;
      case 'link': {
        const other = random.pick(members);
        this.#sim.cut([victim], [other]);
        if (random.chance(0.3)) this.#sim.cut([other], [victim]);
        return;
      }
      case 'heal':
        cuts.clear();
        return;
      case 'drift':
        victim.clock.setTick(random.pick(plan.driftedTicks));
        return;
      case 'transfer':
        this.#sim.leader?.run((node) => node.transferTo(victim.id));
        return;
      case 'wipe':
        if (this.#mayLoseDisk(victim)) {
          victim.wipe();
          victim.start();
        }
        return;
      case 'rot':
        if (this.#mayLoseDisk(victim)) {
          victim.rot();
          victim.start();
        }
        return;
      case 'change':
        this.changeMembers();
        return;
    }
  }

  #pause(victim: SimMember, duration: number): void {
    const { queue } = this.#sim;
    victim.pausedUntil = queue.now + duration;
    queue.after(duration, () => {
      if (!victim.isPaused) victim.wake();
    });
  }

  #restart(member: SimMember): void {
    if (member.node === null) member.start();
  }

  #restartSome(): void {
    const { random, members, cuts } = this.#sim;
    for (const member of members) if (random.chance(0.6)) this.#restart(member);
    if (random.chance(0.5)) cuts.clear();
  }

  /** A disk is lost only when all members have theirs, and all agree who they are: two losses at once are more than is promised. */
  #mayLoseDisk(victim: SimMember): boolean {
    const { judge, members } = this.#sim;
    const set = judge.members;
    const isWhole = set.every(({ id, incarnation }) => this.#sim.memberOf(id).incarnation === incarnation);
    const agreed = describeMembers(set);
    const isAgreed = members.every(
      ({ node, id }) => memberOf(set, id) === undefined || (node !== null && describeMembers(node.status.members) === agreed),
    );
    const isSound = members.every(({ disk }) => !disk.hardState.isDamaged);
    const voters = set.filter(({ isVoter }) => isVoter).length;
    return isSound && isWhole && isAgreed && voters >= 3 && memberOf(set, victim.id) !== undefined;
  }

  /** What an operator would do next: replace a lost member, add who is missing, promote learners; else remove one. */
  changeMembers(mayRemove = true): void {
    const { leader, members, random } = this.#sim;
    const set = leader?.node?.status.members;
    if (leader === null || set === undefined) return;
    const lost = set.find(({ id, incarnation }) => this.#sim.memberOf(id).incarnation !== incarnation);
    const missing = members.find(({ id }) => memberOf(set, id) === undefined);
    const learner = set.find(({ isVoter }) => !isVoter);
    leader.run((node) => {
      if (lost !== undefined) node.proposeChange({ kind: 'remove', id: lost.id });
      else if (learner !== undefined && random.chance(0.7)) node.proposeChange({ kind: 'promote', id: learner.id });
      else if (missing !== undefined)
        node.proposeChange({ kind: 'add-learner', id: missing.id, incarnation: missing.incarnation });
      // Nobody takes a sound voter away while another one may not vote.
      else if (mayRemove && set.length > 1 && members.every(({ disk }) => !disk.hardState.isDamaged))
        node.proposeChange({ kind: 'remove', id: random.pick(set).id });
    });
  }
}
