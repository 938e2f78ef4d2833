/**
 * This master as a member of its group: its disk, its state, the driver of the Raft core, the links to the other masters, and the
 * services for clients and datanodes.
 */
import { DEFAULT_CONFIG, longestLeaseTicks } from '../../raft/config.js';
import { memberOf, votersOf } from '../../raft/membership.js';
import type { RaftStatus } from '../../raft/raft-node.js';
import { DfsError } from '../../shared/errors.js';
import { FolderWatch } from '../../shared/folder-watch.js';
import { KIB, TERM_LEAP_MAX } from '../../shared/limits.js';
import { ELECTION_TICKS, HEARTBEAT_TICKS } from '../../shared/profile.js';
import type { Runtime } from '../../shared/runtime.js';
import { CheckpointFiles } from '../checkpoint/checkpoint-files.js';
import type { MasterConfig } from '../base/config.js';
import { DiskRoom } from '../base/disk-room.js';
import { GrowthReserve } from '../base/growth-reserve.js';
import { BOOTSTRAP_INCARNATION, isIdentityInPlace } from '../base/identity.js';
import type { Identity } from '../base/identity.js';
import { DEFAULT_CHECKPOINT_LOG_BYTES } from '../log/disk-member-storage.js';
import type { MemberStorage, OpenedStorage } from '../log/member-storage.js';
import { openStorage } from '../log/open-storage.js';
import { MasterServices } from './master-services.js';
import type { LogOperation } from '../state/operations/log-operation.js';
import { HIGHEST_OPERATION } from '../state/operations/operations.js';
import type { LeaderOperationName } from '../state/operations/operations.js';
import type { Answer } from '../state/tables/answer.js';
import { StateMachine } from '../state/operations/state-machine.js';
import type { Consensus } from '../consensus/consensus.js';
import { ContactWriter, readContacts } from '../consensus/contact-file.js';
import { Greeter } from '../consensus/greeter.js';
import { InstanceIds } from '../consensus/instance-ids.js';
import { MasterContacts } from '../consensus/master-contacts.js';
import type { MasterContact } from '../consensus/master-contacts.js';
import { PeerLinks } from '../consensus/peer-links.js';
import { RaftDriver } from '../consensus/raft-driver.js';
import { refusalError } from '../consensus/refusal-error.js';

/** Entries applied in one turn of the event loop. */
const APPLY_ENTRIES_MAX = 256;
/** A transfer takes a round trip and an election: two election timeouts are plenty. */
const TRANSFER_TIMEOUTS = 2;
/** Of a small disk, as log between two checkpoints: it holds two checkpoints and the log since the older one. */
const CHECKPOINT_LOG_PART = 1 / 16;
const CHECKPOINT_LOG_BYTES_MIN = 64 * KIB;
/** A call to another master waits no longer: later messages say more. */
const STEP_TIMEOUTS = 4;

export interface MemberOptions {
  readonly runtime: Runtime;
  readonly config: MasterConfig;
  readonly identity: Identity;
  /** host:port at which others reach this master. */
  readonly address: string;
  /** Called once, when this master cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** What stands on the disk, read. */
interface OpenedDisk extends OpenedStorage {
  readonly machine: StateMachine;
  readonly instanceIds: InstanceIds;
  readonly room: DiskRoom;
  readonly storedContacts: readonly MasterContact[];
}

export class Member implements Consensus {
  readonly runtime: Runtime;
  readonly config: MasterConfig;
  readonly identity: Identity;
  readonly machine: StateMachine;
  readonly instanceIds: InstanceIds;
  readonly storage: MemberStorage;
  readonly driver: RaftDriver<Answer>;
  readonly services: MasterServices;
  readonly growth: GrowthReserve;
  readonly #links: PeerLinks;
  readonly greeter: Greeter;
  readonly contacts: MasterContacts;
  readonly #contactWriter: ContactWriter;
  readonly #folderWatch: FolderWatch;
  #isLoggingAddress = false;

