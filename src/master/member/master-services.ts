/**
 * The services of a master through its changes of role. Datanodes are served in every role, clients by the leader only.
 *
 *   follower ─elected▶ [no cluster yet: initCluster] ──▶ leader       a leader's work begins, polls of the follower end
 *      ▲  │                     │                          │
 *      │  └restored: soft state │ deposed                  │ deposed
 *      │    is made anew        ▼                          ▼
 *      └────────────────────────┴──────────────────────────┘          the work ends, polls end, later calls get NOT_LEADER
 */
import { bindService, ClusterService, DataNodeService, NamespaceService } from '../../protocol/services.js';
import { uuidFromBytes } from '../../shared/chunk-id.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { RpcBinding, Runtime } from '../../shared/runtime.js';
import type { Growth } from '../base/growth-reserve.js';
import type { MasterConfig } from '../base/config.js';
import type { Consensus, ConsensusListener } from '../consensus/consensus.js';
import { LeaderState } from '../leader/leader-state.js';
import type { Leadership, MasterContext } from '../leader/master-context.js';
import { Maintenance } from '../leader/maintenance.js';
import { Mutations } from '../leader/mutations.js';
import { Commands } from '../leader/commands.js';
import { Proposer } from '../leader/proposer.js';
import type { LogOperation } from '../state/operations/log-operation.js';
import { clusterHandlers } from '../services/cluster-service.js';
import { dataNodeHandlers } from '../services/datanode-service.js';
import { namespaceReads } from '../services/namespace-reads.js';
import { namespaceWrites } from '../services/namespace-writes.js';
import { SoftState } from '../datanodes/soft-state.js';
import type { StateMachine } from '../state/operations/state-machine.js';

export interface MasterServicesOptions {
  readonly config: MasterConfig;
  readonly runtime: Runtime;
  /** What the masters call one another's cluster. */
  readonly groupId: string;
  readonly machine: StateMachine;
  readonly consensus: Consensus;
  readonly growth: Growth;
  /** Called when the master cannot go on. */
  readonly fail: (error: Error) => void;
}

export class MasterServices implements ConsensusListener, MasterContext {
  readonly config: MasterConfig;
  readonly runtime: Runtime;
  readonly machine: StateMachine;
  readonly consensus: Consensus;
  readonly growth: Growth;
  readonly #groupId: string;
  readonly #fail: (error: Error) => void;
  #soft: SoftState;
  /** Of a follower; while this master leads, stopped. */
  #idleCommands: Commands;
  #maintenance: Maintenance;
  /** From `onElected` to `onDeposed`. */
  #proposer: Proposer | null = null;
  /** From when the cluster is there, to `onDeposed`. */
  #leader: Leadership | null = null;
  #isStopped = false;
  #openWaiters: (() => void)[] = [];

  /** Begins as a follower. */
  constructor({ config, runtime, groupId, machine, consensus, growth, fail }: MasterServicesOptions) {
    this.config = config;
    this.runtime = runtime;
    this.#groupId = groupId;
    this.machine = machine;
    this.consensus = consensus;
    this.growth = growth;
    this.#fail = fail;
    this.#soft = this.#makeSoftState();
    this.#idleCommands = this.#makeIdleCommands();
    this.#maintenance = this.#followerMaintenance();
    this.#maintenance.start();
  }

  /** As the log has it; before the cluster is made, what the masters call it. */
  get clusterId(): string {
    return this.machine.state.settings?.clusterId ?? this.#groupId;
  }

  get soft(): SoftState {
    return this.#soft;
  }

  get commands(): Commands {
    return this.#leader?.leaderState.commands ?? this.#idleCommands;
  }

  get leader(): Leadership | null {
    return this.#leader;
  }

  get isBootstrapping(): boolean {
    return this.#proposer !== null && this.#leader === null;
  }

  /** What is served, in every role. */
  bindings(): RpcBinding[] {
    return [
      ...bindService(NamespaceService, { ...namespaceReads(this), ...namespaceWrites(this) }),
      ...bindService(DataNodeService, dataNodeHandlers(this)),
      ...bindService(ClusterService, clusterHandlers(this)),
    ];
  }

