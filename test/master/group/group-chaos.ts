/** The faults that strike a simulated group, the clients that use it meanwhile, and the operator who replaces lost masters. */
import { memberOf, votersOf } from '../../../src/raft/membership.js';
import type { MemberChange } from '../../../src/raft/types.js';
import type { DiskOperation } from '../../../src/runtime/memory/machine-disk.js';
import type { CountedFault } from '../../../src/runtime/faults/injected-fault.js';
import { describeMembers } from '../../raft/sim/judge.js';
import type { GroupMember } from './group-member.js';
import type { GroupFault } from './group-plan.js';
import type { GroupSimulation } from './group-simulation.js';

const FAILING: readonly DiskOperation[] = ['sync', 'sync', 'sync', 'write', 'rename', 'syncDirectory', 'open', 'remove', 'read'];
const FREE_BYTES_MAX = 300;
const CALLS_MAX = 40;
const SLOW_MS_MAX = 60;
/** That a fault looks for the leader. */
const LEADER_CHANCE = 0.3;
/** Election timeouts: within one, about one, long enough to be replaced. */
const PAUSES = [0.5, 2, 5];

export class GroupChaos {
  readonly #sim: GroupSimulation;
  readonly #active = new Set<CountedFault>();
  #isOver = false;

  constructor(sim: GroupSimulation) {
    this.#sim = sim;
  }

