/**
 * Where each master of the group is, and what it can apply: as the masters say themselves, and tell one another. Hints only: nothing here
 * changes the set of members. Each master numbers what it says of itself, so the newest wins on whichever way it came.
 *
 *   a master speaks ────┐
 *   another one tells ──┼─▶ the larger version ─▶ contacts.json ─▶ addresses of the links to the others
 *   contacts.json ──────┘        then the hints of the command line, the replicated state, the masters that the cluster began with
 */
import type { MasterContact__Output } from '../../protocol/generated/distrifs/v1/MasterContact.js';
import type { Address } from '../../raft/types.js';
import { DfsError } from '../../shared/errors.js';
import { RAFT_MEMBERS_MAX } from '../../shared/limits.js';
import type { BootstrapMaster } from '../base/config.js';
import { UNSAID_HIGHEST_OPERATION } from '../state/operations/log-fields.js';

/** A master adds one for each change: what leaps further is no number of its own, and must not use the numbers up. */
const VERSION_LEAP_MAX = 2 ** 32;

export interface MasterContact {
  readonly master: Address;
  /** host:port */
  readonly address: string;
  /** Numbered by that master itself. 0: its release has no numbers. */
  readonly version: number;
  /** Of the operations and the fields of operations that it can apply. */
  readonly highestOperation: number;
}

export interface ContactSources {
  /** This master, now; the version is chosen here. */
  readonly self: Omit<MasterContact, 'version'>;
  /** What was known when this master stopped, itself included. */
  readonly stored: readonly MasterContact[];
  /** Of the command line. */
  readonly hints: readonly BootstrapMaster[];
  readonly bootstrapMasters: readonly BootstrapMaster[];
  /** The address that the replicated state has. */
  readonly logged: (masterId: string) => string | undefined;
  readonly isMember: (master: Address) => boolean;
  /** Something new is known. Not called before the constructor has returned. */
  readonly onChange: (changed: MasterContact) => void;
}

export class MasterContacts {
  readonly #sources: ContactSources;
  #self: MasterContact;
  /** By id, without this master. At most RAFT_MEMBERS_MAX. */
  readonly #others = new Map<string, MasterContact>();
  /** That have said themselves, in this life, what is known of them. */
  readonly #heard = new Set<string>();

  constructor(sources: ContactSources) {
    const { self, stored } = sources;
    this.#sources = sources;
    const former = stored.find(({ master }) => master.id === self.master.id && master.incarnation === self.master.incarnation);
    this.#self = former !== undefined && saysSame(former, self) ? former : { ...self, version: (former?.version ?? 0) + 1 };
    for (const contact of stored) if (contact.master.id !== self.master.id) this.#others.set(contact.master.id, contact);
  }

  /** Whether this master says something else than when it stopped. */
  get isSelfChanged(): boolean {
    return !this.#sources.stored.includes(this.#self);
  }

  /** This master. */
  get self(): MasterContact {
    return this.#self;
  }

