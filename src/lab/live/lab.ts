/**
 * A lab that is up: a cluster, the faults that people and programs request, a load that is switched on and off, and the control
 * socket for other processes. The package exports it as `Cluster`.
 *
 * It closes in this order: the load, while its clients can still be answered; the control socket; the faults; the cluster.
 */
import { nodeClock } from '../../runtime/node/node-clock.js';
import { DfsError } from '../../shared/errors.js';
import type { ProfileName } from '../../shared/profile.js';
import type { BreakableCluster, CrashOptions, InjectOptions } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ClusterOptions } from '../../supervisor/api/cluster-options.js';
import type { ChunkView, ClusterStatus, NodeInfo, RuntimeKind } from '../../supervisor/api/cluster-status.js';
import type { ActiveFault, DamageFault, FaultSpec, LastingFault, PartitionKind } from '../../supervisor/api/fault.js';
import type { LabFaults } from '../../supervisor/api/lab-faults.js';
import type { LifeProbe } from '../../supervisor/api/life-probe.js';
import type { SteadyLoad } from '../../supervisor/api/steady-load.js';
import { Cluster } from '../../supervisor/cluster/cluster.js';
import type { LinkCounters } from '../../supervisor/network/link-counters.js';
import type { LiveFaults, LiveFaultsOptions } from './live-faults.js';

/** What a lab is made of; tests give their own. */
export interface LabParts {
  readonly createFaults: (options: LiveFaultsOptions) => LiveFaults;
  readonly createLoad: (lab: Lab) => SteadyLoad;
  readonly openControl: (lab: Lab) => Promise<{ close(): Promise<void> }>;
}

interface PartitionOptions {
  readonly kind?: PartitionKind;
}

/** Loaded while the nodes load their own code: that is most of a start. */
async function loadParts(): Promise<LabParts> {
  const [{ ControlServer }, { LiveFaults: Faults }, { createSteadyLoad }] = await Promise.all([
    import('./control-server.js'),
    import('./live-faults.js'),
    import('./steady-workload.js'),
  ]);
  return {
    createFaults: (options) => new Faults(options),
    createLoad: (lab) => createSteadyLoad(lab, { profile: lab.profile }),
    openControl: (lab) => ControlServer.start(lab.control, lab),
  };
}

export class Lab implements BreakableCluster {
  readonly dir: string;
  /** Path of the socket through which `lab` commands act on this lab. */
  readonly control: string;
  readonly profile: ProfileName;
  readonly runtime: RuntimeKind;
  /** Of the run that it belongs to; undefined: it belongs to no run. */
  readonly scenario: string | undefined;
  readonly probe: LifeProbe;
  /** Resolves when the lab itself cannot go on (its network's thread died): close it then. */
  readonly failed: Promise<DfsError>;
  /** Resolves when `close` is complete, whichever caller began it. */
  readonly closed: Promise<void>;
  readonly #cluster: Cluster;
  readonly #faults: LiveFaults;
  readonly #load: SteadyLoad;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  #server: { close(): Promise<void> } | null = null;
  #isOver = false;