  /** Reads the disk. Nothing is sent or answered before `start`. @throws DfsError LOG_DAMAGED, or of the disk */
  static async open(options: MemberOptions): Promise<Member> {
    const { runtime, config, identity } = options;
    const machine = new StateMachine(identity.clusterId);
    const instanceIds = await InstanceIds.open(runtime.disk);
    const room = await DiskRoom.open(runtime);
    const { totalBytes } = await runtime.disk.space().catch(() => ({ totalBytes: Infinity }));
    const storedContacts = await readContacts(runtime);
    const { storage, stored } = await openStorage({
      disk: runtime.disk,
      clock: runtime.clock,
      random: runtime.random,
      log: runtime.log,
      room,
      snapshots: await CheckpointFiles.open(runtime, room.withoutReserve),
      state: machine,
      self: { id: identity.masterId, incarnation: identity.incarnation },
      bootstrapMembers: identity.bootstrapMasters.map(({ id }) => ({ id, incarnation: BOOTSTRAP_INCARNATION, isVoter: true })),
      checkpointLogBytes: Math.min(config.checkpointLogBytes ?? DEFAULT_CHECKPOINT_LOG_BYTES, partOfDisk(totalBytes)),
    });
    return new Member(options, { machine, instanceIds, room, storedContacts, storage, stored });
  }

