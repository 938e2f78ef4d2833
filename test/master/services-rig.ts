/** Masters with their services on simulated machines, over a group that the test commands; clients and datanodes are played. */
import type { Growth } from '../../src/master/base/growth-reserve.js';
import { MasterServices } from '../../src/master/member/master-services.js';
import type { DiskState } from '../../src/protocol/generated/distrifs/v1/DiskState.js';
import { ClusterService, DataNodeService, NamespaceService } from '../../src/protocol/services.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import type { RpcChannel, RpcMethod } from '../../src/shared/runtime.js';
import { FakeGroup } from './fake-group.js';
import type { FakeMember } from './fake-group.js';
import { CONFIG } from './master-rig.js';
import { CLUSTER_ID } from './script.js';
import { statsOf } from './soft-fixtures.js';

export interface PlayedNode {
  readonly nodeId: string;
  readonly incarnation: string;
  readonly address: string;
  /** Default: a datanode of an older release. */
  readonly runId?: string;
  acceptedTerm: number;
  /** As its heartbeats say. Default: a datanode of an older release. */
  disk?: DiskState;
}

export class ServicesRig {
  readonly sim: Simulation;
  readonly log: string[] = [];
  readonly group: FakeGroup;
  readonly allServices = new Map<string, MasterServices>();
  readonly failures: Error[] = [];
  readonly growth: Growth = { shortage: null, assertMayGrow: () => undefined };
  readonly #channels = new Map<string, RpcChannel>();
  /** By `node at master`. */
  readonly #registrations = new Map<string, number>();
  #sequence = 0;
  readonly #versions = new Map<number, number>();
  #lastReportId = 0;
  sessionId = 0;

  constructor(seed: number, ids: readonly string[] = ['m-1', 'm-2', 'm-3']) {
    this.sim = new Simulation({ seed, onLog: (line) => this.log.push(`${line.level} ${line.message}`) });
    this.group = new FakeGroup(ids);
  }

  /** Starts all masters, as followers. */
  async start(): Promise<void> {
    const bootstrapMasters = this.group.ids.map((id) => ({ id, address: `${id}:7000` }));
    for (const [masterId, consensus] of this.group.members) {
      const runtime = this.sim.machine(masterId).boot();
      // That of one master keeps the id that the tests know.
      const config = { ...CONFIG, masterId, listen: `${masterId}:7000`, bootstrapMasters: bootstrapMasters.slice(0, 1) };
      const { machine } = consensus;
      const fail = (error: Error) => void this.failures.push(error);
      const services = new MasterServices({
        config,
        runtime,
        groupId: CLUSTER_ID,
        machine,
        consensus,
        growth: this.growth,
        fail,
      });
      consensus.listener = services;
      this.allServices.set(masterId, services);
      await runtime.rpc.serve(config.listen, services.bindings());
    }
  }

  services(id: string): MasterServices {
    return this.allServices.get(id)!;
  }

  member(id: string): FakeMember {
    return this.group.members.get(id)!;
  }

  call<In, RequestOut, ResponseIn, Out>(
    masterId: string,
    method: RpcMethod<In, RequestOut, ResponseIn, Out>,
    request: In,
    deadlineMs = 60_000,
  ): Promise<Out> {
    let channel = this.#channels.get(masterId);
    if (channel === undefined) {
      channel = this.sim.machine(`client of ${masterId}`).boot().rpc.connect(`${masterId}:7000`);
      this.#channels.set(masterId, channel);
    }
    return channel.call(method, request, { deadlineMs });
  }

  /** After a crash of the client's machine. */
  reconnect(masterId: string): void {
    this.#channels.delete(masterId);
  }

  async openSession(masterId: string): Promise<number> {
    this.sessionId = (await this.call(masterId, NamespaceService.OpenSession, { clientName: 'rig' })).sessionId;
    return this.sessionId;
  }

  header() {
    this.#sequence += 1;
    return { clusterId: CLUSTER_ID, sessionId: this.sessionId, sequence: this.#sequence, ackedBelow: 1 };
  }

  mkdir(masterId: string, path: string, header = this.header()) {
    return this.call(masterId, NamespaceService.MakeDirectory, { header, path, mode: 0o755 });
  }

  status(masterId: string) {
    return this.call(masterId, ClusterService.GetClusterStatus, {});
  }

  node(nodeId: string): PlayedNode {
    return { nodeId, incarnation: `of ${nodeId}`, address: `${nodeId}:1`, acceptedTerm: 0 };
  }

  async register(masterId: string, node: PlayedNode) {
    const request = { node: this.#speaker(masterId, node, 0), address: node.address, rack: 'r', stats: statsOf() };
    const reply = await this.call(masterId, DataNodeService.RegisterDataNode, request);
    this.#registrations.set(`${node.nodeId} at ${masterId}`, reply.registrationId);
    node.acceptedTerm = Math.max(node.acceptedTerm, reply.term);
    return reply;
  }

  heartbeat(masterId: string, node: PlayedNode) {
    return this.call(masterId, DataNodeService.Heartbeat, {
      node: this.#speaker(masterId, node),
      stats: { ...statsOf(), disk: node.disk === undefined ? null : { state: node.disk } },
    });
  }

  /** Of a chunk that was written here; 1 for any other. */
  versionOf(chunkId: number): number {
    return this.#versions.get(chunkId) ?? 1;
  }

  /** A whole block report of committed replicas. */
  report(masterId: string, node: PlayedNode, ...chunkIds: number[]) {
    const replicas = chunkIds.map((chunkId) => ({
      chunkId,
      version: this.versionOf(chunkId),
      lengthBytes: 100,
      state: 'COMMITTED' as const,
    }));
    const request = { reportId: ++this.#lastReportId, part: 0, parts: 1, replicas, stats: statsOf() };
    return this.call(masterId, DataNodeService.BlockReport, { ...request, node: this.#speaker(masterId, node) });
  }

  poll(masterId: string, node: PlayedNode, waitMs = 60_000) {
    return this.call(masterId, DataNodeService.PollCommands, { node: this.#speaker(masterId, node), waitMs }, 2 * waitMs);
  }

  assign(masterId: string, fileId: number, header = this.header()) {
    return this.call(masterId, NamespaceService.AssignChunk, { header, fileId, index: 0, expectedBytes: 100 });
  }

  /** A file of one chunk of 100 bytes, committed on these nodes. */
  async writeFile(masterId: string, path: string, nodeIds: string[]): Promise<number> {
    const { fileId } = await this.call(masterId, NamespaceService.CreateFile, { header: this.header(), path, mode: 0o644 });
    const { chunkId, fromVersion, version: toVersion } = await this.assign(masterId, fileId);
    this.#versions.set(chunkId, toVersion);
    const commit = { header: this.header(), fileId, chunkId, fromVersion, toVersion, lengthBytes: 100, nodeIds };
    await this.call(masterId, NamespaceService.CommitVersion, commit);
    const complete = { header: this.header(), fileId, lengthBytes: 100, chunkCount: 1 };
    await this.call(masterId, NamespaceService.CompleteFile, complete);
    return chunkId;
  }

  #speaker(masterId: string, node: PlayedNode, registrationId = this.#registrations.get(`${node.nodeId} at ${masterId}`) ?? 0) {
    const { nodeId, incarnation, acceptedTerm, runId = '' } = node;
    return { clusterId: CLUSTER_ID, nodeId, incarnation, registrationId, acceptedTerm, runId };
  }
}
