/** A whole DistriFS cluster on this machine, every node a process or a thread, with the means to break it. */
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { nodeClock } from '../runtime/node/node-clock.js';
import { DfsError } from '../shared/errors.js';
import { timingsOf } from '../shared/profile.js';
import type { ProfileName } from '../shared/profile.js';
import { awaitLive } from './await-live.js';
import { ClusterLauncher } from './cluster-launcher.js';
import { ClusterNodes } from './cluster-nodes.js';
import { resolveRuntime, resolveShape } from './cluster-options.js';
import type { ClusterShape } from './cluster-options.js';
import { holdersOf } from './chunk-holders.js';
import { ClusterWatch } from './cluster-watch.js';
import type { ControlServer } from './control/control-server.js';
import { injectInto } from './cluster-injections.js';
import { assertMayWipe } from './disk-strikes.js';
import type { StruckDisks } from './disk-strikes.js';
import type { LinkCounters } from './fabric/link-counters.js';
import type { DamageFault, FaultAction, Injection, LastingFault } from './faults.js';
import { writingNodes } from './good-copies.js';
import { openLabFolder, removeLabFolder } from './lab-folder.js';
import type { LabFolder } from './lab-folder.js';
import type { NodeProcess } from './host/node-host.js';
import { LabNetwork } from './lab-network.js';
import type { LiveFaults } from './live-faults.js';
import { readLabRecord } from './lab-record.js';
import type { LabRecord } from './lab-record.js';
import type { LifeProbe } from './life-probe.js';
import type { ManagedNode } from './managed-node.js';
import type { MasterLink } from './master-link.js';
import { PowerCuts } from './power-cuts.js';
import { recordRunning } from './running-lab.js';
import { endLeftovers, sweepLabs } from './sweep-labs.js';
import { transferLeadership } from './transfer-leadership.js';
import type {
  BreakableCluster,
  ChunkView,
  ClusterEvent,
  ClusterOptions,
  ClusterStatus,
  InjectOptions,
  LabFaults,
  NodeInfo,
  PartitionKind,
  RuntimeKind,
} from './types.js';

const CHUNKS_DEADLINE_MS = 2_000;
/** When a cluster closes, nodes that have not stopped by then are killed. */
const CLOSE_WITHIN_MS = 1_500;
/** A node that was added, and serves, is taken in by then, or no leader is there to do it. */
const TAKEN_IN_WITHIN_MS = 15_000;

interface PartitionOptions {
  readonly kind?: PartitionKind;
}

const notOnProcesses = (action: string): DfsError =>
  new DfsError('UNIMPLEMENTED', `${action} is not available on processes yet; lab sim has it`);

const notRunning = (): DfsError => new DfsError('CANCELLED', 'The cluster is not running');

export class Cluster implements BreakableCluster {
  readonly dir: string;
  /** Path of the socket through which `lab` commands act on this cluster. */
  readonly control: string;
  readonly profile: ProfileName;
  readonly runtime: RuntimeKind;
  readonly probe: LifeProbe = {
    isAlive: (life) => this.#lifeOf(life)?.isAlive() === true,
    isSuspended: (life) => this.#lifeOf(life)?.isSuspended() ?? null,
  };
  /** Resolves when the lab itself cannot go on (its network's thread died): close it then. */
  readonly failed: Promise<DfsError>;
  /** Resolves when `close`, by whomever, is through. */
  readonly closed: Promise<void>;
  readonly #folder: LabFolder;
  readonly #shape: ClusterShape;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #nodes: ClusterNodes;
  readonly #watch: ClusterWatch;
  readonly #launcher: ClusterLauncher;
  readonly #powerCuts = new PowerCuts(() => this.#networkNow());
  readonly #onProcessExit = (): void => this.#abandon();
  #network: LabNetwork | null = null;
  #link: MasterLink | null = null;
  #controlServer: ControlServer | null = null;
  #faults: LiveFaults | null = null;
  #closing: Promise<void> | null = null;
  #adding: Promise<void> = Promise.resolve();
  #onFailed: (error: DfsError) => void = () => undefined;
  #onClosed: () => void = () => undefined;

