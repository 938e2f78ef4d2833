/** A master on a simulated machine, with a bare client and datanodes that the test plays call by call. */
import { start } from '../../src/master/index.js';
import type { MasterConfig } from '../../src/master/base/config.js';
import { ClusterService, DataNodeService, NamespaceService } from '../../src/protocol/services.js';
import { Simulation } from '../../src/runtime/memory/simulation.js';
import { timingsOf } from '../../src/shared/profile.js';
import type { RpcChannel, RpcMethod, RunningNode, Runtime } from '../../src/shared/runtime.js';
import { statsOf } from './soft-fixtures.js';

export const TIMINGS = timingsOf('fast');
export const ADDRESS = 'm-1:7000';
export const CHUNK = 65_536;
/** Founding is term 1; the first leader's is the next. */
export const FIRST_TERM = 2;

export const CONFIG: MasterConfig = {
  masterId: 'm-1',
  listen: ADDRESS,
  init: false,
  defaultReplication: 2,
  defaultChunkSizeBytes: CHUNK,
  minReplicas: 2,
  timings: TIMINGS,
};

export interface Registered {
  readonly clusterId: string;
  readonly nodeId: string;
  readonly incarnation: string;
  readonly registrationId: number;
  readonly acceptedTerm: number;
}

export class MasterRig {
  readonly sim: Simulation;
  readonly log: string[] = [];
  master: RunningNode | null = null;
  #channel: RpcChannel | null = null;
  #sequence = 0;
  readonly #versions = new Map<number, number>();
  #lastReportId = 0;
  clusterId = '';
  sessionId = 0;

  constructor(seed: number) {
    this.sim = new Simulation({
      seed,
      onLog: (line) => this.log.push(`${line.level} ${line.message}`),
    });
  }

  get machine() {
    return this.sim.machine('m-1');
  }

  async start(
    overrides: Partial<MasterConfig> = {},
    wrap: (runtime: Runtime) => Runtime = (runtime) => runtime,
  ): Promise<RunningNode> {
    this.master = await start(wrap(this.machine.boot()), { ...CONFIG, ...overrides });
    return this.master;
  }

  call<In, RequestOut, ResponseIn, Out>(
    method: RpcMethod<In, RequestOut, ResponseIn, Out>,
    request: In,
    deadlineMs = 5_000,
  ): Promise<Out> {
    this.#channel ??= this.sim.machine('client').boot().rpc.connect(ADDRESS);
    return this.#channel.call(method, request, { deadlineMs });
  }

  async openSession(): Promise<number> {
    const opened = await this.call(NamespaceService.OpenSession, { clientName: 'rig' });
    this.clusterId = opened.clusterId;
    this.sessionId = opened.sessionId;
    return opened.sessionId;
  }

  header(sessionId = this.sessionId) {
    this.#sequence += 1;
    return { clusterId: this.clusterId, sessionId, sequence: this.#sequence, ackedBelow: 1 };
  }

  mkdir(path: string, header = this.header()) {
    return this.call(NamespaceService.MakeDirectory, { header, path, mode: 0o755 });
  }

  create(path: string, header = this.header(), overwrite = false) {
    return this.call(NamespaceService.CreateFile, { header, path, overwrite, mode: 0o644 });
  }

  async register(nodeId: string, overrides: Partial<Registered> = {}): Promise<Registered> {
    const node = { clusterId: '', nodeId, incarnation: `of ${nodeId}`, registrationId: 0, acceptedTerm: 0, ...overrides };
    const reply = await this.call(DataNodeService.RegisterDataNode, {
      node,
      address: `${nodeId}:1`,
      rack: 'r',
      stats: statsOf(),
    });
    return { ...node, clusterId: reply.clusterId, registrationId: reply.registrationId, acceptedTerm: reply.term };
  }

  /** For the reports that follow. */
  noteVersion({ chunkId, version }: { readonly chunkId: number; readonly version: number }): void {
    this.#versions.set(chunkId, version);
  }

  /** Of a chunk that was written here; 1 for any other. */
  versionOf(chunkId: number): number {
    return this.#versions.get(chunkId) ?? 1;
  }

  /** A whole block report of committed replicas. */
  report(node: Registered, ...chunkIds: number[]) {
    const replicas = chunkIds.map((chunkId) => ({
      chunkId,
      version: this.versionOf(chunkId),
      lengthBytes: 100,
      state: 'COMMITTED' as const,
    }));
    const reportId = ++this.#lastReportId;
    return this.call(DataNodeService.BlockReport, { node, reportId, part: 0, parts: 1, replicas, stats: statsOf() });
  }

  /** The full report of a node that holds nothing but a damaged replica. */
  reportDamaged(node: Registered, chunkId: number) {
    const replicas = [{ chunkId, version: this.versionOf(chunkId), lengthBytes: 100, state: 'CORRUPT' as const }];
    const reportId = ++this.#lastReportId;
    return this.call(DataNodeService.BlockReport, { node, reportId, part: 0, parts: 1, replicas, stats: statsOf() });
  }

  heartbeat(node: Registered) {
    return this.call(DataNodeService.Heartbeat, { node, stats: statsOf() });
  }

  /** A file of one chunk of 100 bytes, committed on these nodes. */
  async writeFile(path: string, nodeIds: string[]): Promise<{ fileId: number; chunkId: number }> {
    const { fileId } = await this.create(path);
    const plan = await this.call(NamespaceService.AssignChunk, { header: this.header(), fileId, index: 0, expectedBytes: 100 });
    this.noteVersion(plan);
    await this.call(NamespaceService.CommitVersion, {
      header: this.header(),
      fileId,
      chunkId: plan.chunkId,
      fromVersion: plan.fromVersion,
      toVersion: plan.version,
      lengthBytes: 100,
      nodeIds,
    });
    await this.call(NamespaceService.CompleteFile, { header: this.header(), fileId, lengthBytes: 100, chunkCount: 1 });
    return { fileId, chunkId: plan.chunkId };
  }

  status() {
    return this.call(ClusterService.GetClusterStatus, {});
  }
}
