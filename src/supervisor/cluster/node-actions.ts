/** Actions on the nodes of a running cluster by name: each is reported first, and throws the same for unknown nodes. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { DfsError } from '../../shared/errors.js';
import { awaitLive, REAL_START_POLL_MS } from '../observe/await-live.js';
import { injectInto } from './inject-on-cluster.js';
import type { Clones } from './clones.js';
import type { ClusterLauncher } from './cluster-launcher.js';
import type { ClusterNodes } from './cluster-nodes.js';
import type { ClusterWatch } from '../observe/cluster-watch.js';
import { copyFolder } from './folder-disk.js';
import { assertMayWipe } from '../faults/disk-strikes.js';
import type { DamageableDisks } from '../faults/disk-strikes.js';
import { assertAllMasters } from '../faults/master-health.js';
import { NothingToDamage } from '../api/fault.js';
import type { DamageFault, FaultAction, ActiveFault, LastingFault } from '../api/fault.js';
import type { LabNetwork } from '../network/cluster-network.js';
import type { ManagedNode } from './managed-node.js';
import type { PowerCuts } from './power-cuts.js';
import type { InjectOptions, CrashOptions } from '../api/cluster-control.js';
import type { ClusterEvent } from '../api/cluster-events.js';
import type { ChunkView } from '../api/cluster-status.js';

/** A node that was added, and serves, is taken in by then, or no leader is there to do it. */
const TAKEN_IN_WITHIN_MS = 15_000;

export interface NodeActionsOptions {
  readonly nodes: ClusterNodes;
  readonly launcher: ClusterLauncher;
  readonly watch: ClusterWatch;
  readonly powerCuts: PowerCuts;
  readonly clones: Clones;
  /** @throws DfsError CANCELLED when the cluster does not run */
  readonly network: () => LabNetwork;
  /** Where the backup of a node's folder stands. */
  readonly backupOf: (nodeId: string) => string;
  /** The first `limit` of all chunks. */
  readonly chunks: (limit: number) => Promise<readonly ChunkView[]>;
  /** True once the cluster closes. */
  readonly isOver: () => boolean;
  /** Writes down who runs. */
  readonly recordRunning: () => void;
  readonly emit: (event: ClusterEvent) => void;
}

/** Every method: @throws DfsError INVALID_ARGUMENT for nodes that are not there, CANCELLED once the cluster closes */
export class NodeActions {
  readonly #options: NodeActionsOptions;
  #adding: Promise<void> = Promise.resolve();

  constructor(options: NodeActionsOptions) {
    this.#options = options;
  }

  async kill(nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('kill', nodeIds);
    await Promise.all(nodes.map((node) => node.kill()));
  }

  async stop(nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('stop', nodeIds);
    await Promise.all(nodes.map((node) => node.stop()));
  }