  private constructor(folder: LabFolder, shape: ClusterShape, runtime: RuntimeKind, kept: LabRecord | null) {
    this.dir = folder.dir;
    this.control = folder.control;
    this.profile = shape.profile;
    this.runtime = runtime;
    this.failed = new Promise((resolve) => (this.#onFailed = resolve));
    this.closed = new Promise((resolve) => (this.#onClosed = resolve));
    this.#folder = folder;
    this.#shape = shape;
    this.#nodes = new ClusterNodes({
      dir: folder.dir,
      shape,
      runtime,
      kept,
      onChange: (id, exit) => {
        if (exit !== null) {
          const { care } = this.#launcher;
          care.ended(id);
          const isCare = care.isEmptying(id) ? ({ isCare: true } as const) : {};
          this.#emit({ event: 'node-exit', atMs: Date.now(), node: id, ...exit, ...isCare });
        }
        this.#watch.notice();
      },
      onSpawn: () => recordRunning(folder, this.#nodes),
    });
    this.#watch = new ClusterWatch({
      nodes: this.#nodes.all,
      clock: nodeClock,
      timings: timingsOf(shape.profile),
      isCut: (id) => this.#network?.isCut(id) ?? false,
      emit: (event) => this.#emit(event),
    });
    this.#launcher = new ClusterLauncher({
      dir: folder.dir,
      shape,
      runtime,
      kept,
      nodes: this.#nodes,
      watch: this.#watch,
      lines: () => this.#link?.lines ?? null,
      proxyUrl: (id) => this.clientProxy(id),
      beforeRestart: (id) => this.#powerCuts.powerReturns(id),
      say: (node, message) => this.#emit({ event: 'node-log', atMs: Date.now(), node, level: 'warn', message }),
    });
  }

  /**
   * Starts a cluster and waits until a master leads and all nodes are live.
   * @throws DfsError INVALID_ARGUMENT, DATA_DIR_LOCKED when a lab runs in the folder, UNAVAILABLE when a node
   *   does not start; nothing is left running then
   */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    // Checked first without what the folder holds: a wrong option must not make a folder.
    if (options.dir === undefined) resolveShape(options, null);
    resolveRuntime(options.runtime, undefined);
    const folder = openLabFolder(options.dir);
    let kept: LabRecord | null;
    let cluster: Cluster;
    try {
      await endLeftovers(folder.dir);
      kept = readLabRecord(folder.dir);
      const shape = resolveShape(options, kept?.shape ?? null);
      cluster = new Cluster(folder, shape, resolveRuntime(options.runtime, kept?.runtime), kept);
    } catch (error) {
      removeLabFolder(folder);
      throw error;
    }
    try {
      await cluster.#start(kept);
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  /** The process that all nodes are threads of; null where each has its own. */
  get hostPid(): number | null {
    return this.#nodes.host.pid;
  }

  /** What people order of this lab while it runs. @throws DfsError CANCELLED when it does not */
  get faults(): LabFaults {
    if (this.#faults !== null && this.#closing === null) return this.#faults;
    throw notRunning();
  }

  masters(): readonly NodeInfo[] {
    return this.#nodes.infos('master');
  }

  datanodes(): readonly NodeInfo[] {
    return this.#nodes.infos('datanode');
  }

  clientProxy(identity = 'client'): string {
    return this.#networkNow().proxyUrl(identity);
  }

  async kill(...nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('kill', nodeIds);
    await Promise.all(nodes.map((node) => node.kill()));
  }

  async stop(...nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('stop', nodeIds);
    await Promise.all(nodes.map((node) => node.stop()));
  }

  async restart(...nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('restart', nodeIds);
    await Promise.all(nodes.map((node) => this.#launcher.restart(node)));
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
    else this.#emit({ event: 'fault', atMs: Date.now(), action: 'heal', nodes: [] });
    await this.#networkNow().heal(nodeIds);
  }

  async powercut(...nodeIds: readonly string[]): Promise<void> {
    await this.#powerCuts.cut(this.#chosen('powercut', nodeIds), randomBytes(4).readUInt32LE());
  }

  async transferLeadership(masterId?: string): Promise<string> {
    const ids = this.#nodes.masters.map(({ id }) => id);
    return transferLeadership(this.#link?.lines ?? null, this.#watch.leader, ids, masterId);
  }

  async wipe(...nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#named('wipe', nodeIds);
    await assertMayWipe(this.#disks(), nodeIds, () => turn());
    this.#tell('wipe', nodes);
    await Promise.all(nodes.map((node) => node.kill()));
    for (const node of nodes) this.#nodes.folders(node.role).get(node.id)?.empty();
  }

  async inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<Injection> {
    const nodes = this.#named(fault.action, nodeIds);
    const world = { network: this.#networkNow(), disks: this.#disks(), nodes };
    const injection = await injectInto(world, fault, options);
    this.#tell(fault.action, nodes);
    return injection;
  }

  /** Resolves when they are live. @throws DfsError UNAVAILABLE when one does not serve, or no leader takes it in; it stays a node then */
  async add(...nodeIds: readonly string[]): Promise<void> {
    // One after the other, or two would take the same names.
    const adding = this.#adding.then(() => this.#addNodes(nodeIds));
    this.#adding = adding.then(
      () => undefined,
      () => undefined,
    );
    const nodes = await adding;
    await Promise.all(nodes.map((node) => this.#launcher.launch(node)));
    const isOver = (): boolean => this.#closing !== null;
    const only = { nodeIds, withinMs: TAKEN_IN_WITHIN_MS };
    await awaitLive(this.#watch, nodeClock, nodeIds.join(', '), isOver, only);
  }

  holders(path: string): Promise<readonly string[]> {
    return holdersOf(path, (limit) => this.chunks(limit));
  }

  async writers(): Promise<readonly string[]> {
    return writingNodes(this.#nodes.folders('datanode')).filter((id) => this.#nodes.isAwake(id));
  }

  async status(): Promise<ClusterStatus> {
    // Masters that are not there, or that did not answer the last time, are not waited for.
    if (this.#watch.isReachable) await this.#watch.refresh();
    return { ...this.#watch.status(), faults: (await this.#faults?.list()) ?? [] };
  }

  async chunks(limit: number): Promise<readonly ChunkView[]> {
    const { leader } = this.#watch;
    if (leader === null) return [];
    return (await this.#link?.lines.chunks(leader, limit, CHUNKS_DEADLINE_MS)) ?? [];
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    // A function of its own for each call, so that one listener may be given twice.
    const own = (event: ClusterEvent): void => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** What the fabric did on each link: the proof that a partition had an effect. */
  linkCounters(): Promise<readonly LinkCounters[]> {
    return this.#networkNow().counters();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => this.#onClosed());
    return this.#closing;
  }

  async #start(kept: LabRecord | null): Promise<void> {
    process.once('exit', this.#onProcessExit);
    // Loading code is most of a start: all nodes do it at once, while the lab finds addresses.
    for (const node of this.#nodes.all) node.spawn();
    recordRunning(this.#folder, this.#nodes);
    const [{ openMasterLink }, controlServer, { LiveFaults }] = await Promise.all([
      import('./master-link.js'),
      import('./control/control-server.js'),
      import('./live-faults.js'),
      this.#openNetwork(kept),
    ]);
    this.#link = openMasterLink(this.dir, this.#nodes.masters);
    this.#watch.connect(this.#link.lines);
    // Datanodes that start before the masters serve would only wait out the pauses between their attempts.
    await Promise.all(this.#nodes.masters.map((node) => this.#launcher.launch(node)));
    const launched = Promise.all(this.#nodes.datanodes.map((node) => this.#launcher.launch(node)));
    let isOver = false;
    // Of a failed launch, `launched` itself tells why.
    launched.catch(() => (isOver = true));
    const live = awaitLive(this.#watch, nodeClock, `The cluster in ${this.dir}`, () => isOver || this.#closing !== null);
    await Promise.all([launched, live]);
    this.#launcher.care.founded();
    this.#faults = new LiveFaults({
      control: this,
      cluster: () => ({ ...this.#shape, datanodes: this.#nodes.datanodes.length }),
      clock: nodeClock,
      emit: (event) => this.#emit(event),
    });
    this.#controlServer = await controlServer.ControlServer.start(this.control, this);
    this.#watch.start();
    void sweepLabs(this.#folder.entry);
  }

  /** Nodes with an address and a process, written down. */
  async #addNodes(nodeIds: readonly string[]): Promise<ManagedNode[]> {
    const network = this.#networkNow();
    const places = this.#nodes.newPlaces(nodeIds);
    await network.add(places.map((place) => ({ ...place, addressBefore: undefined })));
    // Closed meanwhile: nobody would end what is started now.
    this.#networkNow();
    const nodes = places.map((place) => this.#nodes.add(place, network.addresses.get(place.id) ?? ''));
    for (const node of nodes) node.spawn();
    recordRunning(this.#folder, this.#nodes);
    this.#launcher.record();
    this.#tell('add', nodes);
    return nodes;
  }

  async #openNetwork(kept: LabRecord | null): Promise<void> {
    const before = new Map(kept?.nodes.map((node) => [node.id, node.address]));
    const places = this.#nodes.all.map((node) => ({ ...node.place, addressBefore: before.get(node.id) }));
    const network = await LabNetwork.open(places);
    this.#network = network;
    void network.failed.then((error) => this.#onFailed(error));
    for (const node of this.#nodes.all) node.setAddress(network.addresses.get(node.id) ?? '');
    this.#launcher.record();
  }

  #disks(): StruckDisks {
    return {
      datanodes: this.#nodes.folders('datanode'),
      masters: this.#nodes.folders('master'),
      health: () => this.#launcher.care.health(),
      onLogDamage: (id) => this.#launcher.care.damaged(id),
    };
  }

  #networkNow(): LabNetwork {
    if (this.#network !== null && this.#closing === null) return this.#network;
    throw notRunning();
  }

  /** The nodes that an action names; tells that it begins. @throws DfsError INVALID_ARGUMENT, CANCELLED */
  #chosen(action: FaultAction, nodeIds: readonly string[]): ManagedNode[] {
    const nodes = this.#named(action, nodeIds);
    this.#tell(action, nodes);
    return nodes;
  }

  /** @throws DfsError INVALID_ARGUMENT, CANCELLED */
  #named(action: FaultAction, nodeIds: readonly string[]): ManagedNode[] {
    if (this.#closing !== null) throw new DfsError('CANCELLED', `Cannot ${action} nodes: the cluster is closing`);
    return this.#nodes.named(action, nodeIds);
  }

  /** The node's present life, when that is the one that is meant. */
  #lifeOf(life: number): NodeProcess | null {
    return this.#nodes.all.find((node) => node.life === life)?.process ?? null;
  }

  #tell(action: FaultAction, nodes: readonly ManagedNode[]): void {
    this.#emit({ event: 'fault', atMs: Date.now(), action, nodes: nodes.map((node) => node.id) });
  }

  #emit(event: ClusterEvent): void {
    if (this.#closing !== null) return;
    for (const listener of this.#listeners) listener(event);
  }

  async #close(): Promise<void> {
    this.#watch.stop();
    this.#launcher.care.close();
    await this.#controlServer?.close();
    await this.#faults?.close();
    await this.#network?.heal().catch(() => undefined);
    await Promise.all(this.#nodes.all.map((node) => node.faults.liftAll()));
    await Promise.all(this.#nodes.all.map((node) => node.stop(CLOSE_WITHIN_MS)));
    await this.#nodes.host.close();
    await this.#link?.close();
    await this.#network?.close();
    removeLabFolder(this.#folder);
    this.#listeners.clear();
    process.off('exit', this.#onProcessExit);
  }

  /** The process ends without close: no waiting, only what cannot be left behind. */
  #abandon(): void {
    for (const node of this.#nodes.all) node.killNow();
    this.#nodes.host.abandon();
    removeLabFolder(this.#folder);
  }
}
