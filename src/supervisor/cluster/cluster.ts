/** A whole DistriFS cluster on this machine, every node a process or a thread, with the means to break it. */
import { join } from 'node:path';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { DfsError } from '../../shared/errors.js';
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import { Clones } from './clones.js';
import { awaitLeader, awaitLive, REAL_START_POLL_MS } from '../observe/await-live.js';
import { ClusterLauncher } from './cluster-launcher.js';
import { ClusterNodes } from './cluster-nodes.js';
import { resolveRuntime, resolveShape } from '../api/cluster-options.js';
import type { ClusterShape, ClusterOptions } from '../api/cluster-options.js';
import { holdersOf } from '../faults/chunk-holders.js';
import { ClusterWatch } from '../observe/cluster-watch.js';
import type { LinkCounters } from '../network/link-counters.js';
import type { DamageFault, ActiveFault, LastingFault, PartitionKind } from '../api/fault.js';
import { writingNodes } from '../faults/good-copies.js';
import { openLabFolder, removeLabFolder } from '../folder/lab-folder.js';
import type { LabFolder } from '../folder/lab-folder.js';
import type { NodeProcess } from '../host/node-host.js';
import { LabNetwork } from '../network/cluster-network.js';
import { readLabRecord } from '../folder/lab-record.js';
import type { LabRecord } from '../folder/lab-record.js';
import type { LifeProbe } from '../api/life-probe.js';
import type { MasterLink } from '../observe/master-link.js';
import { NodeActions } from './node-actions.js';
import { PowerCuts } from './power-cuts.js';
import { recordRunning } from './running-lab.js';
import { endLeftovers, sweepLabs } from '../folder/sweep-labs.js';
import { transferLeadership } from '../observe/transfer-leadership.js';
import type { BreakableCluster, InjectOptions, CrashOptions } from '../api/cluster-control.js';
import type { ClusterEvent } from '../api/cluster-events.js';
import type { ChunkView, ClusterStatus, NodeInfo, RuntimeKind } from '../api/cluster-status.js';

const CHUNKS_DEADLINE_MS = 2_000;
/** When a cluster closes, nodes that have not stopped by then are killed. */
const CLOSE_WITHIN_MS = 1_500;

interface PartitionOptions {
  readonly kind?: PartitionKind;
}

const notRunning = (): DfsError => new DfsError('CANCELLED', 'The cluster is not running');

export class Cluster implements BreakableCluster {
  readonly dir: string;
  /** Path for a socket through which other processes act on this cluster; a Lab opens it. */
  readonly control: string;
  readonly profile: ProfileName;
  readonly runtime: RuntimeKind;
  /** Of the run that it belongs to; undefined: it belongs to no run. */
  readonly scenario: string | undefined;
  readonly probe: LifeProbe = {
    isAlive: (life) => this.#lifeOf(life)?.isAlive() === true,
    isSuspended: (life) => this.#lifeOf(life)?.isSuspended() ?? null,
  };
  /** Resolves when the lab itself cannot go on (its network's thread died): close it then. */
  readonly failed: Promise<DfsError>;
  /** Resolves when `close` is complete, whichever caller began it. */
  readonly closed: Promise<void>;
  readonly #folder: LabFolder;
  readonly #shape: ClusterShape;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #nodes: ClusterNodes;
  readonly #watch: ClusterWatch;
  readonly #launcher: ClusterLauncher;
  readonly #actions: NodeActions;
  readonly #powerCuts = new PowerCuts(() => this.#networkNow());
  readonly #onProcessExit = (): void => this.#abandon();
  #network: LabNetwork | null = null;
  #link: MasterLink | null = null;
  readonly #beforeClose: (() => Promise<void>)[] = [];
  #closing: Promise<void> | null = null;
  #onFailed: (error: DfsError) => void = () => undefined;
  #onClosed: () => void = () => undefined;

