/** A whole cluster on virtual time, with the interface of a cluster of processes: the same actions, events and status. */
import type { Machine } from '../../runtime/memory/machine.js';
import type { MachineDisk } from '../../runtime/memory/machine-disk.js';
import type { SimLogLine } from '../../runtime/memory/memory-logger.js';
import type { Simulation } from '../../runtime/memory/simulation.js';
import { DfsError } from '../../shared/errors.js';
import { timingsOf } from '../../shared/profile.js';
import type { Timings } from '../../shared/profile.js';
import type { Clock, RunningNode, Runtime } from '../../shared/runtime.js';
import { awaitLive } from '../../supervisor/observe/await-live.js';
import type { MinorityFacts } from '../checkers/run-facts.js';
import { holdersOf } from '../../supervisor/faults/chunk-holders.js';
import { ClusterWatch } from '../../supervisor/observe/cluster-watch.js';
import { damageFiles } from '../../supervisor/faults/disk-strikes.js';
import type { DamageableDisks } from '../../supervisor/faults/disk-strikes.js';
import { isDamage, isOnLinks } from '../../supervisor/api/fault.js';
import type { DamageFault, FaultAction, ActiveFault, LastingFault, PartitionKind } from '../../supervisor/api/fault.js';
import { writingNodes } from '../../supervisor/faults/good-copies.js';
import { MasterClients } from '../../supervisor/observe/master-clients.js';
import { MasterRejoin } from '../../supervisor/cluster/master-rejoin.js';
import { datanodeConfig, masterConfig } from '../../supervisor/cluster/node-launch.js';
import type { LaunchedNode, MasterStart } from '../../supervisor/cluster/node-launch.js';
import type { LifeProbe } from '../../supervisor/api/life-probe.js';
import { masterNames, nodeNames, rackOf } from '../scenario/model/scenario.js';
import type { ScenarioCluster } from '../scenario/model/scenario.js';
import { transferLeadership } from '../../supervisor/observe/transfer-leadership.js';
import type { BreakableCluster, InjectOptions, CrashOptions } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ChunkView, ClusterStatus, NodeInfo, NodeRole } from '../../supervisor/api/cluster-status.js';
import { crashNodes } from './crash-nodes.js';
import { FolderActions } from './folder-actions.js';
import { grownShape } from './grown-shape.js';
import { injectOnMachines } from './inject-on-machines.js';
import { MajorityWatch } from './majority-watch.js';
import { NetworkFaults } from './network-faults.js';
import type { Roles } from './roles.js';
import { SimulatedClones } from './simulated-clones.js';
import { SimulatedNode } from './simulated-node.js';

/** Same value as in Cluster. */
const CHUNKS_DEADLINE_MS = 2_000;
/** Same value as in Cluster: an added node that serves has joined by then. */
const TAKEN_IN_WITHIN_MS = 60_000;
/** Key of every simulated cluster: two of them never share a network. */
const CLUSTER_KEY = 'simulation';

const MASTER_PORT = 7_000;
const DATA_PORT = 7_100;
/** The lab's own machine: no partition concerns it. */
const LAB = 'lab';

const addressOf = (id: string): string => `${id}:${id.startsWith('m-') ? MASTER_PORT : DATA_PORT}`;

export class SimulatedCluster implements BreakableCluster {
  readonly dir = 'simulation';
  /** Each node has a machine of its own. */
  readonly runtime = 'process';
  /** The lab's own time. */
  readonly clock: Clock;
  /** Observes the processes themselves, not what was requested. */
  readonly probe: LifeProbe;
  readonly #sim: Simulation;
  /** Includes added nodes. */
  #shape: ScenarioCluster;
  readonly #roles: Roles;
  readonly #timings: Timings;
  readonly #nodes: SimulatedNode[];
  readonly #links: NetworkFaults;
  readonly #majority: MajorityWatch;
  readonly #watch: ClusterWatch;
  readonly #lines: MasterClients;
  readonly #rejoin: MasterRejoin;
  readonly #folders: FolderActions;
  readonly #clones: SimulatedClones;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  #lastPid = 1_000;
  #isClosed = false;

