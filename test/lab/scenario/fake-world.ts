/** A cluster and a file system in memory, with switches to make them break each promise: checkers are tried on these. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DfsError } from '../../../src/shared/errors.js';
import type { FileClient } from '../../../src/lab/workloads/file-client.js';
import { THREAD_KILLED } from '../../../src/supervisor/api/exit-text.js';
import { POWER_CUT } from '../../../src/supervisor/host/node-host.js';
import type { LifeProbe } from '../../../src/supervisor/api/life-probe.js';
import type { ScenarioWorld } from '../../../src/lab/campaign/process-run.js';
import { NothingToDamage } from '../../../src/supervisor/api/fault.js';
import type { DamageFault, FaultAction, ActiveFault, LastingFault } from '../../../src/supervisor/api/fault.js';
import type { BreakableCluster, CrashOptions } from '../../../src/supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../../src/supervisor/api/cluster-events.js';
import type { ClusterOptions } from '../../../src/supervisor/api/cluster-options.js';
import type {
  ClusterStatus,
  MemberStatus,
  NodeInfo,
  NodeState,
  RuntimeKind,
} from '../../../src/supervisor/api/cluster-status.js';

/** What the fake file system and cluster do wrong. */
export interface Sabotage {
  /** A byte of every n-th read is flipped. */
  flipEveryReads?: number;
  /** Acknowledged writes are forgotten. */
  loseWrites?: boolean;
  /** Every read of what was written fails. */
  unreadable?: boolean;
  /** What is removed is there again once the workload is over. */
  resurrect?: boolean;
  /** Every write is refused. */
  refuseWrites?: boolean;
  /** Ordered faults of this kind do nothing. */
  ignore?: FaultAction;
  /** Chunks that stay under-replicated. */
  underReplicated?: number;
  /** Nothing is wrong with any run but this one; counted from 1. */
  onlyInRun?: number;
  /** The cluster leaves a log of this name in its folder. */
  leaveLog?: string;
  /** Starting the cluster fails. */
  refuseStart?: boolean;
  /** This node ends by itself at the first write. */
  crashNode?: string;
  /** Nodes that are added are not all live in time: what the cluster says then. */
  lateAdd?: string;
  /** Faults of this kind find nothing to strike. */
  spare?: FaultAction;
  /** A leader is told at the first look at the cluster, before it is ready. */
  electAtFirstLook?: boolean;
  /** So many restarts fail. */
  refuseRestarts?: number;
}

interface FakeNode {
  readonly id: string;
  readonly role: 'master' | 'datanode';
  pid: number | null;
  state: NodeState;
  partitioned: boolean;
}

const STALE_AFTER_MS = 50;

const memberOf = (leads: boolean): MemberStatus => ({
  role: leads ? 'leader' : 'follower',
  term: 1,
  commitIndex: 7,
  appliedIndex: 7,
  lag: 0,
  stateDigest: 'same',
});

export class FakeCluster implements BreakableCluster {
  readonly calls: { readonly action: FaultAction; readonly nodes: readonly string[] }[] = [];
  readonly suspended = new Set<number>();
  isClosed = false;
  runtime: RuntimeKind = 'process';
  leader: string | null = 'm-1';
  readonly probe: LifeProbe = {
    isAlive: (life) => this.#nodes.some((node) => node.pid === life),
    isSuspended: (life) => this.suspended.has(life),
  };
  readonly #nodes: FakeNode[];
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #nextPid = 1_000;
  #restartsToRefuse: number;
  #isElected = false;

