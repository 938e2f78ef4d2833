/** A group of masters without Raft: one log that all apply, a leader that the test appoints, and the faults that it orders. */
import type { Consensus, ConsensusListener } from '../../src/master/consensus/consensus.js';
import { logEntryCodec } from '../../src/master/state/operations/log-entry.js';
import { HIGHEST_OPERATION } from '../../src/master/state/operations/operations.js';
import type { Answer } from '../../src/master/state/tables/answer.js';
import { StateMachine } from '../../src/master/state/operations/state-machine.js';
import type { LogEntry__Output } from '../../src/protocol/generated/distrifs/v1/LogEntry.js';
import type { RaftStatus } from '../../src/raft/raft-node.js';
import { DfsError } from '../../src/shared/errors.js';

interface Held {
  readonly carryOn: () => void;
  readonly reject: (error: Error) => void;
}

/** One master's side of it. */
export class FakeMember implements Consensus {
  readonly id: string;
  readonly #group: FakeGroup;
  readonly machine = new StateMachine();
  listener: ConsensusListener | null = null;
  /** As this master believes. */
  leaderId: string | null = null;
  term = 0;
  /** It hears nobody and does not know it: no entries, no answers to its questions. */
  isCut = false;
  /** What the next proposals are refused with, one each. */
  readonly refusals: DfsError[] = [];
  /** Proposals and read barriers wait for `release`. */
  isHolding = false;
  readonly #held: Held[] = [];
  barriers = 0;
  /** As its release has it. */
  highestOperation = HIGHEST_OPERATION;

  constructor(id: string, group: FakeGroup) {
    this.id = id;
    this.#group = group;
  }

  get status(): RaftStatus {
    const lastIndex = this.machine.state.appliedIndex;
    const role = this.leaderId === this.id ? 'leader' : 'follower';
    const { term, leaderId } = this;
    const members = this.#group.ids.map((id) => ({ id, incarnation: 1, isVoter: true }));
    return { role, term, leaderId, commitIndex: lastIndex, lastIndex, members, isDamaged: false };
  }

  addressOf(masterId: string): string | undefined {
    return this.#group.ids.includes(masterId) ? `${masterId}:7000` : undefined;
  }

  memberWithout(number: number): string | undefined {
    return [...this.#group.members.values()].find(({ highestOperation }) => highestOperation < number)?.id;
  }

  propose(data: Uint8Array): Promise<Answer> {
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return Promise.reject(refusal);
    if (this.leaderId !== this.id) return Promise.reject(new DfsError('NOT_LEADER', 'The group has another leader'));
    return this.#perhapsLater(() => this.#group.commit(this, data));
  }

  readBarrier(): Promise<void> {
    this.barriers += 1;
    if (this.leaderId !== this.id) return Promise.reject(new DfsError('NOT_LEADER', 'The group has another leader'));
    return this.#perhapsLater(() => undefined);
  }

  /** Lets what waits go on. */
  release(): void {
    this.isHolding = false;
    for (const held of this.#held.splice(0)) held.carryOn();
  }

  /** What waits comes to nothing, as far as this master knows. */
  lose(): void {
    for (const held of this.#held.splice(0)) held.reject(new DfsError('UNAVAILABLE', 'Leadership was lost: it may take effect'));
  }

  applyTo(log: readonly Uint8Array[]): Answer {
    let answer: Answer = {};
    for (let index = this.machine.state.appliedIndex + 1; index <= log.length; index += 1) {
      answer = this.machine.apply({ index, term: 1, data: log[index - 1]! });
    }
    return answer;
  }

  #perhapsLater<T>(action: () => T): Promise<T> {
    if (!this.isHolding && !this.isCut) return Promise.resolve(action());
    return new Promise((resolve, reject) => {
      this.#held.push({ carryOn: () => resolve(action()), reject });
    });
  }
}

export class FakeGroup {
  readonly ids: readonly string[];
  readonly members: ReadonlyMap<string, FakeMember>;
  /** Op code and LogEntry of each. */
  readonly log: Uint8Array[] = [];
  term = 0;

  constructor(ids: readonly string[]) {
    this.ids = ids;
    this.members = new Map(ids.map((id) => [id, new FakeMember(id, this)]));
  }

  /** What was logged, by the names of the operations. */
  get operations(): readonly (string | undefined)[] {
    return this.log.map((data) => decode(data).operation);
  }

  /** All that are not cut off learn of the new leader at once; a cut one goes on as before. */
  elect(id: string, options: { readonly isReady?: boolean } = {}): void {
    this.term += 1;
    const elected = this.members.get(id)!;
    for (const member of this.members.values()) {
      if (member.isCut) continue;
      const onElected = member.leaderId === member.id;
      member.leaderId = id;
      member.term = this.term;
      member.applyTo(this.log);
      if (onElected) this.#depose(member);
    }
    if (options.isReady !== false) elected.listener?.onElected(this.term);
  }

  /** The leader steps down, and there is no other. */
  stepDown(): void {
    for (const member of this.members.values()) {
      const onElected = member.leaderId === member.id;
      member.leaderId = null;
      if (onElected) this.#depose(member);
    }
  }

  commit(leader: FakeMember, data: Uint8Array): Answer {
    this.log.push(data);
    const answer = leader.applyTo(this.log);
    for (const member of this.members.values()) if (!member.isCut) member.applyTo(this.log);
    return answer;
  }

  #depose(member: FakeMember): void {
    member.listener?.onDeposed();
    member.lose();
  }
}

function decode(data: Uint8Array): LogEntry__Output {
  return logEntryCodec.decode(data.subarray(1));
}