  constructor(sim: Simulation, shape: ScenarioCluster, roles: Roles) {
    this.#sim = sim;
    this.#shape = shape;
    this.#roles = roles;
    this.#timings = timingsOf(shape.profile);
    const lab = sim.machine(LAB).boot();
    this.clock = lab.clock;
    const channels = masterNames(shape).map((id) => [id, lab.rpc.connect(addressOf(id))] as const);
    this.#lines = new MasterClients(new Map(channels), lab.clock);
    this.#nodes = nodeNames(shape).map((id) => this.#makeNode(id));
    this.#links = new NetworkFaults(sim.network, nodeNames(shape), () => this.#majority.notice());
    this.#majority = new MajorityWatch({
      masters: () => this.#nodes.filter(({ role }) => role === 'master'),
      isLinked: (from, to) => this.#links.isLinked(from, to),
      nowMs: () => sim.nowMs,
    });
    this.probe = {
      isAlive: (life) => this.#nodes.some((node) => node.pid === life && node.isAlive),
      isSuspended: (life) => this.#nodes.some((node) => node.pid === life && node.isSuspended),
    };
    this.#watch = new ClusterWatch({
      nodes: this.#nodes,
      clock: this.clock,
      timings: this.#timings,
      isCut: (id) => this.#links.isCut(id),
      emit: (event) => this.#emit(event),
    });
    this.#rejoin = new MasterRejoin(
      {
        clock: this.clock,
        masters: this.#nodes.filter((node) => node.role === 'master'),
        deadlineMs: this.#timings.rpcDeadlineMs,
        lines: () => this.#lines,
        leader: () => this.#watch.leader,
        answerOf: (id) => this.#watch.answerOf(id),
        startEmpty: (id) => this.#startEmpty(id),
        say: (node, message) => this.#emit({ event: 'node-log', atMs: this.clock.wallMs(), node, level: 'warn', message }),
        onRecord: () => undefined,
      },
      { clusterKey: CLUSTER_KEY, founded: [], rejoining: [] },
    );
    this.#folders = new FolderActions({
      disks: () => this.#damageableDisks(),
      rejoin: this.#rejoin,
      named: (action, nodeIds) => this.#named(action, nodeIds),
      emitFault: (action, nodes) => this.#emitFault(action, nodes),
    });
    this.#clones = new SimulatedClones({
      sim,
      addMachine: (name) => this.#links.addMachine(name),
      start: (runtime, machine, id) => this.#startDatanode({ id, address: addressOf(machine) }, runtime),
    });
  }

  /** Starts every node and waits until all are live. @throws DfsError UNAVAILABLE */
  async start(): Promise<void> {
    this.#watch.connect(this.#lines);
    const launch = (role: NodeRole): Promise<unknown> =>
      Promise.all(this.#nodes.filter((node) => node.role === role).map((node) => node.launch()));
    await launch('master');
    await launch('datanode');
    await awaitLive(this.#watch, this.clock, 'The cluster did not become live', () => false);
    this.#rejoin.founded();
    this.#watch.start();
  }

  /** A process for a client, on a machine of the client's own, which network faults concern. */
  bootClient(identity: string): Runtime {
    const runtime = this.#sim.machine(identity).boot();
    this.#links.addMachine(identity);
    return runtime;
  }

  /** Answers of masters without a majority. */
  get minority(): MinorityFacts {
    return this.#majority.facts;
  }

  /** Receives the log entries of nodes; called by the simulation. */
  noteLog({ machine, level, message }: SimLogLine): void {
    if (level === 'warn' || level === 'error') this.#nodes.find((node) => node.id === machine)?.addLogLine({ level, message });
  }

  clientProxy(): string {
    throw new DfsError('UNIMPLEMENTED', 'A simulated cluster has no proxy: its clients are simulated too');
  }

  masters(): readonly NodeInfo[] {
    return this.#infos('master');
  }

  datanodes(): readonly NodeInfo[] {
    return this.#infos('datanode');
  }

  async kill(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('kill', nodeIds)) node.kill();
  }

  async stop(...nodeIds: readonly string[]): Promise<void> {
    await Promise.all(this.#chosen('stop', nodeIds).map((node) => node.stop()));
  }

  async restart(...nodeIds: readonly string[]): Promise<void> {
    await Promise.all(this.#chosen('restart', nodeIds).map((node) => node.restart()));
  }

  async pause(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('pause', nodeIds)) node.pause();
  }

  async resume(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('resume', nodeIds)) node.resume();
  }

  async partition(group: readonly string[], { kind = 'stall' }: { readonly kind?: PartitionKind } = {}): Promise<void> {
    await this.inject({ action: 'partition', kind, direction: 'both' }, group, { choiceSeed: 0 });
  }

  async isolate(nodeIds: readonly string[], { kind = 'stall' }: { readonly kind?: PartitionKind } = {}): Promise<void> {
    await this.inject({ action: 'isolate', kind, direction: 'both' }, nodeIds, { choiceSeed: 0 });
  }

  async heal(nodeIds?: readonly string[]): Promise<void> {
    if (nodeIds !== undefined) this.#chosen('heal', nodeIds);
    else this.#emit({ event: 'fault', atMs: this.clock.wallMs(), action: 'heal', nodes: [] });
    this.#links.heal(nodeIds);
  }

  async powercut(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('powercut', nodeIds)) node.cutPower();
  }

  async strike(nodeIds: readonly string[], options: CrashOptions): Promise<void> {
    await crashNodes(this.#chosen(options.power ? 'powercut' : 'kill', nodeIds), options);
  }

  async transferLeadership(masterId?: string): Promise<string> {
    return transferLeadership(this.#lines, this.#watch.leader, masterNames(this.#shape), masterId);
  }

  readonly wipe = (...nodeIds: readonly string[]): Promise<void> => this.#folders.wipe(nodeIds, false);

  readonly forceWipe = (...nodeIds: readonly string[]): Promise<void> => this.#folders.wipe(nodeIds, true);

  async backup(...nodeIds: readonly string[]): Promise<void> {
    this.#folders.backup(nodeIds);
  }

  async restoreOld(...nodeIds: readonly string[]): Promise<void> {
    this.#folders.restoreOld(nodeIds);
  }

  async refound(...nodeIds: readonly string[]): Promise<void> {
    this.#folders.refound(nodeIds);
  }

  async inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault> {
    const nodes = this.#named(fault.action, nodeIds);
    const injection = await this.#inject(fault, [...new Set(nodeIds)], options);
    this.#emitFault(fault.action, nodes);
    return injection;
  }

  /**
   * @throws DfsError INVALID_ARGUMENT for other names, UNAVAILABLE when a node does not serve, or no leader exists to add the node
   */
  async add(...nodeIds: readonly string[]): Promise<void> {
    if (this.#isClosed) throw new DfsError('CANCELLED', 'Cannot add nodes: the cluster is closed');
    const { shape, added } = grownShape(this.#shape, nodeIds);
    this.#shape = shape;
    const nodes = added.map((id) => this.#makeNode(id));
    // In place, because the watch and every fault share the list.
    this.#nodes.push(...nodes);
    for (const { id } of nodes) this.#links.addMachine(id);
    this.#emitFault('add', nodes);
    await Promise.all(nodes.map((node) => node.launch()));
    const only = { nodeIds: added, withinMs: TAKEN_IN_WITHIN_MS };
    await awaitLive(this.#watch, this.clock, `${added.join(', ')} did not become live`, () => this.#isClosed, { only });
  }

  holders(path: string): Promise<readonly string[]> {
    return holdersOf(path, (limit) => this.chunks(limit));
  }

  async writers(): Promise<readonly string[]> {
    return writingNodes(this.#disks('datanode')).filter((id) => this.#nodes.some((node) => node.id === id && node.isAwake));
  }

  async status(): Promise<ClusterStatus> {
    // Masters that do not run, or did not answer the last request, are not waited for.
    if (this.#watch.isReachable) await this.#watch.refresh();
    return this.#watch.status();
  }

  async chunks(limit: number): Promise<readonly ChunkView[]> {
    const { leader } = this.#watch;
    return leader === null ? [] : this.#lines.chunks(leader, limit, CHUNKS_DEADLINE_MS);
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    // A function of its own for each call, so that the same listener may be added twice.
    const own = (event: ClusterEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#watch.stop();
    this.#rejoin.close();
    this.#links.heal();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    this.#isClosed = true;
    this.#listeners.clear();
    this.#lines.close();
  }

  #makeNode(id: string): SimulatedNode {
    const role: NodeRole = id.startsWith('m-') ? 'master' : 'datanode';
    const rack = rackOf(this.#shape, id);
    return new SimulatedNode({
      id,
      role,
      rack,
      address: addressOf(id),
      machine: this.#sim.machine(id),
      clock: this.clock,
      start: (runtime, machine) =>
        role === 'master'
          ? this.#startMaster(id, runtime, machine)
          : this.#startDatanode({ id, address: addressOf(id) }, runtime),
      nextPid: () => ++this.#lastPid,
      onChange: (exit) => {
        if (exit !== null) {
          this.#rejoin.ended(id);
          const byLab = this.#rejoin.isEmptying(id) ? ({ byLab: true } as const) : {};
          this.#emit({ event: 'node-exit', atMs: this.clock.wallMs(), node: id, ...exit, ...byLab });
        }
        this.#majority.notice();
        this.#watch.notice();
      },
    });
  }

  async #startMaster(id: string, runtime: Runtime, machine: Machine): Promise<RunningNode> {
    const start: MasterStart = this.#rejoin.startOf(id, machine.disk.files().includes('identity.json'));
    const masters = masterNames(this.#shape).map((master) => ({ id: master, address: addressOf(master) }));
    const launch = { masters, clusterKey: CLUSTER_KEY, start };
    const config = masterConfig({ id, address: addressOf(id) }, this.#shape, this.#timings, launch);
    const node = await this.#roles.startMaster(this.#majority.watching(id, runtime), config);
    this.#rejoin.served(id, start);
    return node;
  }

  #startDatanode(place: LaunchedNode, runtime: Runtime): Promise<RunningNode> {
    const masters = masterNames(this.#shape).map(addressOf);
    const node = { ...place, rack: rackOf(this.#shape, place.id) };
    return this.#roles.startDatanode(runtime, datanodeConfig(node, masters, this.#timings, null));
  }

  async #startEmpty(masterId: string): Promise<void> {
    const node = this.#nodes.find(({ id }) => id === masterId);
    node?.wipe();
    await node?.restart();
  }

  #infos(role: NodeRole): NodeInfo[] {
    return this.#nodes.filter((node) => node.role === role).map((node) => node.info);
  }

  async #inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault> {
    if (isOnLinks(fault)) return this.#links.inject(fault, nodeIds, options);
    if (isDamage(fault)) return damageFiles(this.#damageableDisks(), nodeIds, fault, options.choiceSeed);
    if (fault.action === 'clone') return this.#clones.inject(fault, nodeIds);
    return injectOnMachines(
      fault,
      nodeIds.map((id) => this.#sim.machine(id)),
    );
  }

  #disks(role: NodeRole): Map<string, MachineDisk> {
    return new Map(this.#infos(role).map(({ id }) => [id, this.#sim.machine(id).disk]));
  }

  #damageableDisks(): DamageableDisks {
    return {
      datanodes: this.#disks('datanode'),
      masters: this.#disks('master'),
      health: () => this.#rejoin.health(),
      onLogDamage: (id) => this.#rejoin.damaged(id),
      chunks: (limit) => this.chunks(limit),
    };
  }

  /** The nodes that an action names. Emits the event of the action. @throws DfsError INVALID_ARGUMENT, CANCELLED */
  #chosen(action: FaultAction, nodeIds: readonly string[]): SimulatedNode[] {
    const nodes = this.#named(action, nodeIds);
    this.#emitFault(action, nodes);
    return nodes;
  }

  /** @throws DfsError INVALID_ARGUMENT, CANCELLED */
  #named(action: FaultAction, nodeIds: readonly string[]): SimulatedNode[] {
    if (this.#isClosed) throw new DfsError('CANCELLED', `Cannot ${action} nodes: the cluster is closed`);
    return [...new Set(nodeIds)].map((id) => {
      const node = this.#nodes.find((candidate) => candidate.id === id);
      if (node === undefined) throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} unknown node "${id}"`);
      return node;
    });
  }

  #emitFault(action: FaultAction, nodes: readonly SimulatedNode[]): void {
    this.#emit({ event: 'fault', atMs: this.clock.wallMs(), action, nodes: nodes.map((node) => node.id) });
  }

  #emit(event: ClusterEvent): void {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  }
}
