/** The promises of a group with driver and log, checked whenever a member does something. */
import { isSameAddress } from '../../../src/raft/membership.js';
import { majorityOf } from '../../../src/raft/quorum.js';
import type { RaftStatus } from '../../../src/raft/raft-node.js';
import type { Entry, EntryBody, Members, Message } from '../../../src/raft/types.js';
import type { CommittedEntry } from '../../../src/master/state/tables/replicated-state.js';
import { BrokenGuarantee, describeMembers } from '../../raft/sim/judge.js';
import { decodeCommand } from './register-state.js';
import type { RegisterAnswer } from './register-state.js';
import type { ShadowDisk } from './shadow-disk.js';

interface Applied {
  readonly term: number;
  readonly text: string;
  readonly digest: string;
  /** The term of whoever applied it first: nobody had committed it in a later one. */
  readonly committedIn: number;
}

/** Who does something: one life of a member. */
export interface Witness {
  readonly name: string;
  readonly shadow: ShadowDisk;
  readonly status: RaftStatus | null;
}

export class GroupJudge {
  /** Of every incarnation that there ever was. */
  readonly shadows = new Map<string, ShadowDisk>();
  readonly #leaders = new Map<number, string>();
  /** What an entry says and what stands before it, by index and term. */
  readonly #entries = new Map<string, { readonly text: string; termBefore: number | undefined }>();
  readonly #sets = new Map<string, Members>();
  readonly #applied: Applied[] = [{ term: 0, text: '', digest: '', committedIn: 0 }];
  /** Where each request took effect. */
  readonly #executed = new Map<string, number>();
  readonly #commits = new Map<string, number>();
  /** The newest set that was applied anywhere. */
  members: Members;
  /** The highest index that a completed operation has shown to a client. */
  shown = 0;
  readonly #wereMembers = new Set<string>();
  /** What was broken first. */
  failure: string | null = null;
  readonly #onFailure: () => void;
  readonly #onElected: () => void;

  /** @param onElected hears of each new leader */
  constructor(founders: Members, onFailure: () => void, onElected: () => void) {
    this.members = founders;
    this.#onFailure = onFailure;
    this.#onElected = onElected;
  }

  get appliedMax(): number {
    return this.#applied.length - 1;
  }

  digestAt(index: number): string {
    return this.#applied[index]?.digest ?? '';
  }

  /** @throws BrokenPromise always: into whatever code of the product is running, which is told apart from its own errors by `failure` */
  fail(reason: string): never {
    this.failure ??= reason;
    this.#onFailure();
    throw new BrokenGuarantee(reason);
  }

  look({ name, shadow, status }: Witness): void {
    if (status?.role !== 'leader') return;
    const { term, commitIndex } = status;
    const known = this.#leaders.get(term);
    if (known === undefined) this.#elected(name, term, shadow);
    else if (known !== name) this.fail(`election safety: ${known} and ${name} both lead in term ${term}`);
    const key = `${name} ${term}`;
    const before = this.#commits.get(key);
    if (before === commitIndex) return;
    this.#commits.set(key, commitIndex);
    // Its own commits only: what it knew when it was elected, others may have committed with disks that are gone.
    if (before !== undefined) this.#committedByLeader(name, commitIndex, shadow, status.members);
  }

