/**
 * Asks the other masters for what they know of the group's addresses, at every address at which each may be. So a member that reaches
 * any other one finds all of them, and those that it lost find it.
 *
 *   no leader is known ──▶ each master, once an election timeout
 *   there is a leader ───▶ those that have not spoken to this one for GREETINGS_APART election timeouts
 */
import { RaftService } from '../../protocol/services.js';
import type { GreetRequest__Output } from '../../protocol/generated/distrifs/v1/GreetRequest.js';
import type { GreetResponse } from '../../protocol/generated/distrifs/v1/GreetResponse.js';
import type { GreetResponse__Output } from '../../protocol/generated/distrifs/v1/GreetResponse.js';
import type { MasterContact__Output } from '../../protocol/generated/distrifs/v1/MasterContact.js';
import { DfsError } from '../../shared/errors.js';
import type { Runtime, Timer } from '../../shared/runtime.js';
import { contactOf } from './master-contacts.js';
import type { MasterContact, MasterContacts } from './master-contacts.js';

/** Followers hear only their leader: between two greetings of one that is silent, in election timeouts. */
const GREETINGS_APART = 10;

export interface GreeterOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'rpc' | 'log'>;
  readonly clusterId: string;
  /** Of this master. */
  readonly instanceId: string;
  readonly contacts: MasterContacts;
  /** The ids of the masters that there may be, as of now. */
  readonly masterIds: () => Iterable<string>;
  readonly hasLeader: () => boolean;
  /** Whether this is the instance of the master that was heard before, if any was. */
  readonly isKnownInstance: (contact: MasterContact, instanceId: string) => boolean;
  readonly electionMs: number;
  /** Of one call. */
  readonly deadlineMs: number;
}

export class Greeter {
  readonly #options: GreeterOptions;
  readonly #spokeMs = new Map<string, number>();
  readonly #underWay = new Set<string>();
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(options: GreeterOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock } = this.#options.runtime;
    if (this.#isStopped) return;
    this.#greetDue();
    this.#timer = clock.setTimer(this.#options.electionMs, () => this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** A master has spoken to this one. */
  spoke(masterId: string): void {
    this.#spokeMs.set(masterId, this.#options.runtime.clock.nowMs());
  }

  /** Answers the greeting of another master. The caller has checked that it is of this group. */
  answer({ sender, contacts }: GreetRequest__Output): GreetResponse {
    this.#take(sender, contacts);
    const { contacts: own, instanceId } = this.#options;
    return { sender: own.self, senderLife: instanceId, contacts: [...own.toPassOn] };
  }

  #greetDue(): void {
    const { runtime, contacts, masterIds, hasLeader, electionMs } = this.#options;
    const nowMs = runtime.clock.nowMs();
    const ids = new Set(masterIds());
    ids.delete(contacts.self.master.id);
    for (const id of this.#spokeMs.keys()) if (!ids.has(id)) this.#spokeMs.delete(id);
    for (const id of ids) {
      if (this.#underWay.has(id)) continue;
      if (hasLeader() && nowMs - (this.#spokeMs.get(id) ?? -Infinity) < GREETINGS_APART * electionMs) continue;
      this.#spokeMs.set(id, nowMs);
      void this.#greet(id);
    }
  }

  async #greet(masterId: string): Promise<void> {
    const { contacts } = this.#options;
    const addresses = contacts.candidates(masterId).filter((address) => address !== contacts.self.address);
    this.#underWay.add(masterId);
    await Promise.all(addresses.map((address) => this.#greetAt(address)));
    this.#underWay.delete(masterId);
  }

  /** An answer of any master of this group counts: it may be another master than the one that was looked for. */
  async #greetAt(address: string): Promise<void> {
    const { runtime, clusterId, instanceId, contacts, deadlineMs } = this.#options;
    const channel = runtime.rpc.connect(address);
    try {
      const request = { clusterId, sender: contacts.self, senderLife: instanceId, contacts: [...contacts.toPassOn] };
      this.#takeAnswer(await channel.call(RaftService.Greet, request, { deadlineMs }));
    } catch (error) {
      // An earlier release does not know the call, and a master that is away is complained of by the links.
      runtime.log.debug(`No master was found at ${address}`, { reason: String(error) });
    } finally {
      channel.close();
    }
  }

  #takeAnswer({ sender, senderLife, contacts }: GreetResponse__Output): void {
    if (this.#isStopped) return;
    if (sender !== null && !this.#options.isKnownInstance(contactOf(sender), senderLife)) {
      throw new DfsError('FOREIGN_CLUSTER', `Master "${sender.master?.id ?? ''}" answers with another folder than before`);
    }
    this.#take(sender, contacts);
  }

  #take(sender: MasterContact__Output | null, told: readonly MasterContact__Output[]): void {
    const { contacts } = this.#options;
    if (sender !== null) {
      const contact = contactOf(sender);
      contacts.heard(contact);
      this.spoke(contact.master.id);
    }
    for (const each of told) contacts.told(contactOf(each));
  }
}