  constructor(
    readonly dir: string,
    datanodes: number,
    readonly sabotage: Sabotage,
    masters = 1,
  ) {
    this.#restartsToRefuse = sabotage.refuseRestarts ?? 0;
    const named = (prefix: string, count: number): string[] =>
      Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
    const ids = [...named('m', masters), ...named('dn', datanodes)];
    this.#nodes = ids.map((id) => ({
      id,
      role: id.startsWith('m-') ? 'master' : 'datanode',
      pid: this.#pid(),
      state: 'live',
      partitioned: false,
    }));
  }

  clientProxy(identity = 'client'): string {
    return `http://${identity}:token@127.0.0.1:1`;
  }

  masters(): readonly NodeInfo[] {
    return this.#info('master');
  }

  datanodes(): readonly NodeInfo[] {
    return this.#info('datanode');
  }

  async kill(...ids: readonly string[]): Promise<void> {
    this.#each('kill', ids, (node) => this.crash(node.id, this.runtime === 'thread' ? THREAD_KILLED : 'SIGKILL'));
  }

  async stop(...ids: readonly string[]): Promise<void> {
    this.#each('stop', ids, (node) => this.crash(node.id, null));
  }

  async powercut(...ids: readonly string[]): Promise<void> {
    this.#each('powercut', ids, (node) => this.crash(node.id, POWER_CUT));
  }

  async strike(ids: readonly string[], { power }: CrashOptions): Promise<void> {
    await (power ? this.powercut(...ids) : this.kill(...ids));
  }

  async wipe(...ids: readonly string[]): Promise<void> {
    this.#each('wipe', ids, (node) => this.crash(node.id, 'SIGKILL'));
  }

  async forceWipe(...ids: readonly string[]): Promise<void> {
    await this.wipe(...ids);
  }

  async backup(...ids: readonly string[]): Promise<void> {
    this.#each('backup', ids, () => undefined);
  }

  async restoreOld(...ids: readonly string[]): Promise<void> {
    this.#each('restore-old', ids, (node) => this.crash(node.id, 'SIGKILL'));
  }

  async refound(...ids: readonly string[]): Promise<void> {
    this.#each('refound', ids, (node) => this.crash(node.id, 'SIGKILL'));
  }

  async add(...ids: readonly string[]): Promise<void> {
    this.calls.push({ action: 'add', nodes: ids });
    if (this.sabotage.ignore === 'add') return;
    for (const id of ids) this.#nodes.push({ id, role: 'datanode', pid: this.#pid(), state: 'live', partitioned: false });
    if (this.sabotage.lateAdd !== undefined) throw new DfsError('UNAVAILABLE', this.sabotage.lateAdd);
  }

  async restart(...ids: readonly string[]): Promise<void> {
    if (this.#restartsToRefuse > 0) {
      this.#restartsToRefuse -= 1;
      throw new DfsError('UNAVAILABLE', `Node ${ids.join()} ended before it served`);
    }
    this.#each('restart', ids, (node) => {
      if (node.pid !== null) this.crash(node.id, null);
      node.pid = this.#pid();
      this.#turn(node, 'live');
    });
  }

  async pause(...ids: readonly string[]): Promise<void> {
    this.#each('pause', ids, (node) => {
      this.suspended.add(node.pid ?? 0);
      this.#turn(node, 'paused');
    });
  }

  async resume(...ids: readonly string[]): Promise<void> {
    this.#each('resume', ids, (node) => {
      this.suspended.delete(node.pid ?? 0);
      this.#turn(node, 'live');
    });
  }

  async partition(group: readonly string[]): Promise<void> {
    await this.inject({ action: 'partition', kind: 'stall', direction: 'both' }, group);
  }

  async isolate(ids: readonly string[]): Promise<void> {
    await this.inject({ action: 'isolate', kind: 'stall', direction: 'both' }, ids);
  }

  /** A partition has had its effect on a node once that is stale; anything else has it at once. */
  async inject(fault: LastingFault | DamageFault, ids: readonly string[]): Promise<ActiveFault> {
    const isCut = fault.action === 'partition' || fault.action === 'isolate';
    this.#each(fault.action, ids, (node) => {
      if (isCut) this.#cut(node);
    });
    const isStale = (id: string): boolean => this.#nodes.some((node) => node.id === id && node.state === 'stale');
    const isIgnored = this.sabotage.ignore === fault.action;
    return {
      counts: isCut ? 'nodes cut off' : 'blows',
      effects: async () => (isIgnored ? 0 : ids.filter((id) => !isCut || isStale(id)).length),
      lift: async () => {
        this.calls.push({ action: 'lift', nodes: ids });
        this.#free(ids);
      },
    };
  }

  async holders(): Promise<readonly string[]> {
    return [];
  }

  async writers(): Promise<readonly string[]> {
    return [];
  }

  async transferLeadership(masterId = 'm-1'): Promise<string> {
    this.leader = masterId;
    return masterId;
  }

  async heal(ids?: readonly string[]): Promise<void> {
    const all = this.#nodes.map((node) => node.id);
    this.#each('heal', ids ?? all, () => undefined);
    this.#free(ids ?? all);
  }

  async status(): Promise<ClusterStatus> {
    if (this.sabotage.electAtFirstLook === true && !this.#isElected) {
      this.#isElected = true;
      this.#emit({ event: 'leader', atMs: 0, node: 'm-1', term: 1 });
    }
    const underReplicated = this.sabotage.underReplicated ?? 0;
    const leader = this.leader;
    return {
      clusterId: 'fake',
      nodes: this.#nodes.map(({ id, role, state, pid, partitioned }) => {
        const figures = { rack: '', usedBytes: 0, capacityBytes: 0, replicaCount: 0, disk: 'writable' as const };
        const member = role === 'master' ? memberOf(id === leader) : null;
        return { id, role, state, pid, partitioned, member, address: '127.0.0.1:1', ...figures };
      }),
      chunks: { total: 10, healthy: 10 - underReplicated, underReplicated, missing: 0, unreported: 0 },
      files: 0,
      safeMode: false,
      term: 1,
      leader,
      leaderChanges: 0,
      repairsCompleted: 0,
      orphanReplicas: 0,
      masterReachable: true,
      faults: [],
    };
  }

  async chunks(): Promise<readonly never[]> {
    return [];
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  crash(id: string, signal: string | null, code = 0): void {
    const node = this.#nodes.find((candidate) => candidate.id === id);
    if (node === undefined || node.pid === null) return;
    node.pid = null;
    this.#emit({ event: 'node-exit', atMs: 0, node: id, code: signal === null ? code : null, signal });
    this.#turn(node, 'stopped');
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  #pid(): number {
    this.#nextPid += 1;
    return this.#nextPid;
  }

  #info(role: 'master' | 'datanode'): NodeInfo[] {
    return this.#nodes
      .filter((node) => node.role === role)
      .map(({ id, pid }) => ({ id, role, pid, life: pid, address: '127.0.0.1:1', dataDir: '', log: '' }));
  }

  #each(action: FaultAction, ids: readonly string[], act: (node: FakeNode) => void): void {
    if (this.sabotage.spare === action) throw new NothingToDamage(`nothing for ${action} to strike`);
    this.calls.push({ action, nodes: ids });
    if (this.sabotage.ignore === action) return;
    for (const node of this.#nodes) if (ids.includes(node.id)) act(node);
  }

  /** The node goes stale a little later, as at a master that no longer hears it. */
  #cut(node: FakeNode): void {
    node.partitioned = true;
    const timer = setTimeout(() => {
      if (node.partitioned && node.state === 'live') this.#turn(node, 'stale');
    }, STALE_AFTER_MS);
    this.#timers.add(timer);
  }

  #free(ids: readonly string[]): void {
    for (const node of this.#nodes) {
      if (!node.partitioned || !ids.includes(node.id)) continue;
      node.partitioned = false;
      if (node.pid !== null) this.#turn(node, 'live');
    }
  }

  #turn(node: FakeNode, to: NodeState): void {
    const from = node.state;
    node.state = to;
    this.#emit({ event: 'node-state', atMs: 0, node: node.id, from, to });
  }

  #emit(event: ClusterEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