  #elected(name: string, term: number, shadow: ShadowDisk): void {
    this.#leaders.set(term, name);
    for (let index = this.appliedMax; index > 0; index -= 1) {
      const applied = this.#applied[index];
      if (applied === undefined || applied.committedIn >= term || shadow.has(index, applied.term)) continue;
      this.fail(`leader completeness: ${name} leads in term ${term} without entry ${index} of term ${applied.term}`);
    }
    this.#onElected();
  }

  #committedByLeader(name: string, index: number, shadow: ShadowDisk, members: Members): void {
    const term = shadow.termAt(index);
    if (term === undefined) return;
    const voters = members.filter(({ isVoter }) => isVoter);
    const holders = voters.filter(({ id, incarnation }) => this.shadows.get(`${id}.${incarnation}`)?.held(index, term));
    if (holders.length >= majorityOf(voters.length)) return;
    const who = `durable on [${describeMembers(holders)}] of [${describeMembers(voters)}]`;
    this.fail(`commit by a minority: ${name} commits entry ${index} of term ${term}, ${who}`);
  }

  /** What a member promises by a message stands on its disk. */
  spoken(witness: Witness, message: Message): void {
    this.look(witness);
    const { name, shadow, status } = witness;
    const { from, to, term } = message;
    if (message.type === 'append-accepted') {
      const { match } = message;
      const entryTerm = shadow.termAt(match);
      // One that waited through a change of term speaks of what was durable then.
      if (term < (status?.term ?? 0) || match <= 0) return;
      if (entryTerm === undefined ? match <= shadow.lastIndex : shadow.holds(match, entryTerm)) return;
      this.fail(`durability: ${name} acknowledges entry ${match} before it is durable`);
    }
    if (message.type !== 'vote' && !(message.type === 'vote-reply' && message.isGranted)) return;
    if (message.isPre) return;
    const candidate = message.type === 'vote' ? from : to;
    const { term: diskTerm = 0, votedFor = null } = shadow.hardState ?? {};
    const isDurable = diskTerm > term || (diskTerm === term && votedFor !== null && isSameAddress(votedFor, candidate));
    if (!isDurable) this.fail(`durability: ${name} votes for ${candidate.id} in term ${term} before that is durable`);
  }

  /** Log matching: what is written under one index and term is always the same, and follows the same. */
  written(name: string, entries: readonly Entry[], termBefore: number | undefined): void {
    let previous = termBefore;
    for (const { index, term, body } of entries) {
      const key = `${index}/${term}`;
      const text = textOf(body);
      if (body.kind === 'members') this.#sets.set(key, body.members);
      const known = this.#entries.get(key);
      if (known === undefined) this.#entries.set(key, { text, termBefore: previous });
      else if (known.text !== text) this.fail(`log matching: ${name} writes "${text}" as ${key}, which is "${known.text}"`);
      else if (known.termBefore === undefined) known.termBefore = previous;
      else if (previous !== undefined && known.termBefore !== previous)
        this.fail(`log matching: ${name} has term ${previous} before entry ${key}, others ${known.termBefore}`);
      previous = term;
    }
  }

  /** State-machine safety and exactly once. */
  applied(witness: Witness, entry: CommittedEntry, answer: RegisterAnswer, digest: string): void {
    const { name, shadow, status } = witness;
    const { index, term } = entry;
    const text = entry.data === null ? '-' : decodeCommand(entry.data);
    if (!shadow.holds(index, term)) this.fail(`durability: ${name} applies entry ${index} of term ${term} before it is durable`);
    this.look(witness);
    const first = this.#applied[index];
    if (first === undefined) {
      if (index !== this.#applied.length) this.fail(`${name} applies entry ${index} after ${this.appliedMax}`);
      this.#applied.push({ term, text, digest, committedIn: status?.term ?? term });
      this.members = this.#sets.get(`${index}/${term}`) ?? this.members;
      for (const { id, incarnation } of this.members) this.#wereMembers.add(`${id}.${incarnation}`);
      this.#execute(text, index, answer);
    } else if (first.term !== term || first.text !== text) {
      const others = `others "${first.text}" of term ${first.term}`;
      this.fail(`state-machine safety: ${name} applies "${text}" of term ${term} at ${index}, ${others}`);
    } else if (first.digest !== digest) {
      this.fail(`state-machine safety: the state of ${name} differs at ${index}, after "${text}"`);
    }
  }

  #execute(text: string, index: number, { isFirst }: RegisterAnswer): void {
    if (text === '-') return;
    const [request = ''] = text.split(' ');
    const before = this.#executed.get(request);
    if (isFirst && before !== undefined) this.fail(`exactly once: ${request} takes effect at ${index}, and did at ${before}`);
    if (isFirst) this.#executed.set(request, index);
  }

  /** A state came from a checkpoint. */
  restored(name: string, index: number, digest: string): void {
    if (this.digestAt(index) === digest) return;
    this.fail(`state-machine safety: ${name} restores another state at ${index} than the one that was applied`);
  }

  /** Whether this life of a member ever had a place in a set that was applied. */
  wasMember(id: string, incarnation: number): boolean {
    return this.#wereMembers.has(`${id}.${incarnation}`);
  }

  /** A client has its answer. @param floor what was shown when the request was made first */
  acknowledged(request: string, { index }: RegisterAnswer, floor: number): void {
    const executed = this.#executed.get(request);
    if (executed === undefined || executed !== index)
      this.fail(`acknowledged means kept: ${request} is answered as of entry ${index}, and took effect at ${executed ?? 'none'}`);
    this.#completed(`write ${request}`, index, floor);
  }

  /** A client has read a member's state. */
  read(name: string, index: number, digest: string, floor: number): void {
    if (this.digestAt(index) !== digest) this.fail(`linearizability: a read at ${name} sees a state that never was, at ${index}`);
    this.#completed(`a read at ${name}`, index, floor);
  }

  #completed(what: string, index: number, floor: number): void {
    if (index < floor) this.fail(`linearizability: ${what} sees entry ${index}, but ${floor} was shown before it began`);
    this.shown = Math.max(this.shown, index);
  }
}

/** What an entry says, short. */
export function textOf(body: EntryBody): string {
  if (body.kind === 'data') return decodeCommand(body.data);
  return body.kind === 'empty' ? '-' : describeMembers(body.members);
}