  private constructor(
    folder: LabFolder,
    shape: ClusterShape,
    kept: LabRecord | null,
    { runtime, scenario }: { readonly runtime: RuntimeKind; readonly scenario: string | undefined },
  ) {
    this.dir = folder.dir;
    this.control = folder.control;
    this.profile = shape.profile;
    this.runtime = runtime;
    this.scenario = scenario;
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
          const { rejoin } = this.#launcher;
          rejoin.ended(id);
          const byLab = rejoin.isEmptying(id) ? ({ byLab: true } as const) : {};
          this.#emit({ event: 'node-exit', atMs: Date.now(), node: id, ...exit, ...byLab });
        }
        this.#watch.notice();
      },
      onSpawn: () => this.#recordRunning(),
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
    this.#actions = new NodeActions({
      nodes: this.#nodes,
      launcher: this.#launcher,
      watch: this.#watch,
      powerCuts: this.#powerCuts,
      clones: new Clones({ nodes: this.#nodes, launcher: this.#launcher, network: () => this.#networkNow() }),
      backupOf: (id) => join(this.dir, 'backups', id),
      network: () => this.#networkNow(),
      chunks: (limit) => this.chunks(limit),
      isOver: () => this.#closing !== null,
      recordRunning: () => this.#recordRunning(),
      emit: (event) => this.#emit(event),
    });
  }

  /**
   * Starts a cluster and waits until a master leads and all nodes are live.
   * @throws DfsError INVALID_ARGUMENT, DATA_DIR_LOCKED when a lab runs in the folder, UNAVAILABLE when a node
   *   does not start; nothing is left running then
   * @param onSpawned called when every node has a process, or a thread, that loads its code: what else a start needs can load meanwhile
   */
  static async start(options: ClusterOptions = {}, onSpawned: () => void = () => undefined): Promise<Cluster> {
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
      const runtime = resolveRuntime(options.runtime, kept?.runtime);
      cluster = new Cluster(folder, shape, kept, { runtime, scenario: options.scenario });
    } catch (error) {
      removeLabFolder(folder);
      throw error;
    }
    try {
      await cluster.#start(kept, onSpawned);
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

  /** What the cluster is now, with the datanodes that were added. */
  get shape(): ClusterShape {
    return { ...this.#shape, datanodes: this.#nodes.datanodes.length };
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

  kill(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.kill(nodeIds);
  }

  stop(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.stop(nodeIds);
  }

  restart(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.restart(nodeIds);
  }

  pause(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.pause(nodeIds);
  }

  resume(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.resume(nodeIds);
  }

  powercut(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.powercut(nodeIds);
  }

  strike(nodeIds: readonly string[], options: CrashOptions): Promise<void> {
    return this.#actions.strike(nodeIds, options);
  }

  wipe(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.wipe(nodeIds, false);
  }

  forceWipe(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.wipe(nodeIds, true);
  }

  backup(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.backup(nodeIds);
  }

  restoreOld(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.restoreOld(nodeIds);
  }

  refound(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.refound(nodeIds);
  }

  heal(nodeIds?: readonly string[]): Promise<void> {
    return this.#actions.heal(nodeIds);
  }

  inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault> {
    return this.#actions.inject(fault, nodeIds, options);
  }

  /** Resolves when they are live. @throws DfsError UNAVAILABLE when one does not serve, or no leader takes it in; it stays a node then */
  add(...nodeIds: readonly string[]): Promise<void> {
    return this.#actions.add(nodeIds);
  }

  async partition(group: readonly string[], { kind = 'stall' }: PartitionOptions = {}): Promise<void> {
    await this.inject({ action: 'partition', kind, direction: 'both' }, group, { choiceSeed: 0 });
  }

  async isolate(nodeIds: readonly string[], { kind = 'stall' }: PartitionOptions = {}): Promise<void> {
    await this.inject({ action: 'isolate', kind, direction: 'both' }, nodeIds, { choiceSeed: 0 });
  }

  async transferLeadership(masterId?: string): Promise<string> {
    const ids = this.#nodes.masters.map(({ id }) => id);
    return transferLeadership(this.#link?.lines ?? null, this.#watch.leader, ids, masterId);
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
    // Faults are listed where a Lab keeps them.
    return { ...this.#watch.status(), faults: [] };
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

  /** What is to end before anything of the cluster does, in the order of these calls. Called by `close`, whoever asked for that. */
  beforeClose(end: () => Promise<void>): void {
    this.#beforeClose.push(end);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => this.#onClosed());
    return this.#closing;
  }

  async #start(kept: LabRecord | null, onSpawned: () => void): Promise<void> {
    process.once('exit', this.#onProcessExit);
    // Loading code is most of a start: all nodes do it at once, while the lab finds addresses.
    for (const node of this.#nodes.all) node.spawn();
    this.#recordRunning();
    onSpawned();
    const [{ openMasterLink }] = await Promise.all([import('../observe/master-link.js'), this.#openNetwork(kept)]);
    this.#link = openMasterLink(this.dir, this.#nodes.masters);
    this.#watch.connect(this.#link.lines);
    let isOver = false;
    const isCancelled = (): boolean => isOver || this.#closing !== null;
    const failure = `The cluster in ${this.dir} did not become live`;
    await Promise.all(this.#nodes.masters.map((node) => this.#launcher.launch(node)));
    // Datanodes without a leader would only call every master again and again, with the CPU time that the election needs.
    await awaitLeader(this.#watch, nodeClock, isCancelled);
    const launched = Promise.all(this.#nodes.datanodes.map((node) => this.#launcher.launch(node)));
    // `launched` itself rejects with the reason of a failed launch.
    launched.catch(() => (isOver = true));
    const live = awaitLive(this.#watch, nodeClock, failure, isCancelled, { pollMs: REAL_START_POLL_MS });
    await Promise.all([launched, live]);
    this.#launcher.rejoin.founded();
    this.#watch.start();
    void sweepLabs(this.#folder.entry);
  }

  #recordRunning(): void {
    recordRunning(this.#folder, this.#nodes, this.scenario);
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

  #networkNow(): LabNetwork {
    if (this.#network !== null && this.#closing === null) return this.#network;
    throw notRunning();
  }

  /** The node's present life, when that is the one that is meant. */
  #lifeOf(life: number): NodeProcess | null {
    return this.#nodes.all.find((node) => node.life === life)?.process ?? null;
  }

  #emit(event: ClusterEvent): void {
    if (this.#closing !== null) return;
    for (const listener of this.#listeners) listener(event);
  }

  async #close(): Promise<void> {
    try {
      for (const end of this.#beforeClose) await end();
    } finally {
      await this.#end();
    }
  }

  async #end(): Promise<void> {
    this.#watch.stop();
    this.#launcher.rejoin.close();
    await this.#network?.heal().catch(() => undefined);
    await Promise.all(this.#nodes.all.map((node) => node.faults.liftAll()));
    await Promise.all([...this.#nodes.all, ...this.#nodes.clones].map((node) => node.end(CLOSE_WITHIN_MS)));
    await this.#nodes.host.close();
    await this.#link?.close();
    await this.#network?.close();
    removeLabFolder(this.#folder);
    this.#listeners.clear();
    process.off('exit', this.#onProcessExit);
  }

  /** The process ends without close: no waiting, only what cannot be left behind. */
  #abandon(): void {
    for (const node of [...this.#nodes.all, ...this.#nodes.clones]) node.killNow();
    this.#nodes.host.abandon();
    removeLabFolder(this.#folder);
  }
}