  /** All that is known, this master first. */
  get all(): readonly MasterContact[] {
    return [this.#self, ...this.#others.values()];
  }

  /** What may be passed on: of the members, this master not included. */
  get toPassOn(): readonly MasterContact[] {
    return [...this.#others.values()].filter(({ master }) => this.#sources.isMember(master));
  }

  /** A master speaks for itself. */
  heard(contact: MasterContact): void {
    const { id } = contact.master;
    if (id === this.#self.master.id) return;
    const known = this.#others.get(id);
    // A release that numbers nothing: what came last is the newest.
    const isUnnumbered =
      contact.version === 0 && !(known !== undefined && isSameMaster(known, contact) && saysSame(known, contact));
    this.#take(isUnnumbered ? { ...contact, version: versionAfter(known, contact) } : contact);
    const taken = this.#others.get(id);
    if (taken !== undefined && isSameMaster(taken, contact) && saysSame(taken, contact)) this.#heard.add(id);
  }

  /** Another master passes on what it knows. Of a member, only the member itself may say that it has a new incarnation. */
  told(contact: MasterContact): void {
    if (contact.version === 0) return;
    if (contact.master.id === this.#self.master.id) this.#correct(contact);
    else if (!this.#isOfMember(this.#others.get(contact.master.id)) || this.#sources.isMember(contact.master))
      this.#take(contact);
  }

  /** host:port, or undefined: of all that is known, the most likely to be right. */
  addressOf(masterId: string): string | undefined {
    return this.#saidBy(masterId) ?? this.candidates(masterId)[0];
  }

  /** All addresses at which the master may be, the most likely one first. */
  candidates(masterId: string): readonly string[] {
    const { hints, bootstrapMasters, logged } = this.#sources;
    const of = (masters: readonly BootstrapMaster[]): string | undefined => masters.find(({ id }) => id === masterId)?.address;
    const known = [this.#saidBy(masterId), of(hints), logged(masterId), of(bootstrapMasters)];
    return [...new Set(known.filter((address) => address !== undefined))];
  }

  #saidBy(masterId: string): string | undefined {
    return masterId === this.#self.master.id ? this.#self.address : this.#others.get(masterId)?.address;
  }

  /** The highest number of an operation, or of a field of one, that a master can apply, as far as known. */
  highestOperationOf(master: Address): number {
    const known = master.id === this.#self.master.id ? this.#self : this.#others.get(master.id);
    const isKnown = known?.master.incarnation === master.incarnation && known.highestOperation !== 0;
    return isKnown ? known.highestOperation : UNSAID_HIGHEST_OPERATION;
  }

  /** What masters have said of themselves and the log does not say. */
  get unlogged(): { readonly masterId: string; readonly address: string }[] {
    return [this.#self, ...this.#others.values()].flatMap(({ master: { id }, address }) => {
      const logged = this.#sources.logged(id);
      const isSaid = id === this.#self.master.id || (this.#heard.has(id) && this.#isOfMember(this.#others.get(id)));
      return !isSaid || logged === undefined || logged === address ? [] : [{ masterId: id, address }];
    });
  }

  #take(contact: MasterContact): void {
    const { id } = contact.master;
    const known = this.#others.get(id);
    if (isLeap(contact, known)) return;
    if (known !== undefined && !this.#isNewer(contact, known)) return;
    if (known === undefined && this.#others.size >= RAFT_MEMBERS_MAX && !this.#forgetOne()) return;
    this.#others.set(id, contact);
    this.#heard.delete(id);
    this.#sources.onChange(contact);
  }

  /** The others know something later of this master, from a folder that was replaced by an older copy: it must speak louder. */
  #correct(contact: MasterContact): void {
    const self = this.#self;
    if (!isSameMaster(contact, self) || contact.version < self.version || saysSame(contact, self)) return;
    if (isLeap(contact, self)) return;
    this.#self = { ...self, version: contact.version + 1 };
    this.#sources.onChange(this.#self);
  }

  #isOfMember(contact: MasterContact | undefined): boolean {
    return contact !== undefined && this.#sources.isMember(contact.master);
  }

  /** A master that lost its disk comes back as another one, under a larger incarnation; a member is heard again in any case. */
  #isNewer(contact: MasterContact, known: MasterContact): boolean {
    const { incarnation } = contact.master;
    if (incarnation === known.master.incarnation) return contact.version > known.version;
    return incarnation > known.master.incarnation || (this.#isOfMember(contact) && !this.#isOfMember(known));
  }

  #forgetOne(): boolean {
    for (const [id, { master }] of this.#others) {
      if (this.#sources.isMember(master)) continue;
      this.#heard.delete(id);
      return this.#others.delete(id);
    }
    return false;
  }
}

const isSameMaster = (a: MasterContact, b: MasterContact): boolean =>
  a.master.id === b.master.id && a.master.incarnation === b.master.incarnation;

const saysSame = (a: Omit<MasterContact, 'version'>, b: Omit<MasterContact, 'version'>): boolean =>
  a.address === b.address && a.highestOperation === b.highestOperation;

/** Of another incarnation nothing is known: its versions begin anew. */
function isLeap(contact: MasterContact, known: MasterContact | undefined): boolean {
  const before = known !== undefined && isSameMaster(known, contact) ? known.version : 0;
  return contact.version > before + VERSION_LEAP_MAX;
}

const versionAfter = (known: MasterContact | undefined, contact: MasterContact): number =>
  known !== undefined && isSameMaster(known, contact) ? known.version + 1 : 1;

/** @throws DfsError PROTOCOL_ERROR when it names no master */
export function contactOf({ master, address, version, highestOperation }: MasterContact__Output): MasterContact {
  if (master === null) throw new DfsError('PROTOCOL_ERROR', 'A contact names no master');
  return { master: { id: master.id, incarnation: master.incarnation }, address, version, highestOperation };
}
