/** Starts the processes of a lab: sends each its start options, and keeps the record that the bootstrap of the masters needs. */
import { randomBytes } from 'node:crypto';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { timingsOf } from '../../shared/profile.js';
import { hasIdentity } from './cluster-nodes.js';
import type { ClusterNodes } from './cluster-nodes.js';
import type { ClusterShape } from '../api/cluster-options.js';
import type { ClusterWatch } from '../observe/cluster-watch.js';
import type { NodeLaunch } from '../host/host-orders.js';
import { writeLabRecord } from '../folder/lab-record.js';
import type { GroupRecord, LabRecord } from '../folder/lab-record.js';
import type { ManagedNode } from './managed-node.js';
import type { MasterClients } from '../observe/master-clients.js';
import { MasterRejoin } from './master-rejoin.js';
import { datanodeConfig, masterConfig } from './node-launch.js';
import type { MasterStart } from './node-launch.js';
import type { RuntimeKind } from '../api/cluster-status.js';

export interface ClusterLauncherOptions {
  /** The lab's folder. */
  readonly dir: string;
  readonly shape: ClusterShape;
  readonly runtime: RuntimeKind;
  /** What the folder held. */
  readonly kept: LabRecord | null;
  readonly nodes: ClusterNodes;
  readonly watch: ClusterWatch;
  /** null: not connected yet. */
  readonly lines: () => MasterClients | null;
  /** The fabric, as a node uses it. */
  readonly proxyUrl: (nodeId: string) => string;
  /** A node that has stopped is about to be started again. */
  readonly beforeRestart: (nodeId: string) => Promise<void>;
  /** Something about a master that a person should know. */
  readonly say: (masterId: string, message: string) => void;
}

export class ClusterLauncher {
  readonly rejoin: MasterRejoin;
  readonly #options: ClusterLauncherOptions;
  #group: GroupRecord;

  constructor(options: ClusterLauncherOptions) {
    const { kept, nodes, watch, lines, say, shape } = options;
    this.#options = options;
    this.#group = kept?.group ?? { clusterKey: randomBytes(16).toString('hex'), founded: [], rejoining: [] };
    const world = {
      clock: nodeClock,
      masters: nodes.masters,
      deadlineMs: timingsOf(shape.profile).rpcDeadlineMs,
      lines,
      leader: () => watch.leader,
      answerOf: (id: string) => watch.answerOf(id),
      startEmpty: (id: string) => this.#startEmpty(id),
      say,
      onRecord: (group: GroupRecord) => {
        this.#group = group;
        this.record();
      },
    };
    this.rejoin = new MasterRejoin(world, this.#group);
  }

  /** Writes down what the lab is; its nodes have their addresses. */
  record(): void {
    const { dir, shape, runtime, nodes } = this.#options;
    // With those that were added: a lab that is started again has them.
    const grown = { ...shape, datanodes: nodes.datanodes.length };
    writeLabRecord(dir, { shape: grown, runtime, nodes: nodes.all.map((node) => node.record), group: this.#group });
  }

  /** Sends a node's process its start options. Resolves when it serves. @throws DfsError UNAVAILABLE */
  async launch(node: ManagedNode): Promise<void> {
    const start = this.#startOf(node);
    await node.launch(this.#launchOf(node, start));
    if (node.role === 'master') this.rejoin.served(node.id, start);
  }

  /** As `launch`, of the clone of a datanode, which says that it is that datanode. */
  async launchClone(clone: ManagedNode, source: ManagedNode): Promise<void> {
    const { nodes, shape, proxyUrl } = this.#options;
    const node = { id: source.id, address: clone.address, rack: source.rack };
    await clone.launch({
      dataDir: clone.dataDir,
      logFile: clone.log,
      proxyUrl: proxyUrl(clone.id),
      faults: [],
      config: datanodeConfig(node, nodes.masterAddresses, timingsOf(shape.profile), shape.capacityBytes),
    });
  }

  /** Stops what runs and starts anew. Resolves when it serves. @throws DfsError UNAVAILABLE */
  async restart(node: ManagedNode): Promise<void> {
    let start: MasterStart = 'serve';
    await node.restart({
      stopped: () => this.#options.beforeRestart(node.id),
      launch: () => {
        start = this.#startOf(node);
        return this.#launchOf(node, start);
      },
    });
    if (node.role === 'master') this.rejoin.served(node.id, start);
  }

  async #startEmpty(masterId: string): Promise<void> {
    const { nodes } = this.#options;
    const node = nodes.masters.find(({ id }) => id === masterId);
    if (node === undefined) return;
    await node.kill();
    nodes.folders('master').get(masterId)?.empty();
    await this.restart(node);
  }

  #startOf(node: ManagedNode): MasterStart {
    return node.role === 'master' ? this.rejoin.startOf(node.id, hasIdentity(node)) : 'serve';
  }

  #launchOf(node: ManagedNode, start: MasterStart): NodeLaunch {
    const { nodes, shape, proxyUrl } = this.#options;
    const { masters, masterAddresses } = nodes;
    const timings = timingsOf(shape.profile);
    const common = { dataDir: node.dataDir, logFile: node.log, proxyUrl: proxyUrl(node.id), faults: node.faults.active };
    if (node.role === 'datanode') {
      return { ...common, config: datanodeConfig(node, masterAddresses, timings, shape.capacityBytes) };
    }
    const { clusterKey } = this.rejoin;
    return { ...common, config: masterConfig(node, shape, timings, { masters, clusterKey, start }) };
  }
}
