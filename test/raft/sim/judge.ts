/** The promises of Raft, checked after every event. The names are those of Ongaro's thesis, figure 3.2. */
import type { RaftNode } from '../../../src/raft/raft-node.js';
import { isSameAddress } from '../../../src/raft/membership.js';
import { majorityOf } from '../../../src/raft/quorum.js';
import type { Entry, Member, Members, Message } from '../../../src/raft/types.js';
import type { SimDisk } from './sim-disk.js';

export class BrokenGuarantee extends Error {}

/** What an entry says, short. */
export function bodyOf({ body }: Entry): string {
  if (body.kind === 'data') return new TextDecoder().decode(body.data);
  return body.kind === 'empty' ? '-' : describeMembers(body.members);
}

export const describeMembers = (members: Members): string =>
  members.map(({ id, incarnation, isVoter }) => `${id}.${incarnation}${isVoter ? '' : '?'}`).join(' ');

interface Seen {
  life: number;
  role: string;
  term: number;
  lastIndex: number;
  lastTerm: number | undefined;
  commitIndex: number;
}

export class Judge {
  /** Every disk there ever was, by `id.incarnation`: a wiped one has held what it acknowledged. */
  readonly disks = new Map<string, SimDisk>();
  readonly #leaders = new Map<number, string>();
  readonly #onElected: () => void;
  /** The latest that somebody has led in. */
  #lastTerm = 0;
  /** What stood before an entry, and what it says, by index and term. */
  readonly #entries = new Map<number, { readonly previousTerm: number | undefined; readonly body: string }>();
  /** What was applied first at each index; 0 is nobody's. */
  readonly #applied: (Entry | undefined)[] = [undefined];
  readonly #digests: number[] = [0];
  /** The term of the leader that committed first up to each index. */
  readonly #committedIn: number[] = [0];
  readonly #seen = new Map<string, Seen>();
  /** The newest set that was applied anywhere. */
  members: Members = [];
  /** The highest index that a completed operation has shown to a client. */
  shown = 0;

  /** @param onElected hears of each new leader */
  constructor(onElected: () => void) {
    this.#onElected = onElected;
  }

  /** The last index that anybody has applied. */
  get appliedMax(): number {
    return this.#applied.length - 1;
  }

  /** Looks at a member after something happened to it. @param life rises with each restart */
  look(name: string, life: number, node: RaftNode): void {
    const { role, term, commitIndex, lastIndex, members } = node.status;
    const before = this.#seen.get(name);
    const isSameLife = before?.life === life;
    if (isSameLife && commitIndex < before.commitIndex) {
      throw new BrokenGuarantee(`${name} takes its commit index back from ${before.commitIndex} to ${commitIndex}`);
    }
    if (role === 'leader') {
      const isNew = !isSameLife || before.role !== 'leader' || before.term !== term;
      if (isNew) this.#elected(name, term, node);
      else if (lastIndex < before.lastIndex || !this.#hasTerm(node, before.lastIndex, before.lastTerm)) {
        throw new BrokenGuarantee(
          `leader append-only: ${name} of term ${term} has replaced entry ${before.lastIndex} of its log`,
        );
      }
      while (this.#committedIn.length <= commitIndex) this.#committedIn.push(term);
      if (!isNew && commitIndex > before.commitIndex) this.#committedByLeader(name, commitIndex, node, members);
    }
    const seen = before ?? ({} as Seen);
    if (before === undefined) this.#seen.set(name, seen);
    Object.assign(seen, { life, role, term, lastIndex, commitIndex });
    seen.lastTerm = node.entryAt(lastIndex)?.term;
  }

  #hasTerm(node: RaftNode, index: number, term: number | undefined): boolean {
    const entry = node.entryAt(index);
    return entry === undefined || term === undefined || entry.term === term;
  }

  #elected(name: string, term: number, node: RaftNode): void {
    const other = this.#leaders.get(term);
    if (other !== undefined && other !== name)
      throw new BrokenGuarantee(`election safety: ${other} and ${name} both lead in term ${term}`);
    this.#leaders.set(term, name);
    this.#lastTerm = Math.max(this.#lastTerm, term);
    if (other === undefined) this.#onElected();
    for (let index = this.#committedIn.length - 1; index > 0; index -= 1) {
      // What a later leader commits need not be known to one of an earlier term whose votes came late.
      if (this.#committedIn[index]! >= term) continue;
      const entry = node.entryAt(index);
      if (entry === undefined ? index > node.status.lastIndex : entry.term !== (this.#applied[index]?.term ?? entry.term)) {
        throw new BrokenGuarantee(`leader completeness: ${name} leads in term ${term} without entry ${index}`);
      }
    }
  }

  /** No acknowledgement by a minority: what a leader commits stands on the disks of a majority. */
  #committedByLeader(name: string, index: number, node: RaftNode, members: Members): void {
    const entry = node.entryAt(index);
    if (entry === undefined) return;
    const voters = members.filter(({ isVoter }) => isVoter);
    const holders = voters.filter((voter) => this.diskOf(voter)?.held(index, entry.term));
    if (holders.length < majorityOf(voters.length)) {
      throw new BrokenGuarantee(
        `commit by a minority: ${name} commits entry ${index} of term ${entry.term}, durable on [${describeMembers(holders)}] of [${describeMembers(voters)}]`,
      );
    }
  }

