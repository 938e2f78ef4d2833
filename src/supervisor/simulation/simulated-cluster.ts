/** A whole cluster on virtual time, behind the face that a cluster of processes has: the same actions, events and pictures. */
import type { Machine } from '../../runtime/memory/machine.js';
import type { MachineDisk } from '../../runtime/memory/machine-disk.js';
import type { SimLogLine } from '../../runtime/memory/memory-logger.js';
import type { Simulation } from '../../runtime/memory/simulation.js';
import { DfsError } from '../../shared/errors.js';
import { DEFAULT_MIN_REPLICAS } from '../../shared/limits.js';
import { timingsOf } from '../../shared/profile.js';
import type { Timings } from '../../shared/profile.js';
import type { Clock, RpcChannel, RunningNode, Runtime } from '../../shared/runtime.js';
import { holdersOf } from '../chunk-holders.js';
import { ClusterWatch } from '../cluster-watch.js';
import { assertWipeable, damageReplicas } from '../disk-damage.js';
import type { DamageFault, FaultAction, Injection, LastingFault } from '../faults.js';
import { writingNodes } from '../good-copies.js';
import { askChunks, askPicture } from '../master-picture.js';
import type { StrikeOptions, StrikingCluster } from '../scenario/process-faults.js';
import type { ProcessProbe } from '../scenario/process-probe.js';
import { endsWithin } from '../scenario/run-clock.js';
import { nodeNames, rackOf } from '../scenario/scenario.js';
import type { ScenarioCluster } from '../scenario/scenario.js';
import type { ChunkView, ClusterEvent, ClusterStatus, InjectOptions, NodeInfo, NodeRole, PartitionKind } from '../types.js';
import { injectOnMachines } from './machine-injections.js';
import { NetworkInjections } from './network-injections.js';
import type { Roles } from './roles.js';
import { SimulatedNode } from './simulated-node.js';

/** As Cluster has them. */
const STATUS_WITHIN_MS = 250;
const CHUNKS_DEADLINE_MS = 2_000;
const START_WITHIN_MS = 60_000;
const START_POLL_MS = 10;

const MASTER_PORT = 7_000;
const DATA_PORT = 7_100;
/** The lab's own machine: no partition concerns it. */
const LAB = 'lab';
const FIRST_PID = 1_000;
/** A strike comes at one of so many of the next calls of the node. */
const STRIKE_CALLS = 40;

const addressOf = (id: string): string => `${id}:${id.startsWith('m-') ? MASTER_PORT : DATA_PORT}`;

interface PartitionOptions {
  readonly kind?: PartitionKind;
}

export class SimulatedCluster implements StrikingCluster {
  readonly dir = 'simulation';
  /** The lab's own time. */
  readonly clock: Clock;
  /** Looks at the processes themselves, and not at what was ordered. */
  readonly probe: ProcessProbe;
  readonly #sim: Simulation;
  readonly #shape: ScenarioCluster;
  readonly #roles: Roles;
  readonly #timings: Timings;
  readonly #nodes: readonly SimulatedNode[];
  readonly #links: NetworkInjections;
  readonly #watch: ClusterWatch;
  readonly #channel: RpcChannel;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  #lastPid = FIRST_PID;
  #isClosed = false;