  async restart(nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('restart', nodeIds);
    await Promise.all(nodes.map((node) => this.#options.launcher.restart(node)));
  }

  async pause(nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('pause', nodeIds)) node.pause();
  }

  async resume(nodeIds: readonly string[]): Promise<void> {
    for (const node of this.#chosen('resume', nodeIds)) node.resume();
  }

  /** @param choiceSeed decides what is left on the disks */
  async powercut(nodeIds: readonly string[], choiceSeed = randomBytes(4).readUInt32LE()): Promise<void> {
    await this.#options.powerCuts.cut(this.#chosen('powercut', nodeIds), choiceSeed);
  }

  strike(nodeIds: readonly string[], { power, choiceSeed }: CrashOptions): Promise<void> {
    return power ? this.powercut(nodeIds, choiceSeed) : this.kill(nodeIds);
  }

  /** @param nodeIds default: all nodes */
  async heal(nodeIds: readonly string[] | undefined): Promise<void> {
    if (nodeIds !== undefined) this.#chosen('heal', nodeIds);
    else this.#tell('heal', []);
    await this.#options.network().heal(nodeIds);
  }

  async wipe(nodeIds: readonly string[], isForced: boolean): Promise<void> {
    const nodes = this.#named('wipe', nodeIds);
    await assertMayWipe(this.#disks(), nodeIds, isForced, () => turn());
    if (nodes.some(({ role }) => role === 'master')) this.#options.launcher.rejoin.founded();
    await this.#empty('wipe', nodes);
  }

  /** As BreakableCluster.backup. */
  async backup(nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#chosen('backup', nodeIds);
    const running = nodes.filter((node) => node.isAwake);
    // All at one moment: what one of them knows of another is not newer than the other's copy.
    for (const node of running) node.pause();
    try {
      for (const node of nodes) copyFolder(node.dataDir, this.#options.backupOf(node.id));
    } finally {
      for (const node of running) if (node.process !== null) node.resume();
    }
  }

  /** As BreakableCluster.restoreOld. @throws NothingToDamage */
  async restoreOld(nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#named('restore-old', nodeIds);
    const missing = nodes.find(({ id }) => !existsSync(this.#options.backupOf(id)));
    if (missing !== undefined) throw new NothingToDamage(`${missing.id} has no backup`);
    await this.#empty('restore-old', nodes);
    for (const node of nodes) copyFolder(this.#options.backupOf(node.id), node.dataDir);
  }

  /** As BreakableCluster.refound. @throws NothingToDamage */
  async refound(nodeIds: readonly string[]): Promise<void> {
    const nodes = this.#named('refound', nodeIds);
    assertAllMasters(
      nodeIds,
      this.#options.nodes.masters.map(({ id }) => id),
    );
    await this.#empty('refound', nodes);
    this.#options.launcher.rejoin.refound();
  }

  /** Kills nodes and removes everything in their folders. */
  async #empty(action: FaultAction, nodes: readonly ManagedNode[]): Promise<void> {
    this.#tell(action, nodes);
    await Promise.all(nodes.map((node) => node.kill()));
    for (const node of nodes) this.#options.nodes.folders(node.role).get(node.id)?.empty();
  }

  async inject(fault: LastingFault | DamageFault, nodeIds: readonly string[], options: InjectOptions): Promise<ActiveFault> {
    const nodes = this.#named(fault.action, nodeIds);
    const { network, clones } = this.#options;
    const world = { network: network(), disks: this.#disks(), nodes, clones };
    const injection = await injectInto(world, fault, options);
    this.#tell(fault.action, nodes);
    return injection;
  }

  /** As Cluster.add. */
  async add(nodeIds: readonly string[]): Promise<void> {
    const { launcher, watch, isOver } = this.#options;
    // One after the other, or two would take the same names.
    const adding = this.#adding.then(() => this.#addNodes(nodeIds));
    this.#adding = adding.then(
      () => undefined,
      () => undefined,
    );
    const nodes = await adding;
    await Promise.all(nodes.map((node) => launcher.launch(node)));
    const only = { nodeIds, withinMs: TAKEN_IN_WITHIN_MS };
    const failure = `Not live ${TAKEN_IN_WITHIN_MS / 1_000} s after the start`;
    await awaitLive(watch, nodeClock, failure, isOver, { only, pollMs: REAL_START_POLL_MS });
  }

  /** Nodes with an address and a process, written down. */
  async #addNodes(nodeIds: readonly string[]): Promise<ManagedNode[]> {
    const { launcher, nodes: all, network: networkNow, recordRunning } = this.#options;
    const network = networkNow();
    const places = all.newPlaces(nodeIds);
    await network.add(places.map((place) => ({ ...place, addressBefore: undefined })));
    // Closed meanwhile: nothing would end what is started now.
    networkNow();
    const nodes = places.map((place) => all.add(place, network.addresses.get(place.id) ?? ''));
    for (const node of nodes) node.spawn();
    recordRunning();
    launcher.record();
    this.#tell('add', nodes);
    return nodes;
  }

  #disks(): DamageableDisks {
    const { nodes, launcher, chunks } = this.#options;
    return {
      datanodes: nodes.folders('datanode'),
      masters: nodes.folders('master'),
      health: () => launcher.rejoin.health(),
      onLogDamage: (id) => launcher.rejoin.damaged(id),
      chunks,
    };
  }

  /** The nodes that an action names; reports that it begins. */
  #chosen(action: FaultAction, nodeIds: readonly string[]): ManagedNode[] {
    const nodes = this.#named(action, nodeIds);
    this.#tell(action, nodes);
    return nodes;
  }

  #named(action: FaultAction, nodeIds: readonly string[]): ManagedNode[] {
    if (this.#options.isOver()) throw new DfsError('CANCELLED', `Cannot ${action} nodes: the cluster is closing`);
    return this.#options.nodes.named(action, nodeIds);
  }

  #tell(action: FaultAction, nodes: readonly ManagedNode[]): void {
    this.#options.emit({ event: 'fault', atMs: Date.now(), action, nodes: nodes.map((node) => node.id) });
  }
}