  onElected(term: number): void {
    this.onDeposed();
    if (this.#isStopped) return;
    const proposer = new Proposer(this.consensus, this.runtime.clock, term, this.machine.state.logTimeMs);
    this.#proposer = proposer;
    if (this.machine.state.settings === null) void this.#bootstrap(proposer);
    else this.#open(proposer);
  }

  onDeposed(): void {
    const proposer = this.#proposer;
    const leader = this.#leader;
    this.#proposer = null;
    this.#leader = null;
    if (proposer === null) return;
    proposer.end(this.#lostLeadership(proposer.term));
    if (leader === null) return;
    leader.maintenance.stop();
    this.#idleCommands = this.#makeIdleCommands();
    leader.leaderState.end();
    this.#maintenance = this.#followerMaintenance();
    if (!this.#isStopped) this.#maintenance.start();
    this.runtime.log.warn(`Master ${this.config.masterId} does not lead any more; it led in term ${leader.term}`, {
      term: leader.term,
    });
  }

  restored(): void {
    this.onDeposed();
    this.#maintenance.stop();
    // Datanodes that poll must register again: the new soft state knows none.
    this.#idleCommands.stop();
    this.#idleCommands = this.#makeIdleCommands();
    this.#soft = this.#makeSoftState();
    this.#maintenance = this.#followerMaintenance();
    if (!this.#isStopped) this.#maintenance.start();
  }

  /** Ends what it does by itself, and all polls. Calls under way may still be answered. */
  stop(): void {
    this.#isStopped = true;
    this.#maintenance.stop();
    this.#leader?.maintenance.stop();
    this.#idleCommands.stop();
    this.#leader?.leaderState.commands.stop();
    this.#leader?.leaderState.leases.end();
    if (this.isBootstrapping) this.onDeposed();
  }

  /** Resolves when this master leads and serves clients. */
  whenOpen(): Promise<void> {
    if (this.#leader !== null) return Promise.resolve();
    return new Promise((resolve) => this.#openWaiters.push(resolve));
  }

  requireLeader(): Leadership {
    if (this.#leader === null) throw this.refusal();
    return this.#leader;
  }

  refusal(): DfsError {
    const { masterId } = this.config;
    const { leaderId, term } = this.consensus.status;
    if (this.isBootstrapping) {
      return new DfsError('UNAVAILABLE', `Master "${masterId}" is about to make the cluster: nothing was done, try again`);
    }
    // Not NOT_LEADER: there is no better master to go to.
    if (leaderId === masterId) {
      return new DfsError(
        'UNAVAILABLE',
        `Master "${masterId}" was just elected and is not ready yet: nothing was done, try again`,
      );
    }
    const address = leaderId === null ? undefined : this.consensus.addressOf(leaderId);
    const who =
      leaderId === null
        ? 'and knows of no leader now: try again, here or at another master'
        : `"${leaderId}"${address === undefined ? '' : ` at ${address}`} leads in term ${term}`;
    return new DfsError('NOT_LEADER', `Master "${masterId}" does not lead: ${who}`, {
      ...(address === undefined ? {} : { leaderHint: address }),
    });
  }

  #lostLeadership(term: number): DfsError {
    const { leaderHint } = this.refusal();
    return new DfsError('NOT_LEADER', `Master "${this.config.masterId}" does not lead any more: its term ${term} is over`, {
      ...(leaderHint === undefined ? {} : { leaderHint }),
    });
  }

  /** The first leader of a new cluster logs its id, settings and masters. */
  async #bootstrap(proposer: Proposer): Promise<void> {
    const { clock, random } = this.runtime;
    const { retryInitialMs: initialMs, retryMaxMs: maxMs } = this.config.timings;
    const isOver = (): boolean => proposer.ended.aborted;
    try {
      for (let attempt = 1; !isOver(); attempt += 1) {
        try {
          const { error } = await proposer.propose(this.#initCluster());
          if (isOver()) return;
          if (this.machine.state.settings !== null) {
            this.#open(proposer);
            return;
          }
          throw new DfsError('INTERNAL', `The cluster cannot be made: ${error?.message ?? 'nothing says why'}`);
        } catch (error) {
          if (!isDfsError(error) || !error.retriable) throw error;
        }
        await clock.sleep(retryDelayMs(attempt, { initialMs, maxMs }, random), proposer.ended);
      }
    } catch (error) {
      if (isOver()) return;
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #initCluster(): LogOperation<'initCluster'> {
    const { config, consensus, runtime } = this;
    const { masterId } = config;
    // That of a single master is random already. Several masters that are made anew agree on the id that they had before.
    const isGroup = (config.bootstrapMasters?.length ?? 1) > 1;
    const own = { id: masterId, address: consensus.addressOf(masterId) ?? config.advertise ?? config.listen };
    return {
      operation: 'initCluster',
      initCluster: {
        clusterId: isGroup ? uuidFromBytes(runtime.random.bytes(16)) : this.#groupId,
        groupId: this.#groupId,
        defaultReplication: config.defaultReplication,
        defaultChunkSizeBytes: config.defaultChunkSizeBytes,
        minReplicas: config.minReplicas,
        sessionTimeoutMs: config.timings.sessionTimeoutMs,
        founders: (config.bootstrapMasters ?? [own]).map(({ id, address }) => ({ masterId: id, address })),
      },
    };
  }

  #open(proposer: Proposer): void {
    const { config, runtime, machine, consensus } = this;
    const { term } = proposer;
    const soft = this.#soft;
    this.#maintenance.stop();
    const leaderState = new LeaderState(term, machine.state, soft, runtime, config.timings);
    const maintenance = new Maintenance(machine, soft, { leaderState, proposer }, runtime, config.timings.maintenanceIntervalMs);
    const assertLeading = (): void => proposer.assertLeading();
    const readBarrier = async (): Promise<void> => {
      assertLeading();
      await consensus.readBarrier();
      assertLeading();
    };
    const mutations = new Mutations(machine, proposer, leaderState, this.growth, readBarrier);
    this.#leader = { term, soft, proposer, leaderState, mutations, maintenance, assertLeading, readBarrier };
    this.#idleCommands.stop();
    maintenance.start();
    const waiters = this.#openWaiters;
    this.#openWaiters = [];
    for (const wake of waiters) wake();
    const { appliedIndex, tree } = machine.state;
    runtime.log.info(`Master ${config.masterId} leads cluster ${this.clusterId} in term ${term}`, {
      term,
      entries: appliedIndex,
      files: tree.fileCount,
    });
  }

  #makeSoftState(): SoftState {
    return new SoftState(this.machine.state, this.runtime, this.config.timings);
  }

  #makeIdleCommands(): Commands {
    return new Commands(0, this.runtime.clock, () => this.machine.state.appliedIndex);
  }

  #followerMaintenance(): Maintenance {
    return new Maintenance(this.machine, this.#soft, null, this.runtime, this.config.timings.maintenanceIntervalMs);
  }
}
