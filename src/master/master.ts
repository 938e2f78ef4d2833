/**
 * A master as a running node.
 *
 *   lock ─▶ listen ─▶ folder ─┬ holds a member ─▶ Member: its log is read, it takes part in the group
 *                             ├ empty, --init ─▶ contacts the other bootstrap masters ─▶ Member
 *                             └ empty, --join ─▶ waits ── invited by a leader ─▶ Member
 */
import {
  ClusterService,
  DataNodeService,
  MasterService,
  NamespaceService,
  RaftService,
  RaftStreamService,
  bindService,
} from '../protocol/services.js';
import type { InviteRequest__Output } from '../protocol/generated/distrifs/v1/InviteRequest.js';
import type { MasterContact__Output } from '../protocol/generated/distrifs/v1/MasterContact.js';
import { DfsError, toDfsError } from '../shared/errors.js';
import type { DiskLock, RpcServer, RunningNode, Runtime } from '../shared/runtime.js';
import { assertMayBeMade, bootstrapCluster, newClusterIdentity, joinCluster, openIdentity } from './cluster-folder.js';
import type { MasterConfig } from './base/config.js';
import { Member } from './member/member.js';
import { memberBindings } from './member/member-bindings.js';
import { SwappableServices } from './consensus/swappable-services.js';
import { writeContacts } from './consensus/contact-file.js';
import { contactOf } from './consensus/master-contacts.js';
import { contactBootstrapMasters } from './contact-bootstrap-masters.js';
import { invitedIdentity, removeIdentity } from './base/identity.js';
import type { Identity } from './base/identity.js';

/** Calls under way get this long when the master stops. */
const STOP_GRACE_MS = 1_000;
const SERVICES = [NamespaceService, DataNodeService, ClusterService, MasterService, RaftService, RaftStreamService] as const;

export class Master implements RunningNode {
  readonly failed: Promise<Error>;
  readonly #runtime: Runtime;
  readonly #config: MasterConfig;
  readonly #lock: DiskLock;
  readonly #services: SwappableServices;
  #resolveFailed: (error: Error) => void = () => undefined;
  #server: RpcServer | null = null;
  #member: Member | null = null;
  /** One invitation at a time. */
  #inviting: Promise<void> = Promise.resolve();
  /** Runs beside everything else, and never rejects. */
  #bootstrap: Promise<void> = Promise.resolve();
  readonly #stopSignal = new AbortController();
  #stopping: Promise<void> | null = null;