class FakeFileSystem {
  readonly #files = new Map<string, Uint8Array>();
  readonly #deleted = new Map<string, Uint8Array>();
  readonly #unreadable = new Set<string>();
  #writes = 0;
  #reads = 0;

  constructor(readonly cluster: FakeCluster) {}

  client(identity: string): FileClient {
    const { sabotage } = this.cluster;
    // Only the reader of the end has this name.
    if (identity === 'client' && sabotage.resurrect === true) {
      for (const [path, content] of this.#deleted) this.#files.set(path, content);
    }
    return {
      mkdir: async () => {},
      makeDirectory: async () => {},
      readdir: async () => [],
      createFile: async (path, content) => this.#write(path, content),
      rename: async () => {},
      removeTree: async () => {},
      close: async () => {},
      exists: async (path) => this.#files.has(path),
      writeFile: async (path, content) => this.#write(path, content),
      writeStream: async (path, source) => this.#write(path, Buffer.concat([...source.pieces()])),
      readFile: async (path) => this.#read(path),
      readStream: async (path, onPiece, range) => onPiece(this.#read(path).subarray(range?.startByte, range?.endByte)),
      rm: async (path) => {
        if (!this.#files.has(path)) throw new DfsError('NOT_FOUND', `No file "${path}"`);
        this.#deleted.set(path, this.#files.get(path) ?? new Uint8Array());
        this.#files.delete(path);
      },
    };
  }

  #write(path: string, content: Uint8Array): void {
    const { sabotage } = this.cluster;
    if (sabotage.refuseWrites === true) throw new DfsError('NOT_ENOUGH_REPLICAS', 'No nodes');
    this.#writes += 1;
    if (this.#writes === 1 && sabotage.crashNode !== undefined) this.cluster.crash(sabotage.crashNode, 'SIGSEGV');
    if (sabotage.unreadable === true) this.#unreadable.add(path);
    if (sabotage.loseWrites !== true) this.#files.set(path, content);
  }

  #read(path: string): Uint8Array {
    const content = this.#files.get(path);
    if (content === undefined) throw new DfsError('NOT_FOUND', `No file "${path}"`);
    if (this.#unreadable.has(path)) throw new DfsError('CHUNK_UNAVAILABLE', `No replica of "${path}"`);
    this.#reads += 1;
    const { flipEveryReads } = this.cluster.sabotage;
    if (flipEveryReads === undefined || this.#reads % flipEveryReads !== 0) return content;
    const flipped = content.slice();
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    return flipped;
  }
}

export interface FakeWorld {
  /** The cluster's folder. */
  readonly dir: string;
  readonly world: ScenarioWorld;
  /** The cluster, once it was started. */
  readonly cluster: () => FakeCluster;
  readonly remove: () => Promise<void>;
}

export async function createFakeWorld(sabotage: Sabotage = {}): Promise<FakeWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'distrifs-fake-'));
  let starts = 0;
  let cluster: FakeCluster | undefined;
  let files: FakeFileSystem | undefined;
  const started = (): FakeCluster => {
    if (cluster === undefined) throw new Error('No cluster was started');
    return cluster;
  };
  return {
    dir,
    world: {
      endPatienceMs: 300,
      temporaryFiles: async () => 0,
      startCluster: async (options: ClusterOptions) => {
        if (sabotage.refuseStart === true) throw new DfsError('ADDRESS_IN_USE', 'Cannot listen on 127.0.0.1:7000');
        starts += 1;
        const isHonest = (sabotage.onlyInRun ?? starts) !== starts;
        cluster = new FakeCluster(dir, options.datanodes ?? 5, isHonest ? {} : sabotage, options.masters);
        if (sabotage.leaveLog !== undefined) await writeFile(join(dir, sabotage.leaveLog), 'a line\n');
        files = new FakeFileSystem(cluster);
        return cluster;
      },
      connect: (_, identity) => {
        if (files === undefined) throw new Error('No cluster was started');
        return files.client(identity);
      },
    },
    cluster: started,
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