  private constructor(
    { runtime, config, identity, address, onFailure }: MemberOptions,
    { machine, instanceIds, room, storedContacts, storage, stored }: OpenedDisk,
  ) {
    this.runtime = runtime;
    this.config = config;
    this.identity = identity;
    this.machine = machine;
    this.instanceIds = instanceIds;
    this.storage = storage;
    this.growth = new GrowthReserve(runtime, room, () => ({ ...storage.figures, queuedBytes: storage.queuedBytes }));
    this.#contactWriter = new ContactWriter(runtime);
    const isInPlace = (): Promise<boolean> => isIdentityInPlace(runtime.disk, identity);
    const folder = { name: identity.masterId, isInPlace, everyMs: config.timings.staleAfterMs, onFatal: onFailure };
    this.#folderWatch = new FolderWatch(folder, runtime.clock);
    const self = { id: identity.masterId, incarnation: identity.incarnation };
    this.contacts = new MasterContacts({
      self: { master: self, address, highestOperation: HIGHEST_OPERATION },
      stored: storedContacts,
      hints: config.hints ?? [],
      bootstrapMasters: identity.bootstrapMasters,
      logged: (id) => machine.state.masters.get(id)?.address,
      isMember: ({ id, incarnation }) => memberOf(this.driver.status.members, id)?.incarnation === incarnation,
      onChange: (changed) => this.#contactChanged(changed),
    });
    this.#links = new PeerLinks({
      runtime,
      clusterId: identity.clusterId,
      instanceId: identity.instanceId,
      self: () => this.contacts.self,
      addressOf: (id) => this.addressOf(id),
      deadlineMs: STEP_TIMEOUTS * this.#electionMs,
    });
    this.services = new MasterServices({
      config,
      runtime,
      groupId: identity.clusterId,
      machine,
      consensus: this,
      growth: this.growth,
      fail: onFailure,
    });
    this.driver = new RaftDriver<Answer>({
      raft: {
        ...DEFAULT_CONFIG,
        self,
        random: () => runtime.random.float(),
        electionTicks: ELECTION_TICKS,
        heartbeatTicks: HEARTBEAT_TICKS,
        applyEntriesMax: APPLY_ENTRIES_MAX,
        leaseTicks: config.leaseReads === true ? longestLeaseTicks(ELECTION_TICKS) : 0,
        termLeapMax: TERM_LEAP_MAX,
      },
      stored,
      storage,
      state: machine,
      send: (messages) => this.#links.send(messages),
      clock: runtime.clock,
      tickMs: config.timings.raftTickMs,
      log: runtime.log,
      listener: this.services,
      onFailure,
    });
    this.greeter = new Greeter({
      runtime,
      clusterId: identity.clusterId,
      instanceId: identity.instanceId,
      contacts: this.contacts,
      // A member that was just invited knows no set of members yet.
      masterIds: () => [
        ...[...this.driver.status.members, ...(config.hints ?? [])].map(({ id }) => id),
        ...(this.driver.status.members.length === 0 ? this.contacts.all.map(({ master }) => master.id) : []),
      ],
      hasLeader: () => this.driver.status.leaderId !== null,
      isKnownInstance: ({ master }, instanceId) => (instanceIds.get(master) ?? instanceId) === instanceId,
      electionMs: this.#electionMs,
      deadlineMs: config.timings.rpcDeadlineMs,
    });
  }

  get #electionMs(): number {
    return ELECTION_TICKS * this.config.timings.raftTickMs;
  }

  /** Of a transfer of leadership. */
  get transferWithinMs(): number {
    return TRANSFER_TIMEOUTS * this.#electionMs;
  }

  /** Takes part in the group from now on. */
  start(): void {
    void this.growth.start();
    this.#folderWatch.start();
    if (this.contacts.isSelfChanged) this.#contactWriter.write(this.contacts.all);
    this.driver.start();
    this.greeter.start();
  }

  get status(): RaftStatus {
    return this.driver.status;
  }

  addressOf(masterId: string): string | undefined {
    return this.contacts.addressOf(masterId);
  }

  memberWithout(number: number): string | undefined {
    return this.driver.status.members.find((member) => this.contacts.highestOperationOf(member) < number)?.id;
  }

  /** A message of another master came, which says this of itself. */
  heard(contact: MasterContact): void {
    const known = memberOf(this.driver.status.members, contact.master.id);
    if (known !== undefined && known.incarnation > contact.master.incarnation) return;
    this.greeter.spoke(contact.master.id);
    this.contacts.heard(contact);
    this.#logAddresses();
  }

  #contactChanged({ master, address }: MasterContact): void {
    this.#contactWriter.write(this.contacts.all);
    this.runtime.log.info(`Master ${master.id} is reached at ${address}`, { masterId: master.id, address });
  }

  /** The leader puts into the log where masters are now, so that all find them after a restart. One at a time. */
  #logAddresses(): void {
    const [moved] = this.services.leader === null || this.#isLoggingAddress ? [] : this.contacts.unlogged;
    if (moved === undefined) return;
    this.#isLoggingAddress = true;
    this.operate({ operation: 'registerMaster', registerMaster: { ...moved, isNew: false } })
      .catch((error: unknown) => this.runtime.log.debug('An address could not be logged', { reason: String(error), ...moved }))
      .finally(() => (this.#isLoggingAddress = false));
  }

  propose(data: Uint8Array): Promise<Answer> {
    return this.driver.propose(data);
  }

  readBarrier(): Promise<void> {
    return this.driver.readBarrier();
  }

  /** Logs an operation of this leader's own. @throws DfsError as `propose` */
  async operate(operation: LogOperation<LeaderOperationName>): Promise<Answer> {
    const { leader } = this.services;
    if (leader === null) throw this.notLeader();
    return leader.proposer.propose(operation);
  }

  /** @throws DfsError NOT_LEADER */
  assertLeading(): void {
    if (this.services.leader === null) throw this.notLeader();
  }

  /** The error that sends a caller to the leader. */
  notLeader(message?: string): DfsError {
    const { leaderId } = this.driver.status;
    const isOther = leaderId !== null && leaderId !== this.identity.masterId;
    const hint = isOther ? this.addressOf(leaderId) : undefined;
    const plain = refusalError('NOT_LEADER', isOther ? leaderId : null);
    return new DfsError('NOT_LEADER', message ?? plain.message, hint === undefined ? {} : { leaderHint: hint });
  }

  /** The voter that holds the most of the log, of those that were heard lately; null: there is no other. */
  bestSuccessor(): string | null {
    const { progress, status } = this.driver;
    const others = votersOf(status.members).filter(({ id }) => id !== this.identity.masterId);
    const rank = (id: string): number => {
      const known = progress.find((each) => each.id === id);
      return known === undefined ? -1 : known.match + (known.isActive ? Number.MAX_SAFE_INTEGER / 2 : 0);
    };
    return others.toSorted((a, b) => rank(b.id) - rank(a.id))[0]?.id ?? null;
  }

  /** Hands leadership over where that is possible, so that clients need not wait for an election. */
  async handOver(): Promise<void> {
    const successor = this.driver.status.role === 'leader' ? this.bestSuccessor() : null;
    if (successor === null) return;
    try {
      await this.driver.transferTo(successor, this.#electionMs);
    } catch (error) {
      this.runtime.log.info('Leadership could not be handed over', { reason: String(error) });
    }
  }

  /** Leaves the group's traffic and closes everything. */
  async stop(): Promise<void> {
    this.growth.stop();
    // Not awaited: a disk that hangs may hold it.
    void this.#folderWatch.stop();
    this.services.stop();
    this.greeter.stop();
    this.driver.stop();
    this.#links.close();
    await this.#contactWriter.settled();
    await this.storage.close();
  }
}

/** Bytes of log after which a checkpoint is due on a disk of this size, whatever is configured. */
function partOfDisk(totalBytes: number): number {
  return Math.max(CHECKPOINT_LOG_BYTES_MIN, Math.floor(totalBytes * CHECKPOINT_LOG_PART));
}
