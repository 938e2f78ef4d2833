/** A whole DistriFS cluster on this machine, every node a process, with the means to break it. */
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { nodeClock } from '../runtime/node/node-clock.js';
import { DfsError } from '../shared/errors.js';
import { timingsOf } from '../shared/profile.js';
import type { ProfileName, Timings } from '../shared/profile.js';
import { resolveShape } from './cluster-options.js';
import type { ClusterShape } from './cluster-options.js';
import { holdersOf } from './chunk-holders.js';
import { ClusterWatch } from './cluster-watch.js';
import type { ControlServer } from './control/control-server.js';
import { assertWipeable, damageReplicas } from './disk-damage.js';
import type { LinkCounters } from './fabric/link-counters.js';
import type { DamageFault, FaultAction, Injection, LastingFault } from './faults.js';
import { FolderDisk } from './folder-disk.js';
import { writingNodes } from './good-copies.js';
import { processHost } from './host/process-host.js';
import { openLabFolder, removeLabFolder } from './lab-folder.js';
import type { LabFolder } from './lab-folder.js';
import { LabNetwork } from './lab-network.js';
import { readLabRecord, writeLabRecord, writeRunningRecord } from './lab-record.js';
import type { LabRecord } from './lab-record.js';
import { ManagedNode } from './managed-node.js';
import type { MasterLink } from './master-link.js';
import { nodeLaunch } from './node-launch.js';
import { cutsOf } from './partition-rules.js';
import { identityOf } from './process-identity.js';
import { endLeftovers, sweepLabs } from './sweep-labs.js';
import type {
  BreakableCluster,
  ChunkView,
  ClusterEvent,
  ClusterOptions,
  ClusterStatus,
  InjectOptions,
  NodeInfo,
  NodeRole,
  PartitionKind,
} from './types.js';

const START_WITHIN_MS = 60_000;
const START_POLL_MS = 10;
/** How long `status` waits for a fresh answer of a master that answered the last time. */
const STATUS_WITHIN_MS = 250;
const CHUNKS_DEADLINE_MS = 2_000;
/** When a cluster closes, nodes that have not stopped by then are killed. */
const CLOSE_WITHIN_MS = 1_500;

interface PartitionOptions {
  readonly kind?: PartitionKind;
}

const notOnProcesses = (action: FaultAction): DfsError =>
  new DfsError('UNIMPLEMENTED', `${action} is not available on processes yet; lab sim has it`);

export class Cluster implements BreakableCluster {
  readonly dir: string;
  /** Path of the socket through which `lab` commands act on this cluster. */
  readonly control: string;
  readonly profile: ProfileName;
  /** Resolves when the lab itself cannot go on (its network's thread died): close it then. */
  readonly failed: Promise<DfsError>;
  /** Resolves when `close`, by whomever, is through. */
  readonly closed: Promise<void>;
  readonly #folder: LabFolder;
  readonly #shape: ClusterShape;
  readonly #timings: Timings;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #nodes: readonly ManagedNode[];
  readonly #watch: ClusterWatch;
  readonly #onProcessExit = (): void => this.#abandon();
  #network: LabNetwork | null = null;
  #link: MasterLink | null = null;
  #controlServer: ControlServer | null = null;
  #closing: Promise<void> | null = null;
  #onFailed: (error: DfsError) => void = () => undefined;
  #onClosed: () => void = () => undefined;

