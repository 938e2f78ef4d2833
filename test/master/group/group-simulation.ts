/** A simulated group of masters' drivers, logs and checkpoints: machines, network, clients and virtual time, all from one seed. */
import { decodeHead } from '../../../src/master/log/segment-head.js';
import { decodeSegmentHint } from '../../../src/master/log/segment-hint.js';
import type { Member, Members } from '../../../src/raft/types.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import type { Clock } from '../../../src/shared/runtime.js';
import { BrokenGuarantee } from '../../raft/sim/judge.js';
import { Random } from '../../raft/sim/random.js';
import { GroupClient } from './group-client.js';
import { GroupJudge } from './group-judge.js';
import { GroupMember } from './group-member.js';
import { GroupNetwork } from './group-network.js';
import { planGroup } from './group-plan.js';
import type { GroupPlan } from './group-plan.js';
import type { RegisterAnswer } from './register-state.js';

/** Of a whole seed, in virtual time. */
const LIMIT_MS = 120_000;

export class GroupSimulation {
  readonly world: Simulation;
  /** Of what is outside the machines. */
  readonly clock: Clock;
  readonly random: Random;
  readonly plan: GroupPlan;
  readonly founders: Members;
  readonly members: readonly GroupMember[];
  readonly clients: readonly GroupClient[];
  readonly network: GroupNetwork;
  readonly judge: GroupJudge;
  /** From now on the network is fast and loses nothing. */
  isCalm = false;
  acknowledged = 0;
  readonly #write: ((line: string) => void) | null;
  #giveUp: (error: Error) => void = () => undefined;

  constructor(seed: number, write: ((line: string) => void) | null) {
    this.#write = write;
    this.random = new Random(seed);
    this.plan = planGroup(this.random);
    const { founders, spares, clients } = this.plan;
    this.world = new Simulation({
      seed,
      onLog: ({ machine, level, message }) => {
        this.trace(() => `${machine} logs ${level}: ${message}`);
        // Nobody lies here: what one member says, another must be able to believe.
        if (/^A message .* is dropped/.test(message)) this.broken(`range: ${machine}: ${message}`);
      },
    });
    this.clock = this.world.machine('world').boot().clock;
    const ids = Array.from({ length: founders + spares }, (_, at) => `m${at + 1}`);
    this.founders = ids.slice(0, founders).map((id): Member => ({ id, incarnation: 1, isVoter: true }));
    this.judge = new GroupJudge(
      this.founders,
      () => this.#giveUp(new BrokenGuarantee('broken')),
      () => this.#elected(),
    );
    this.network = new GroupNetwork(this);
    const isFounder = (id: string): boolean => this.founders.some((founder) => founder.id === id);
    this.members = ids.map((id) => new GroupMember(this, id, isFounder(id) ? this.founders : []));
    this.clients = Array.from({ length: clients }, (_, at) => new GroupClient(this, `c${at + 1}`));
  }

  /** Runs a task to its end, or until a promise is broken. @throws whatever went wrong */
  async run(task: () => Promise<void>): Promise<void> {
    const broken = new Promise<never>((_, reject) => (this.#giveUp = reject));
    broken.catch(() => undefined);
    await this.world.run(() => Promise.race([task(), broken]), { limitMs: LIMIT_MS });
  }

  trace(line: () => string): void {
    // A command begins with its op code, which is no character that can be read.
    this.#write?.(`${this.world.nowMs.toFixed(3).padStart(9)} ${line().replaceAll('\b', '')}`);
  }

  /** A promise is broken, outside of what the judge looks at. It ends the seed; nothing is thrown. */
  broken(reason: string): void {
    try {
      this.judge.fail(reason);
    } catch (error) {
      if (!(error instanceof BrokenGuarantee)) throw error;
    }
  }

  find(id: string): GroupMember | undefined {
    return this.members.find((member) => member.id === id);
  }

  /** The member that leads in the latest term, if one says so. */
  get leader(): GroupMember | null {
    let leader: GroupMember | null = null;
    for (const member of this.members) {
      const { status } = member;
      if (status?.role === 'leader' && status.term > (leader?.status?.term ?? 0)) leader = member;
    }
    return leader;
  }

  /** A client has its answer. */
  acknowledge(request: string, answer: RegisterAnswer, floor: number, by: GroupMember): void {
    this.trace(() => `${by.name} acknowledges ${request} as of entry ${answer.index}: ${answer.value}`);
    this.acknowledged += 1;
    this.#judge(() => this.judge.acknowledged(request, answer, floor));
  }

  /** A client reads at a member that may lead. */
  read(target: GroupMember): void {
    const { life } = target;
    if (life === null) return;
    const floor = this.judge.shown;
    life.driver.readBarrier().then(
      () => {
        const { state } = life;
        this.trace(() => `${target.name} answers a read at ${state.appliedIndex}`);
        this.#judge(() => this.judge.read(target.name, state.appliedIndex, state.digest(), floor));
      },
      () => undefined,
    );
  }

  #judge(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof BrokenGuarantee)) throw error;
    }
  }

  /** Somebody new leads: who thinks that it leads as well is asked by a client that does not know. */
  #elected(): void {
    this.clock.setTimer(1, () => {
      for (const member of this.members) {
        if (member.isAwake && member.status?.role === 'leader' && member !== this.leader) this.read(member);
      }
    });
  }

  /** How much of a segment its hint calls durable; 0: nothing. */
  hintedBytes(hint: Uint8Array, segment: Uint8Array): number {
    const decoded = decodeSegmentHint(hint);
    const head = decodeHead(segment);
    const isOfIt = decoded !== null && head.kind === 'valid' && head.head.generation === decoded.generation;
    return isOfIt ? Math.min(decoded.durableOffset, segment.length) : 0;
  }
}