  constructor(runtime: Runtime, config: MasterConfig, lock: DiskLock) {
    this.#runtime = runtime;
    this.#config = config;
    this.#lock = lock;
    this.#services = new SwappableServices(new DfsError('UNAVAILABLE', `Master ${config.masterId} is starting: try again`));
    this.failed = new Promise((resolve) => (this.#resolveFailed = resolve));
  }

  get address(): string {
    return this.#config.advertise ?? this.#server?.address ?? this.#config.listen;
  }

  /** @throws DfsError, see `start` */
  async open(): Promise<void> {
    const { rpc, log } = this.#runtime;
    this.#server = await rpc.serve(this.#config.listen, this.#services.bindings(SERVICES));
    const identity = await openIdentity(this.#runtime, this.#config);
    if (identity !== null) {
      await this.#become(identity);
    } else if (this.#config.init) {
      await this.#bootstrapWith(newClusterIdentity(this.#runtime, this.#config, this.address));
    } else {
      this.#wait('');
      log.info(`Master ${this.#config.masterId} waits at ${this.address} to be invited into a cluster`);
    }
  }

  /** One of several bootstrap masters has to hear the others first, and serves meanwhile. */
  async #bootstrapWith(identity: Identity): Promise<void> {
    if (identity.bootstrapMasters.length === 1) {
      await bootstrapCluster(this.#runtime, identity);
      await this.#become(identity);
      return;
    }
    // What is wrong with the folder is said at once.
    await assertMayBeMade(this.#runtime);
    this.#wait(identity.clusterId);
    const { signal } = this.#stopSignal;
    this.#bootstrap = contactBootstrapMasters({ runtime: this.#runtime, config: this.#config, identity, signal })
      .then(async () => {
        if (signal.aborted) return;
        await bootstrapCluster(this.#runtime, identity);
        await this.#become(identity);
      })
      .catch((error: unknown) => {
        if (!signal.aborted) this.#fail(toDfsError(error, 'Cannot make the cluster'));
      });
  }

  /** Takes part under an identity that stands on the disk. */
  async #become(identity: Identity): Promise<void> {
    const member = await Member.open({
      runtime: this.#runtime,
      config: this.#config,
      identity,
      address: this.address,
      onFailure: (error) => this.#fail(error),
    });
    this.#member = member;
    const bindings = memberBindings(member, (request) => this.#invited(request));
    this.#services.connect(bindings, new DfsError('UNIMPLEMENTED', 'A master has no such method'));
    member.start();
    this.#runtime.log.info(`Master ${identity.masterId} of cluster ${identity.clusterId} serves at ${this.address}`, {
      incarnation: identity.incarnation,
      members: member.status.members.map(({ id }) => id),
    });
    await this.#untilAloneOpen(member);
  }

  /** A master that is alone in its group leads at once: resolves when it serves. */
  async #untilAloneOpen(member: Member): Promise<void> {
    const isAlone = member.status.members.length === 1 && member.status.members[0]?.id === this.#config.masterId;
    if (!isAlone) return;
    const failure = await Promise.race([member.services.whenOpen(), this.failed]);
    if (failure instanceof Error) throw failure;
  }

  /** @param clusterId of the cluster that this master begins with others; empty: it waits for an invitation */
  #wait(clusterId: string): void {
    const { masterId } = this.#config;
    const absence = new DfsError(
      'NOT_LEADER',
      clusterId === ''
        ? `Master "${masterId}" waits to be invited into a cluster: run "distrifs admin add-master ${masterId} ${this.address}" there`
        : `Master "${masterId}" waits until it has heard the other bootstrap masters of cluster ${clusterId}`,
    );
    const waiting = bindService(MasterService, {
      GetMasterStatus: async () => ({ clusterId, masterId, role: 'WAITING' }),
      TransferLeadership: () => Promise.reject(absence),
      AddMaster: () => Promise.reject(absence),
      RemoveMaster: () => Promise.reject(absence),
    });
    const raft = bindService(RaftService, {
      Step: () => Promise.reject(absence),
      Greet: () => Promise.reject(absence),
      Invite: (request) => (clusterId === '' ? this.#invited(request) : Promise.reject(absence)),
    });
    this.#services.connect([...waiting, ...raft], absence);
  }

  /** The leader of a cluster gives this master its cluster and incarnation. */
  #invited(request: InviteRequest__Output): Promise<Record<string, never>> {
    const turn = this.#inviting.then(() => this.#accept(request));
    this.#inviting = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn.then(() => ({}));
  }

  async #accept({ clusterId, masterId, incarnation, contacts }: InviteRequest__Output): Promise<void> {
    if (masterId !== this.#config.masterId) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `The master here is "${this.#config.masterId}", not "${masterId}": add it under that id`,
      );
    }
    if (this.#stopping !== null) throw new DfsError('UNAVAILABLE', `Master "${masterId}" is stopping`, { retriable: false });
    const identity = invitedIdentity({ clusterId, masterId, incarnation }, this.#runtime.random);
    const old = this.#member;
    if (old === null) {
      await this.#join(identity, contacts);
      return;
    }
    const own = old.identity;
    if (own.clusterId === clusterId && own.incarnation === incarnation) return;
    const { term, lastIndex } = old.status;
    if (own.clusterId !== clusterId || own.incarnation > incarnation || term > 0 || lastIndex > 0) {
      throw new DfsError(
        'ALREADY_EXISTS',
        `The folder of master "${masterId}" holds incarnation ${own.incarnation} of cluster ${own.clusterId} already: start it with ` +
          '--join in an empty folder',
      );
    }
    // Invited before, but no message of that group ever came: the invitation came to nothing.
    await old.stop();
    this.#member = null;
    await removeIdentity(this.#runtime.disk);
    await this.#join(identity, contacts);
  }

  async #join(identity: Identity, contacts: readonly MasterContact__Output[]): Promise<void> {
    // Before the identity: a member has them in any case.
    await writeContacts(this.#runtime, contacts.map(contactOf));
    await joinCluster(this.#runtime, identity);
    await this.#become(identity);
  }

  #fail(error: Error): void {
    this.#runtime.log.error(`The master cannot go on: ${error.message}`, { masterId: this.#config.masterId });
    this.#resolveFailed(error);
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#stopSignal.abort();
    await this.#bootstrap;
    const isFailed = await Promise.race([this.failed.then(() => true), Promise.resolve(false)]);
    if (!isFailed) await this.#member?.handOver();
    this.#member?.services.stop();
    await this.#server?.stop(STOP_GRACE_MS);
    await this.#member?.stop();
    await this.#lock.release();
    this.#runtime.log.info(`Master ${this.#config.masterId} has stopped`);
  }
}