  private constructor(folder: LabFolder, shape: ClusterShape, kept: LabRecord | null) {
    this.dir = folder.dir;
    this.control = folder.control;
    this.profile = shape.profile;
    this.failed = new Promise((resolve) => (this.#onFailed = resolve));
    this.closed = new Promise((resolve) => (this.#onClosed = resolve));
    this.#folder = folder;
    this.#shape = shape;
    this.#timings = timingsOf(shape.profile);
    this.#nodes = [
      ...Array.from({ length: shape.masters }, (_, index) => this.#makeNode('master', index + 1, kept)),
      ...Array.from({ length: shape.datanodes }, (_, index) => this.#makeNode('datanode', index + 1, kept)),
    ];
    this.#watch = new ClusterWatch({
      nodes: this.#nodes,
      clock: nodeClock,
      timings: this.#timings,
      isCut: (id) => this.#network?.isCut(id) ?? false,
      emit: (event) => this.#emit(event),
    });
  }

  /**
   * Starts a cluster and waits until its master serves and all its datanodes are live.
   * @throws DfsError INVALID_ARGUMENT, NOT_AVAILABLE_YET, DATA_DIR_LOCKED when a lab runs in the folder, UNAVAILABLE when a node
   *   does not start; nothing is left running then
   */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    // Checked first without what the folder holds: a wrong option must not make a folder.
    if (options.dir === undefined) resolveShape(options, null);
    const folder = openLabFolder(options.dir);
    let kept: LabRecord | null;
    let cluster: Cluster;
    try {
      await endLeftovers(folder.dir);
      kept = readLabRecord(folder.dir);
      cluster = new Cluster(folder, resolveShape(options, kept?.shape ?? null), kept);
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

  masters(): readonly NodeInfo[] {
    return this.#infos('master');
  }

  datanodes(): readonly NodeInfo[] {
    return this.#infos('datanode');
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
    await Promise.all(nodes.map((node) => node.restart(() => this.#launchOf(node))));
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
    this.#named('powercut', nodeIds);
    throw notOnProcesses('powercut');
  }

  async wipe(...nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#named('wipe', nodeIds);
    const folders = this.#folders();
    await assertWipeable(folders, nodeIds, () => turn());
    this.#tell('wipe', nodes);
    await Promise.all(nodes.map((node) => node.kill()));
    for (const { id } of nodes) folders.get(id)?.empty();
  }

  async inject(
    fault: LastingFault | DamageFault,
    nodeIds: readonly string[],
    { targets, lot }: InjectOptions,
  ): Promise<Injection> {
    const nodes = this.#named(fault.action, nodeIds);
    switch (fault.action) {
      case 'partition':
      case 'isolate':
        this.#tell(fault.action, nodes);
        return this.#networkNow().cut(cutsOf(fault, nodeIds, targets));
      case 'bitflip':
      case 'truncate':
      case 'remove': {
        const damage = damageReplicas(this.#folders(), nodeIds, fault, lot);
        this.#tell(fault.action, nodes);
        return damage;
      }
      default:
        throw notOnProcesses(fault.action);
    }
  }

  holders(path: string): Promise<readonly string[]> {
    return holdersOf(path, (limit) => this.chunks(limit));
  }

  async writers(): Promise<readonly string[]> {
    return writingNodes(this.#folders()).filter((id) => this.#nodes.some((node) => node.id === id && node.isAwake));
  }

  async status(): Promise<ClusterStatus> {
    // A master that is not there, or that did not answer the last time, is not waited for.
    if (this.#watch.isReachable && this.#nodes.some((node) => node.role === 'master' && node.isAwake)) {
      const answered = new AbortController();
      const bound = delay(STATUS_WITHIN_MS, undefined, { signal: answered.signal }).catch(() => undefined);
      await Promise.race([this.#watch.refresh(), bound]);
      answered.abort();
    }
    return this.#watch.status();
  }

  async chunks(limit: number): Promise<readonly ChunkView[]> {
    return (await this.#link?.chunks(limit, CHUNKS_DEADLINE_MS)) ?? [];
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
    for (const node of this.#nodes) node.spawn();
    this.#recordRunning();
    const [masterLink, controlServer] = await Promise.all([
      import('./master-link.js'),
      import('./control/control-server.js'),
      this.#openNetwork(kept),
    ]);
    const [master] = this.#nodes;
    if (master === undefined) throw new DfsError('INTERNAL', 'Cannot start a cluster without a master');
    // Datanodes that start before their master serves would only wait out the pauses between their attempts.
    await master.launch(this.#launchOf(master));
    const launched = Promise.all(this.#nodes.slice(1).map((node) => node.launch(this.#launchOf(node))));
    this.#link = new masterLink.MasterLink(this.dir, master.address);
    this.#watch.connect(this.#link);
    await Promise.all([launched, this.#allLive(launched)]);
    this.#controlServer = await controlServer.ControlServer.start(this.control, this);
    this.#watch.start();
    void sweepLabs(this.#folder.entry);
  }

  async #openNetwork(kept: LabRecord | null): Promise<void> {
    const before = new Map(kept?.nodes.map((node) => [node.id, node.address]));
    const network = await LabNetwork.open(this.#nodes.map((node) => ({ ...node.place, addressBefore: before.get(node.id) })));
    this.#network = network;
    void network.failed.then((error) => this.#onFailed(error));
    for (const node of this.#nodes) node.setAddress(network.addresses.get(node.id) ?? '');
    writeLabRecord(this.dir, { shape: this.#shape, nodes: this.#nodes.map((node) => node.record) });
  }

  /** Resolves when the master counts every datanode as live. */
  async #allLive(launched: Promise<unknown>): Promise<void> {
    const deadline = performance.now() + START_WITHIN_MS;
    const failed = new AbortController();
    launched.catch(() => failed.abort());
    for (;;) {
      await this.#watch.refresh();
      const waiting = this.#watch.status().nodes.filter((node) => node.state !== 'live');
      // Of a failed launch, `launched` itself tells why.
      if (waiting.length === 0 || failed.signal.aborted || this.#closing !== null) return;
      if (performance.now() > deadline) {
        const names = waiting.map((node) => `${node.id} (${node.state})`).join(', ');
        throw new DfsError('UNAVAILABLE', `The cluster in ${this.dir} did not become live: ${names}; see the logs there`);
      }
      await delay(START_POLL_MS);
    }
  }

  #makeNode(role: NodeRole, ordinal: number, kept: LabRecord | null): ManagedNode {
    const id = `${role === 'master' ? 'm' : 'dn'}-${ordinal}`;
    return new ManagedNode({
      place: { id, role, ordinal },
      rack: kept?.nodes.find((node) => node.id === id)?.rack ?? `rack-${((ordinal - 1) % this.#shape.racks) + 1}`,
      dataDir: join(this.dir, id),
      log: join(this.dir, 'logs', `${id}.log`),
      host: processHost,
      onChange: (exit) => {
        if (exit !== null) this.#emit({ event: 'node-exit', atMs: Date.now(), node: id, ...exit });
        this.#watch.notice();
      },
      onSpawn: () => this.#recordRunning(),
    });
  }

  #launchOf(node: ManagedNode): ReturnType<typeof nodeLaunch> {
    const masters = this.masters().map((master) => master.address);
    return nodeLaunch(node, this.#shape, masters, this.clientProxy(node.id));
  }

  /** Of the datanodes. */
  #folders(): Map<string, FolderDisk> {
    const datanodes = this.#nodes.filter((node) => node.role === 'datanode');
    return new Map(datanodes.map((node) => [node.id, new FolderDisk(node.dataDir)]));
  }

  #infos(role: NodeRole): NodeInfo[] {
    return this.#nodes.filter((node) => node.role === role).map((node) => node.info);
  }

  #networkNow(): LabNetwork {
    if (this.#network !== null && this.#closing === null) return this.#network;
    throw new DfsError('CANCELLED', 'The cluster is not running');
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
    const names = this.#nodes.map((node) => node.id).join(', ');
    if (nodeIds.length === 0) throw new DfsError('INVALID_ARGUMENT', `Cannot ${action}: name a node (nodes are ${names})`);
    return [...new Set(nodeIds)].map((id) => {
      const node = this.#nodes.find((candidate) => candidate.id === id);
      if (node === undefined) throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} unknown node "${id}": nodes are ${names}`);
      return node;
    });
  }

  #tell(action: FaultAction, nodes: readonly ManagedNode[]): void {
    this.#emit({ event: 'fault', atMs: Date.now(), action, nodes: nodes.map((node) => node.id) });
  }

  /** Who runs the lab, and its processes: for the sweep, should the lab be killed. */
  #recordRunning(): void {
    const owner = identityOf(process.pid);
    if (owner === null) throw new DfsError('INTERNAL', 'Cannot tell the start time of the own process');
    const children = this.#nodes.flatMap((node) => {
      const identity = node.pid === null ? null : identityOf(node.pid);
      return identity === null ? [] : [{ id: node.id, ...identity }];
    });
    writeRunningRecord(this.dir, { owner, temporary: this.#folder.temporary, control: this.control, children });
  }

  #emit(event: ClusterEvent): void {
    if (this.#closing !== null) return;
    for (const listener of this.#listeners) listener(event);
  }

  async #close(): Promise<void> {
    this.#watch.stop();
    await this.#controlServer?.close();
    await this.#network?.heal().catch(() => undefined);
    await Promise.all(this.#nodes.map((node) => node.stop(CLOSE_WITHIN_MS)));
    await this.#link?.close();
    await this.#network?.close();
    removeLabFolder(this.#folder);
    this.#listeners.clear();
    process.off('exit', this.#onProcessExit);
  }

  /** The process ends without close: no waiting, only what cannot be left behind. */
  #abandon(): void {
    for (const node of this.#nodes) node.killNow();
    removeLabFolder(this.#folder);
  }
}
