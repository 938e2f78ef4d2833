/** A whole DistriFS cluster on this machine, every node a process, with the means to break it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DfsError } from '../shared/errors.js';
import { DEFAULT_MIN_REPLICAS } from '../shared/limits.js';
import { timingsOf } from '../shared/profile.js';
import type { Timings } from '../shared/profile.js';
import { resolveShape } from './cluster-options.js';
import type { ClusterShape } from './cluster-options.js';
import { ClusterWatch } from './cluster-watch.js';
import { ControlServer } from './control/control-server.js';
import { Fabric } from './fabric/fabric.js';
import type { LinkCounters } from './fabric/link-counters.js';
import type { NodeLaunch } from './host/host-orders.js';
import { processHost } from './host/process-host.js';
import { fabricCandidates, freeAddress, hasOwnHosts, nodeHost } from './lab-addresses.js';
import { openLabFolder, removeLabFolder } from './lab-folder.js';
import type { LabFolder } from './lab-folder.js';
import { readLabRecord, writeLabRecord, writeRunningRecord } from './lab-record.js';
import type { LabRecord } from './lab-record.js';
import { ManagedNode } from './managed-node.js';
import type { MasterLink } from './master-link.js';
import { healedCuts, rulesOf } from './partition-rules.js';
import type { Cut } from './partition-rules.js';
import { identityOf } from './process-identity.js';
import { endLeftovers, sweepLabs } from './sweep-labs.js';
import type {
  ChunkView,
  ClusterControl,
  ClusterEvent,
  ClusterOptions,
  ClusterStatus,
  FaultAction,
  NodeInfo,
  NodeRole,
  PartitionKind,
} from './types.js';

const START_WITHIN_MS = 60_000;
const START_POLL_MS = 10;
/** How long `status` waits for a fresh answer of a master that answered the last time. */
const STATUS_DEADLINE_MS = 250;
const CHUNKS_DEADLINE_MS = 2_000;
/** When a cluster closes, nodes that have not stopped by then are killed. */
const CLOSE_WITHIN_MS = 1_500;
/** An identity of a client in the fabric. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export class Cluster implements ClusterControl {
  readonly dir: string;
  /** Path of the socket through which `lab` commands act on this cluster. */
  readonly control: string;
  readonly #folder: LabFolder;
  readonly #shape: ClusterShape;
  readonly #timings: Timings;
  readonly #token = randomBytes(16).toString('hex');
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #nodes: readonly ManagedNode[];
  readonly #watch: ClusterWatch;
  readonly #onProcessExit = (): void => this.#abandon();
  #fabric: Fabric | null = null;
  #link: MasterLink | null = null;
  #controlServer: ControlServer | null = null;
  #cuts: readonly Cut[] = [];
  #closing: Promise<void> | null = null;
  #onFailed: (error: DfsError) => void = () => undefined;
  /** Resolves when the lab itself cannot go on (its network's thread died): close it then. */
  readonly failed = new Promise<DfsError>((resolve) => (this.#onFailed = resolve));

  private constructor(folder: LabFolder, shape: ClusterShape, kept: LabRecord | null) {
    this.dir = folder.dir;
    this.control = folder.control;
    this.#folder = folder;
    this.#shape = shape;
    this.#timings = timingsOf(shape.profile);
    this.#nodes = [
      ...Array.from({ length: shape.masters }, (_, index) => this.#makeNode('master', index + 1, kept)),
      ...Array.from({ length: shape.datanodes }, (_, index) => this.#makeNode('datanode', index + 1, kept)),
    ];
    this.#watch = new ClusterWatch({
      nodes: this.#nodes,
      timings: this.#timings,
      isCut: (id) => this.#cuts.some((cut) => cut.group.has(id)),
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
    let cluster: Cluster;
    try {
      const kept = readLabRecord(folder.dir);
      cluster = new Cluster(folder, resolveShape(options, kept), kept);
      await endLeftovers(folder.dir);
    } catch (error) {
      removeLabFolder(folder);
      throw error;
    }
    try {
      await cluster.#start(kept(folder));
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
    if (!IDENTITY.test(identity)) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `"${identity}" is no name for a client: use letters, digits, dots, dashes and underscores`,
      );
    }
    return `http://${identity}:${this.#token}@${this.#fabric?.address ?? ''}`;
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
    this.#recordRunning();
  }

  async pause(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('pause', nodeIds)) node.pause();
  }

  async resume(...nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('resume', nodeIds)) node.resume();
  }

  async partition(group: readonly string[], options: { readonly kind?: PartitionKind } = {}): Promise<void> {
    this.#chosen('partition', group);
    await this.#setCuts([...this.#cuts, { group: new Set(group), kind: options.kind ?? 'stall' }]);
  }

  async isolate(nodeIds: readonly string[], options: { readonly kind?: PartitionKind } = {}): Promise<void> {
    const nodes = this.#chosen('isolate', nodeIds);
    const cuts = nodes.map((node): Cut => ({ group: new Set([node.id]), kind: options.kind ?? 'stall' }));
    await this.#setCuts([...this.#cuts, ...cuts]);
  }

  async heal(nodeIds?: readonly string[]): Promise<void> {
    if (nodeIds !== undefined) this.#chosen('heal', nodeIds);
    else this.#emit({ event: 'fault', atMs: Date.now(), action: 'heal', nodes: [] });
    await this.#setCuts(healedCuts(this.#cuts, nodeIds));
  }

  async status(): Promise<ClusterStatus> {
    // A master that is not there, or that did not answer the last time, is not waited for.
    const answers = this.#nodes.some((node) => node.role === 'master' && node.facts.isRunning && !node.facts.isPaused);
    if (answers && this.#watch.isReachable) {
      const late = new AbortController();
      await Promise.race([
        this.#watch.refresh(STATUS_DEADLINE_MS),
        delay(STATUS_DEADLINE_MS, null, { signal: late.signal }).catch(() => null),
      ]);
      late.abort();
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
  async linkCounters(): Promise<readonly LinkCounters[]> {
    return (await this.#fabric?.counters()) ?? [];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #start(kept: LabRecord | null): Promise<void> {
    process.once('exit', this.#onProcessExit);
    // Loading code is most of a start: all nodes do it at once, while the lab finds addresses.
    for (const node of this.#nodes) node.spawn();
    this.#recordRunning();
    const [masterLink] = await Promise.all([import('./master-link.js'), this.#openNetwork(kept)]);
    const [master] = this.#nodes;
    if (master === undefined) throw new DfsError('INTERNAL', 'A cluster has a master');
    // Datanodes that start before their master serves would only wait out the pauses between their attempts.
    await master.launch(this.#launchOf(master));
    const datanodes = this.#nodes.filter((node) => node.role === 'datanode');
    const launched = Promise.all(datanodes.map((node) => node.launch(this.#launchOf(node))));
    this.#link = new masterLink.MasterLink(this.dir, master.address);
    this.#watch.connect(this.#link);
    await Promise.all([launched, this.#allLive(launched), this.#openControl()]);
    this.#watch.start();
    void sweepLabs(this.#folder.entry);
  }

  async #openNetwork(kept: LabRecord | null): Promise<void> {
    const known = new Map(kept?.nodes.map((node) => [node.id, node.address]));
    const [first] = known.values();
    const fabric = await Fabric.start({ listen: fabricCandidates(first), token: this.#token });
    this.#fabric = fabric;
    void fabric.failed.then((error) => this.#onFailed(error));
    const ownHosts = hasOwnHosts(fabric.address);
    await Promise.all(
      this.#nodes.map(async (node) => {
        const host = nodeHost(fabric.address, node.role, Number(node.id.split('-')[1]));
        const before = known.get(node.id);
        node.setAddress(before?.startsWith(`${host}:`) === true ? before : await freeAddress(host));
      }),
    );
    await fabric.setNodes(this.#nodes.map((node) => ({ id: node.id, address: node.address, ownsHost: ownHosts })));
    writeLabRecord(this.dir, { shape: this.#shape, nodes: this.#nodes.map((node) => node.record) });
  }

  async #openControl(): Promise<void> {
    this.#controlServer = await ControlServer.start(this.control, this);
  }

  /** Resolves when the master counts every datanode as live. */
  async #allLive(launched: Promise<unknown>): Promise<void> {
    const deadline = performance.now() + START_WITHIN_MS;
    let launchFailed = false;
    launched.catch(() => (launchFailed = true));
    for (;;) {
      await this.#watch.refresh(this.#timings.rpcDeadlineMs);
      const waiting = this.#watch.status().nodes.filter((node) => node.state !== 'live');
      // `launched` itself tells why.
      if (waiting.length === 0 || launchFailed || this.#closing !== null) return;
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
      id,
      role,
      rack: kept?.nodes.find((node) => node.id === id)?.rack ?? `rack-${((ordinal - 1) % this.#shape.racks) + 1}`,
      dataDir: join(this.dir, id),
      log: join(this.dir, 'logs', `${id}.log`),
      host: processHost,
      onChange: (node, exit) => {
        if (exit !== null) this.#emit({ event: 'node-exit', atMs: Date.now(), node: node.id, ...exit });
        this.#watch.notice();
      },
    });
  }

  #launchOf(node: ManagedNode): NodeLaunch {
    const common = { dataDir: node.dataDir, logFile: node.log, proxyUrl: this.clientProxy(node.id) };
    const { replication, chunkSizeBytes, capacityBytes } = this.#shape;
    if (node.role === 'master') {
      const config = {
        masterId: node.id,
        listen: node.address,
        // identity.json is the last that a master writes when it makes a cluster.
        init: !existsSync(join(node.dataDir, 'identity.json')),
        defaultReplication: replication,
        defaultChunkSizeBytes: chunkSizeBytes,
        minReplicas: DEFAULT_MIN_REPLICAS,
        timings: this.#timings,
      };
      return { ...common, config };
    }
    const config = {
      nodeId: node.id,
      listen: node.address,
      masters: this.masters().map((master) => master.address),
      rack: node.rack,
      timings: this.#timings,
      ...(capacityBytes === null ? {} : { capacityBytes }),
    };
    return { ...common, config };
  }

  #infos(role: NodeRole): NodeInfo[] {
    return this.#nodes.filter((node) => node.role === role).map((node) => node.info);
  }

  /** The nodes that an action names, and the event that it begins. @throws DfsError INVALID_ARGUMENT */
  #chosen(action: FaultAction, nodeIds: readonly string[]): ManagedNode[] {
    if (this.#closing !== null) throw new DfsError('CANCELLED', `Cannot ${action} a node: the cluster is closing`);
    const names = this.#nodes.map((node) => node.id).join(', ');
    if (nodeIds.length === 0) throw new DfsError('INVALID_ARGUMENT', `Cannot ${action}: name a node (${names})`);
    const nodes = [...new Set(nodeIds)].map((id) => {
      const node = this.#nodes.find((candidate) => candidate.id === id);
      if (node === undefined) throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} "${id}": the nodes are ${names}`);
      return node;
    });
    this.#emit({ event: 'fault', atMs: Date.now(), action, nodes: nodes.map((node) => node.id) });
    return nodes;
  }

  async #setCuts(cuts: readonly Cut[]): Promise<void> {
    this.#cuts = cuts;
    const names = this.#nodes.map((node) => node.id);
    await this.#fabric?.setRules(rulesOf(cuts, names));
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
    this.#listeners.clear();
    await this.#controlServer?.close();
    await this.#fabric?.setRules([]).catch(() => undefined);
    await Promise.all(this.#nodes.map((node) => node.stop(CLOSE_WITHIN_MS)));
    await this.#link?.close();
    await this.#fabric?.close();
    removeLabFolder(this.#folder);
    process.off('exit', this.#onProcessExit);
  }

  /** The process ends without close: no waiting, only what cannot be left behind. */
  #abandon(): void {
    for (const node of this.#nodes) node.killNow();
    removeLabFolder(this.#folder);
  }
}