  private constructor(cluster: Cluster, parts: LabParts) {
    this.dir = cluster.dir;
    this.control = cluster.control;
    this.profile = cluster.profile;
    this.runtime = cluster.runtime;
    this.scenario = cluster.scenario;
    this.probe = cluster.probe;
    this.failed = cluster.failed;
    this.closed = cluster.closed;
    this.#cluster = cluster;
    this.#faults = parts.createFaults({
      control: cluster,
      cluster: () => cluster.shape,
      clock: nodeClock,
      emit: (event) => this.#emit(event),
    });
    this.#load = parts.createLoad(this);
    cluster.onEvent((event) => this.#emit(event));
    cluster.beforeClose(() => this.#end());
  }

  /**
   * Starts a cluster, waits until a master leads and all nodes are live, and opens the control socket.
   * @throws DfsError as Cluster.start, and IO_ERROR when the socket cannot be opened; nothing is left running then
   */
  static async start(options: ClusterOptions = {}, load: () => Promise<LabParts> = loadParts): Promise<Lab> {
    let loading: Promise<LabParts> | undefined;
    const cluster = await Cluster.start(options, () => {
      loading = load();
      // If the cluster does not start, nothing waits for them.
      loading.catch(() => undefined);
    });
    try {
      const parts = await (loading ?? load());
      const lab = new Lab(cluster, parts);
      lab.#server = await parts.openControl(lab);
      return lab;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** The process that all nodes are threads of; null where each has its own. */
  get hostPid(): number | null {
    return this.#cluster.hostPid;
  }

  /** The faults of this lab, as people request them while it runs. @throws DfsError CANCELLED when it does not */
  get faults(): LabFaults {
    this.#assertRunning();
    return this.#faults;
  }

  /** The load that people switch on while this lab runs. @throws DfsError CANCELLED when it does not */
  get load(): SteadyLoad {
    this.#assertRunning();
    return this.#load;
  }

  masters(): readonly NodeInfo[] {
    return this.#cluster.masters();
  }

  datanodes(): readonly NodeInfo[] {
    return this.#cluster.datanodes();
  }

  clientProxy(identity?: string): string {
    return this.#cluster.clientProxy(identity);
  }

  kill(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'kill' }, nodeIds);
  }

  stop(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'stop' }, nodeIds);
  }

  restart(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'restart' }, nodeIds);
  }

  pause(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'pause' }, nodeIds);
  }

  resume(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'resume' }, nodeIds);
  }

  powercut(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'powercut' }, nodeIds);
  }

  wipe(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'wipe' }, nodeIds);
  }

  forceWipe(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'wipe', force: 'yes' }, nodeIds);
  }

  backup(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'backup' }, nodeIds);
  }

  restoreOld(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'restore-old' }, nodeIds);
  }

  refound(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'refound' }, nodeIds);
  }

  /** Resolves when they are live. @throws DfsError UNAVAILABLE when one does not serve, or no leader takes it in; it stays a node then */
  add(...nodeIds: readonly string[]): Promise<void> {
    return this.#perform({ action: 'add' }, nodeIds);
  }

  partition(group: readonly string[], { kind = 'stall' }: PartitionOptions = {}): Promise<void> {
    return this.#perform({ action: 'partition', kind, direction: 'both' }, group);
  }

  isolate(nodeIds: readonly string[], { kind = 'stall' }: PartitionOptions = {}): Promise<void> {
    return this.#perform({ action: 'isolate', kind, direction: 'both' }, nodeIds);
  }

  async heal(nodeIds?: readonly string[]): Promise<void> {
    await this.#faults.healLinks(nodeIds);
  }

  /** In turn, as every fault; it is not in the list of active faults, and its caller lifts it. */
  inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault> {
    return this.#faults.inTurn(() => this.#cluster.inject(fault, nodeIds, options));
  }

  strike(nodeIds: readonly string[], options: CrashOptions): Promise<void> {
    return this.#faults.inTurn(() => this.#cluster.strike(nodeIds, options));
  }

  transferLeadership(masterId?: string): Promise<string> {
    return this.#cluster.transferLeadership(masterId);
  }

  holders(path: string): Promise<readonly string[]> {
    return this.#cluster.holders(path);
  }

  writers(): Promise<readonly string[]> {
    return this.#cluster.writers();
  }

  async status(): Promise<ClusterStatus> {
    const [status, faults] = await Promise.all([this.#cluster.status(), this.#faults.list()]);
    return { ...status, faults };
  }

  chunks(limit: number): Promise<readonly ChunkView[]> {
    return this.#cluster.chunks(limit);
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    // A function of its own for each call, so that one listener may be given twice.
    const own = (event: ClusterEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** What the fabric did on each link: the proof that a partition had an effect. */
  linkCounters(): Promise<readonly LinkCounters[]> {
    return this.#cluster.linkCounters();
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  async #perform(fault: FaultSpec, nodeIds: readonly string[]): Promise<void> {
    await this.#faults.perform(fault, nodeIds);
  }

  #assertRunning(): void {
    if (this.#isOver) throw new DfsError('CANCELLED', 'The cluster is not running');
  }

  #emit(event: ClusterEvent): void {
    if (this.#isOver) return;
    for (const listener of this.#listeners) listener(event);
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    await this.#load.stop();
    await this.#server?.close();
    await this.#faults.close();
    this.#listeners.clear();
  }
}
