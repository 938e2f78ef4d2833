/** A simulated Raft group: members, network, clients and time, all from one seed. */
import type { Message } from '../../../src/raft/types.js';
import { EventQueue } from './event-queue.js';
import { BrokenGuarantee, Judge } from './judge.js';
import { Random } from './random.js';
import type { Plan } from './plan.js';
import { planSeed } from './plan.js';
import { SimMember } from './sim-member.js';
import { describe } from './trace-line.js';

/** Most seeds have some thousands of events; one with many more has members that send for ever, without letting time pass. */
const EVENTS_MAX = 200_000;

export class Simulation {
  readonly random: Random;
  readonly plan: Plan;
  readonly queue = new EventQueue();
  readonly judge = new Judge(() => this.#elected());
  readonly members: SimMember[];
  /** Payloads that a client was told are kept. */
  readonly acknowledged: string[] = [];
  /** `from>to` of links that let nothing through. */
  readonly cuts = new Set<string>();
  /** From now on the network is fast and loses nothing. */
  isCalm = false;
  /** A number that any difference between two runs changes. */
  digest = 0;
  events = 0;
  #operations = 0;
  readonly #write: ((line: string) => void) | null;

  constructor(seed: number, write: ((line: string) => void) | null = null, plan?: Plan) {
    this.random = new Random(seed);
    this.plan = plan ?? planSeed(this.random);
    this.#write = write;
    const ids = Array.from({ length: this.plan.founders + this.plan.spares }, (_, i) => `m${i + 1}`);
    const founders = ids.slice(0, this.plan.founders).map((id) => ({ id, incarnation: 1, isVoter: true }));
    this.members = ids.map((id) => new SimMember(this, id, founders.some((founder) => founder.id === id) ? founders : []));
  }

  trace(line: () => string): void {
    this.#write?.(`${String(this.queue.now).padStart(5)} ${line()}`);
  }

  start(): void {
    for (const member of this.members) member.start();
  }

  run(until: number): void {
    this.queue.runUntil(until, () => {
      this.events += 1;
      if (this.events > EVENTS_MAX)
        throw new BrokenGuarantee(`liveness: ${EVENTS_MAX} events, and the members still answer one another`);
    });
  }

  /** The member that leads in the latest term, if one says so. */
  get leader(): SimMember | null {
    let leader: SimMember | null = null;
    for (const member of this.members) {
      if (member.node?.role !== 'leader') continue;
      if (member.node.status.term > (leader?.node?.status.term ?? 0)) leader = member;
    }
    return leader;
  }

  memberOf(id: string): SimMember {
    const member = this.members.find((each) => each.id === id);
    if (member === undefined) throw new Error(`there is no machine ${id}`);
    return member;
  }

  send(from: SimMember, message: Message): void {
    this.digest = (Math.imul(this.digest, 31) + message.term * 7 + message.type.length + this.queue.now) >>> 0;
    this.trace(() => describe(message));
    if (message.type === 'timeout-now') this.#checkHandOver(from, message);
    if (from.node !== null) this.judge.spoken(from.disk, from.node, message);
    this.#carry(message);
    if (!this.isCalm && this.random.chance(this.plan.duplicateChance)) this.#carry(message);
  }

  /** Only one that has everything can win. */
  #checkHandOver(from: SimMember, { to }: Message): void {
    const last = from.node?.status.lastIndex ?? 0;
    const term = from.node?.entryAt(last)?.term;
    if (term !== undefined && this.judge.diskOf(to)?.held(last, term) !== true) {
      throw new BrokenGuarantee(`transfer: ${from.name} hands over to ${to.id}, which does not hold entry ${last}`);
    }
  }

  #carry(message: Message): void {
    const { random, plan } = this;
    let delay = 1 + random.between(0, this.isCalm ? 2 : plan.latencyMax);
    if (!this.isCalm) {
      if (random.chance(plan.lossChance)) return;
      if (random.chance(plan.lateChance)) delay *= 20;
    }
    this.queue.after(delay, () => {
      if (this.cuts.has(`${message.from.id}>${message.to.id}`)) return;
      this.memberOf(message.to.id).receive(message);
    });
  }

  /** Cuts the links from each of `from` to each of `to`, that way only. */
  cut(from: readonly SimMember[], to: readonly SimMember[]): void {
    for (const a of from) for (const b of to) if (a !== b) this.cuts.add(`${a.id}>${b.id}`);
  }

  /** Clients ask the leader mostly; then whoever thinks that it leads, or anybody. */
  operate(): void {
    const { random, members } = this;
    const believers = members.filter(({ node }) => node?.role === 'leader');
    const target = random.chance(0.6) ? this.leader : random.chance(0.8) && believers.length > 0 ? random.pick(believers) : null;
    this.ask(target ?? random.pick(members), random.chance(0.4));
  }

  /** Somebody new leads: who thinks that it leads as well is asked by a client that does not know. */
  #elected(): void {
    this.queue.after(0, () => {
      for (const member of this.members) if (member.node?.role === 'leader' && member !== this.leader) this.ask(member, true);
    });
  }

  ask(target: SimMember, isRead: boolean): void {
    this.#operations += 1;
    if (isRead) target.read(this.#operations);
    else target.write(`w${this.#operations}`);
  }
}