  /** What a member promises by a message stands on its disk. */
  spoken(disk: SimDisk, node: RaftNode, message: Message): void {
    const { from, to, term } = message;
    const name = `${from.id}.${from.incarnation}`;
    if (message.type === 'append-accepted') {
      const { match } = message;
      // One that waited through a change of term speaks of what was durable then.
      const entry = node.entryAt(match);
      if (term < node.status.term || (entry === undefined ? match <= disk.lastIndex : disk.holds(match, entry.term))) return;
      throw new BrokenGuarantee(`durability: ${name} acknowledges entry ${match} before it is durable`);
    }
    if (message.type !== 'vote' && !(message.type === 'vote-reply' && message.isGranted)) return;
    if (message.isPre) return;
    const candidate = message.type === 'vote' ? from : to;
    const { term: diskTerm, votedFor } = disk.hardState;
    const isDurable = diskTerm > term || (diskTerm === term && votedFor !== null && isSameAddress(votedFor, candidate));
    if (!isDurable)
      throw new BrokenGuarantee(`durability: ${name} votes for ${candidate.id} in term ${term} before that is durable`);
  }

  diskOf({ id, incarnation }: Pick<Member, 'id' | 'incarnation'>): SimDisk | undefined {
    return this.disks.get(`${id}.${incarnation}`);
  }

  /** Log matching: what is written under one index and term is always the same, and follows the same. */
  written(name: string, entries: readonly Entry[], termBefore: number | undefined): void {
    let previousTerm = termBefore;
    for (const entry of entries) {
      const key = entry.index * 1_000_000 + entry.term;
      const body = bodyOf(entry);
      const known = this.#entries.get(key);
      if (known === undefined) this.#entries.set(key, { previousTerm, body });
      else if (known.body !== body) {
        throw new BrokenGuarantee(
          `log matching: ${name} writes "${body}" as entry ${entry.index} of term ${entry.term}, which is "${known.body}"`,
        );
      } else if (known.previousTerm !== undefined && previousTerm !== undefined && known.previousTerm !== previousTerm) {
        throw new BrokenGuarantee(
          `log matching: ${name} has term ${previousTerm} before entry ${entry.index} of term ${entry.term}, others ${known.previousTerm}`,
        );
      }
      previousTerm = entry.term;
    }
  }

  /** State-machine safety. @returns the digest of the state after this entry */
  applied(name: string, entry: Entry, digestBefore: number): number {
    const { index, term } = entry;
    const first = this.#applied[index];
    if (first === undefined) {
      if (index !== this.#applied.length) throw new BrokenGuarantee(`${name} applies entry ${index} after ${this.appliedMax}`);
      this.#applied.push(entry);
      this.#digests.push(digest(digestBefore, entry));
      if (entry.body.kind === 'members') this.members = entry.body.members;
    } else if (first.term !== term || bodyOf(first) !== bodyOf(entry)) {
      throw new BrokenGuarantee(
        `state-machine safety: ${name} applies "${bodyOf(entry)}" of term ${term} at ${index}, others "${bodyOf(first)}" of term ${first.term}`,
      );
    }
    const after = digest(digestBefore, entry);
    if (after !== this.#digests[index])
      throw new BrokenGuarantee(`state-machine safety: the state of ${name} differs at ${index}`);
    return after;
  }

  /** A state came from a snapshot. */
  restored(name: string, index: number, stateDigest: number): void {
    if (this.#digests[index] !== stateDigest)
      throw new BrokenGuarantee(`state-machine safety: ${name} restores another state at ${index}`);
  }

  /** Somebody leads in a later term. */
  isReplaced(term: number): boolean {
    return this.#lastTerm > term;
  }

  /** Who answers a read without asking anybody is the only leader there is. */
  readAlone(name: string, term: number): void {
    if (!this.isReplaced(term)) return;
    const by = this.#leaders.get(this.#lastTerm);
    throw new BrokenGuarantee(`lease: ${name} of term ${term} reads without asking, while ${by} leads in term ${this.#lastTerm}`);
  }

  /** A client's operation completes, and has seen the state at an index; `floor` is what was `shown` when it began. */
  completed(what: string, index: number, floor: number): void {
    if (index < floor)
      throw new BrokenGuarantee(`linearizability: ${what} sees the state at ${index}, but ${floor} was shown before it began`);
    this.shown = Math.max(this.shown, index);
  }
}

const textEncoder = new TextEncoder();

function digest(before: number, entry: Entry): number {
  const bytes = entry.body.kind === 'data' ? entry.body.data : textEncoder.encode(bodyOf(entry));
  let hash = Math.imul(before ^ entry.term, 0x01000193) >>> 0;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