  constructor(sim: Simulation, shape: ScenarioCluster, roles: Roles) {
    this.#sim = sim;
    this.#shape = shape;
    this.#roles = roles;
    this.#timings = timingsOf(shape.profile);
    const lab = sim.machine(LAB).boot();
    this.clock = lab.clock;
    this.#channel = lab.rpc.connect(addressOf('m-1'));
    this.#nodes = nodeNames(shape).map((id) => this.#makeNode(id));
    this.#links = new NetworkInjections(sim.network, nodeNames(shape));
    this.probe = {
      isAlive: (pid) => this.#nodes.some((node) => node.pid === pid && node.isAlive),
      isSuspended: (pid) => this.#nodes.some((node) => node.pid === pid && node.isSuspended),
    };
    this.#watch = new ClusterWatch({
      nodes: this.#nodes,
      clock: this.clock,
      timings: this.#timings,
      isCut: (id) => this.#links.isCut(id),
      emit: (event) => this.#emit(event),
    });
  }

  /** Starts every node and waits until all are live. @throws DfsError UNAVAILABLE */
  async start(): Promise<void> {
    const [master, ...datanodes] = this.#nodes;
    await master?.launch();
    this.#watch.connect({ picture: (deadlineMs) => askPicture(this.#channel, this.clock, deadlineMs) });
    await Promise.all(datanodes.map((node) => node.launch()));
    const deadlineMs = this.clock.nowMs() + START_WITHIN_MS;
    for (;;) {
      await this.#watch.refresh();
      const waiting = this.#watch.status().nodes.filter((node) => node.state !== 'live');
      if (waiting.length === 0) break;
      if (this.clock.nowMs() > deadlineMs) {
        throw new DfsError('UNAVAILABLE', `The cluster did not become live: ${waiting.map((node) => node.id).join(', ')}`);
      }
      await this.clock.sleep(START_POLL_MS);
    }
    this.#watch.start();
  }

  /** A process for a client, on a machine of the client's own that network faults concern. */
  bootClient(identity: string): Runtime {
    const runtime = this.#sim.machine(identity).boot();
    this.#links.addClient(identity);
    return runtime;
  }

  /** Takes what nodes log; the simulation calls it. */
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

  async partition(group: readonly string[], { kind = 'stall' }: PartitionOptions = {}): Promise<void> {
    await this.inject({ action: 'partition', kind, direction: 'both' }, group, { lot: 0 });
  }

  async isolate(nodeIds: readonly string[], { kind = 'stall' }: PartitionOptions = {}): Promise<void> {
    await this.inject({ action: 'isolate', kind, direction: 'both' }, nodeIds, { lot: 0 });
  }

  async heal(nodeIds?: readonly string[]): Promise<void> {
    if (nodeIds !== undefined) this.#chosen('heal', nodeIds);
    else this.#emit({ event: 'fault', atMs: this.clock.wallMs(), action: 'heal', nodes: [] });
    this.#links.heal(nodeIds);
  }

  async powercut(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('powercut', nodeIds)) node.cutPower();
  }

  async strike(nodeIds: readonly string[], { power, lot }: StrikeOptions): Promise<void> {
    const nodes = this.#chosen(power ? 'powercut' : 'kill', nodeIds);
    const running = nodes.filter((node) => node.isAlive);
    const when = Math.floor(lot / STRIKE_CALLS) % 2 === 0 ? 'before' : 'after';
    const first = running[Math.floor(lot / (2 * STRIKE_CALLS)) % running.length];
    await first?.strikeAtCall((lot % STRIKE_CALLS) + 1, { power, when });
    for (const node of nodes) {
      if (power) node.cutPower();
      else node.kill();
    }
  }

  async wipe(...nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#named('wipe', nodeIds);
    // No time passes: between two looks nothing happens on the disks.
    await assertWipeable(this.#disks(), nodeIds, () => Promise.resolve());
    this.#tell('wipe', nodes);
    for (const node of nodes) node.wipe();
  }

  async inject(
    fault: LastingFault | DamageFault,
    nodeIds: readonly string[],
    { targets, lot }: InjectOptions,
  ): Promise<Injection> {
    const nodes = this.#named(fault.action, nodeIds);
    const injection = this.#inject(fault, nodeIds, { ...(targets === undefined ? {} : { targets }), lot });
    this.#tell(fault.action, nodes);
    return injection;
  }

  holders(path: string): Promise<readonly string[]> {
    return holdersOf(path, (limit) => this.chunks(limit));
  }

  async writers(): Promise<readonly string[]> {
    return writingNodes(this.#disks()).filter((id) => this.#nodes.some((node) => node.id === id && node.isAwake));
  }

  async status(): Promise<ClusterStatus> {
    // A master that is not there, or that did not answer the last time, is not waited for.
    if (this.#watch.isReachable && this.#nodes.some((node) => node.role === 'master' && node.isAwake)) {
      await endsWithin(this.clock, this.#watch.refresh(), STATUS_WITHIN_MS);
    }
    return this.#watch.status();
  }

  chunks(limit: number): Promise<readonly ChunkView[]> {
    return askChunks(this.#channel, limit, CHUNKS_DEADLINE_MS);
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    // A function of its own for each call, so that one listener may be given twice.
    const own = (event: ClusterEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#watch.stop();
    this.#links.heal();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    this.#isClosed = true;
    this.#listeners.clear();
    this.#channel.close();
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
        role === 'master' ? this.#startMaster(id, runtime, machine) : this.#startDatanode(id, rack, runtime),
      nextPid: () => ++this.#lastPid,
      onChange: (exit) => {
        if (exit !== null) this.#emit({ event: 'node-exit', atMs: this.clock.wallMs(), node: id, ...exit });
        this.#watch.notice();
      },
    });
  }

  #startMaster(id: string, runtime: Runtime, machine: Machine): Promise<RunningNode> {
    return this.#roles.startMaster(runtime, {
      masterId: id,
      listen: addressOf(id),
      // identity.json is the last thing that a master writes when it makes a cluster.
      init: !machine.disk.files().includes('identity.json'),
      defaultReplication: this.#shape.replication,
      defaultChunkSizeBytes: this.#shape.chunkSizeBytes,
      minReplicas: DEFAULT_MIN_REPLICAS,
      timings: this.#timings,
    });
  }

  #startDatanode(id: string, rack: string, runtime: Runtime): Promise<RunningNode> {
    return this.#roles.startDatanode(runtime, {
      nodeId: id,
      listen: addressOf(id),
      masters: [addressOf('m-1')],
      rack,
      timings: this.#timings,
    });
  }

  #infos(role: NodeRole): NodeInfo[] {
    return this.#nodes.filter((node) => node.role === role).map((node) => node.info);
  }

  #inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], { targets, lot }: InjectOptions): Injection {
    switch (fault.action) {
      case 'partition':
      case 'isolate':
      case 'delay':
      case 'bandwidth':
      case 'reset':
      case 'refuse':
        return this.#links.impose(fault, [...new Set(nodeIds)], targets);
      case 'bitflip':
      case 'truncate':
      case 'remove':
        return damageReplicas(this.#disks(), nodeIds, fault, lot);
      case 'eio':
      case 'enospc':
      case 'slow':
      case 'fill':
      case 'jump':
      case 'skew':
      case 'drift':
        return injectOnMachines(
          fault,
          [...new Set(nodeIds)].map((id) => this.#sim.machine(id)),
        );
    }
  }

  /** Of the datanodes. */
  #disks(): Map<string, MachineDisk> {
    return new Map(this.#infos('datanode').map(({ id }) => [id, this.#sim.machine(id).disk]));
  }

  /** The nodes that an action names; tells that it begins. @throws DfsError INVALID_ARGUMENT, CANCELLED */
  #chosen(action: FaultAction, nodeIds: readonly string[]): SimulatedNode[] {
    const nodes = this.#named(action, nodeIds);
    this.#tell(action, nodes);
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

  #tell(action: FaultAction, nodes: readonly SimulatedNode[]): void {
    this.#emit({ event: 'fault', atMs: this.clock.wallMs(), action, nodes: nodes.map((node) => node.id) });
  }

  #emit(event: ClusterEvent): void {
    if (this.#isClosed) return;
    for (const listener of this.#listeners) listener(event);
  }
}