  /** Faults and clients, until it is ended. */
  begin(): void {
    const { clock, random, plan } = this.#sim;
    const repeat = (everyMs: number, action: () => void): void => {
      clock.setTimer(random.next() * 2 * everyMs, () => {
        if (this.#isOver) return;
        action();
        repeat(everyMs, action);
      });
    };
    repeat(plan.faultEveryMs, () => this.#strike(random.pick(plan.faults)));
    repeat(plan.operationEveryMs, () => this.operate());
    // Who has lost a disk is replaced.
    if (plan.faults.includes('wipe')) repeat(plan.faultEveryMs, () => this.changeMembers(false));
    // What a fault leaves down comes back, mostly.
    repeat(plan.faultEveryMs, () => this.#restartSome());
  }

  /** Everything is well again, and everybody runs. */
  end(): void {
    this.#isOver = true;
    this.#sim.isCalm = true;
    this.#sim.trace(() => 'faults end');
    this.#sim.network.cuts.clear();
    for (const active of this.#active) active.lift();
    for (const member of this.#sim.members) {
      member.machine.crashAtCall(Infinity);
      member.machine.disk.clearFailures();
      member.machine.resume();
      member.start();
    }
  }

  /** A client does something: at the leader mostly; else at whoever thinks that it leads, or at anybody. */
  operate(): void {
    const { random, members, clients, leader } = this.#sim;
    const believers = members.filter(({ status }) => status?.role === 'leader');
    const isKnown = random.chance(0.7);
    const target = isKnown ? leader : random.chance(0.7) && believers.length > 0 ? random.pick(believers) : null;
    const asked = target ?? random.pick(members);
    if (random.chance(0.35)) {
      if (asked.isAwake) this.#sim.read(asked);
    } else random.pick(clients).act(asked);
  }

  #strike(fault: GroupFault): void {
    const { random, members, network, clock, plan, leader } = this.#sim;
    const victim = leader !== null && random.chance(LEADER_CHANCE) ? leader : random.pick(members);
    const ids = members.map(({ id }) => id);
    const electionMs = plan.config.electionTicks * plan.tickMs;
    if (fault !== 'change') this.#sim.trace(() => `fault: ${fault}, ${victim.name} drawn`);
    switch (fault) {
      case 'kill':
        victim.machine.crash();
        if (random.chance(0.5)) clock.setTimer(random.between(1, 20), () => victim.start());
        return;
      case 'crash-at-call':
        victim.machine.crashAtCall(random.between(1, CALLS_MAX), {
          when: random.pick(['before', 'after']),
          power: random.chance(0.6),
        });
        return;
      case 'powercut':
        for (const member of random.some(members)) {
          member.machine.crash({ power: true });
          // Back before the others have noticed: what it has forgotten matters most then.
          if (random.chance(0.5)) clock.setTimer(random.between(1, 20), () => member.start());
        }
        return;
      case 'restart':
        void victim.stop().then(() => victim.start());
        return;
      case 'pause':
        this.#pause(victim, random.pick(PAUSES) * (0.5 + random.next()) * electionMs);
        return;
      case 'partition': {
        const side = random.some(ids);
        const other = ids.filter((id) => !side.includes(id));
        network.cut(side, other);
        network.cut(other, side);
        return;
      }
      case 'isolate-in':
        network.cut(ids, [victim.id]);
        return;
      case 'isolate-out':
        network.cut([victim.id], ids);
        return;
      case 'link': {
        const other = random.pick(ids);
        network.cut([victim.id], [other]);
        if (random.chance(0.3)) network.cut([other], [victim.id]);
        return;
      }
      case 'heal':
        network.cuts.clear();
        return;
      case 'clock':
        this.#inject(victim.machine.injectClock({ kind: 'jump', offsetMs: random.between(-100_000, 100_000) }), electionMs);
        return;
      case 'transfer':
        this.#sim.leader?.life?.driver.transferTo(victim.id, electionMs).catch(() => undefined);
        return;
      case 'wipe':
        if (this.#mayLoseDisk(victim)) {
          victim.wipe();
          victim.start();
        }
        return;
      case 'corruption':
        if (this.#mayLoseDisk(victim)) {
          victim.corruption();
          victim.start();
        }
        return;
      case 'change':
        this.changeMembers(true);
        return;
      case 'slow-disk':
        this.#inject(victim.machine.disk.inject({ kind: 'slow', delayMs: random.between(1, SLOW_MS_MAX) }), 2 * electionMs);
        return;
      case 'full-disk':
        victim.mayFail = true;
        this.#inject(victim.machine.disk.inject({ kind: 'fill', freeBytes: random.between(0, FREE_BYTES_MAX) }), 2 * electionMs);
        return;
      case 'failing-disk':
        victim.mayFail = true;
        victim.machine.disk.failNext(random.pick(FAILING));
        return;
    }
  }

  #inject(active: CountedFault, forMs: number): void {
    this.#active.add(active);
    this.#sim.clock.setTimer(this.#sim.random.next() * forMs, () => active.lift());
  }

  #pause(victim: GroupMember, forMs: number): void {
    victim.machine.pause();
    const { life } = victim;
    this.#sim.clock.setTimer(forMs, () => {
      victim.machine.resume();
      // A client may be first to speak to a machine that has slept, before whatever came meanwhile.
      if (life !== null && victim.life === life) this.#sim.read(victim);
    });
  }

  #restartSome(): void {
    const { random, members, network } = this.#sim;
    for (const member of members) if (random.chance(0.5)) member.start();
    if (random.chance(0.3)) network.cuts.clear();
  }

  /** A disk is lost only when all members have theirs, and all agree who they are: two losses at once are more than is promised. */
  #mayLoseDisk(victim: GroupMember): boolean {
    const { judge, members } = this.#sim;
    const set = judge.members;
    const agreed = describeMembers(set);
    const isAgreed = members.every(
      ({ status, id, shadow }) =>
        memberOf(set, id) === undefined ||
        // What is not durable yet may be taken back by a crash.
        (status !== null && describeMembers(status.members) === agreed && shadow.isSettled),
    );
    return this.#isWhole && isAgreed && votersOf(set).length >= 3 && memberOf(set, victim.id) !== undefined;
  }

  /** Every member has its disk, and a sound one. */
  get #isWhole(): boolean {
    const { judge, members } = this.#sim;
    for (const member of members) if (member.isRotten) member.mayBeSound();
    const isRight = judge.members.every(({ id, incarnation }) => this.#sim.find(id)?.incarnation === incarnation);
    return isRight && members.every(({ isRotten }) => !isRotten);
  }

  /** What an operator would do next: replace a lost member, add who is missing; else remove one. The driver promotes by itself. */
  changeMembers(mayRemove: boolean): void {
    const { leader, members, random, judge } = this.#sim;
    const set = leader?.status?.members;
    const life = leader?.life ?? null;
    if (set === undefined || life === null) return;
    const change = (what: MemberChange): void => {
      this.#sim.trace(() => `${leader?.name} is asked to ${what.kind} ${what.id}`);
      life.driver.change(what).catch(() => undefined);
    };
    const lost = set.find(({ id, incarnation }) => this.#sim.find(id)?.incarnation !== incarnation);
    const missing = members.find(({ id }) => memberOf(set, id) === undefined);
    if (lost !== undefined) {
      change({ kind: 'remove', id: lost.id });
      return;
    }
    if (missing !== undefined) {
      // A master that was removed comes back as a new one; its removal must be safe before its disk goes.
      if (memberOf(judge.members, missing.id) !== undefined) return;
      if (judge.wasMember(missing.id, missing.incarnation)) {
        missing.wipe();
        missing.start();
      }
      change({ kind: 'add-learner', id: missing.id, incarnation: missing.incarnation });
      // Nobody takes a sound voter away while another one may not vote.
    } else if (mayRemove && set.length > 1 && this.#isWhole) change({ kind: 'remove', id: random.pick(set).id });
  }
}
