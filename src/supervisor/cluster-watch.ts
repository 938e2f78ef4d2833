/** Watches a cluster: asks the master at intervals, follows the logs, and tells what changed. */
import type { Timings } from '../shared/profile.js';
import type { Clock, Timer } from '../shared/runtime.js';
import type { LogLine } from './log-tail.js';
import type { MasterPicture } from './master-picture.js';
import { nodeState, opinionOfMaster } from './node-state.js';
import type { ProcessFacts } from './node-state.js';
import type { ChunkCounts, ClusterEvent, ClusterStatus, NodeRole, NodeState, NodeStatus } from './types.js';

/** With slow heartbeats the picture should still move. */
const INTERVAL_MS_MAX = 1_000;

const NO_CHUNKS: ChunkCounts = { total: 0, healthy: 0, underReplicated: 0, missing: 0 };

/** A node as it is watched. */
export interface WatchedNode {
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  readonly address: string;
  readonly pid: number | null;
  readonly facts: ProcessFacts;
  /** Its warnings and errors since the last call. */
  newLogLines(): readonly LogLine[];
}

/** The line to the master. */
export interface PictureSource {
  /** Rejects when there is no answer in time. */
  picture(deadlineMs: number): Promise<MasterPicture>;
}

export interface ClusterWatchOptions {
  readonly nodes: readonly WatchedNode[];
  readonly clock: Clock;
  readonly timings: Timings;
  /** True while a partition concerns the node. */
  readonly isCut: (nodeId: string) => boolean;
  readonly emit: (event: ClusterEvent) => void;
}

export class ClusterWatch {
  readonly #nodes: readonly WatchedNode[];
  readonly #clock: Clock;
  readonly #timings: Timings;
  readonly #isCut: (nodeId: string) => boolean;
  readonly #emit: (event: ClusterEvent) => void;
  readonly #shown = new Map<string, NodeState>();
  #link: PictureSource | null = null;
  #picture: MasterPicture | null = null;
  #shownChunks = NO_CHUNKS;
  #isReachable = false;
  #polling: Promise<void> | null = null;
  /** When the question under way was asked. */
  #askedAtMs: number | null = null;
  #timer: Timer | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#nodes = options.nodes;
    this.#clock = options.clock;
    this.#timings = options.timings;
    this.#isCut = options.isCut;
    this.#emit = options.emit;
  }

  /** Gives the line to the master; `refresh` does nothing useful before. */
  connect(link: PictureSource): void {
    this.#link = link;
  }

  /** False when the last question to the master was not answered. */
  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** Asks at intervals from now on. */
  start(): void {
    const intervalMs = Math.min(this.#timings.heartbeatIntervalMs, INTERVAL_MS_MAX);
    this.#timer = this.#clock.setTimer(intervalMs, () => {
      void this.refresh().then(() => {
        if (this.#timer !== undefined) this.start();
      });
    });
  }

  /** Stops asking. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Asks the master once, and tells what changed. Never rejects. Calls that overlap share one question. */
  refresh(): Promise<void> {
    this.#polling ??= this.#poll().finally(() => (this.#polling = null));
    return this.#polling;
  }

  /** Tells the states that changed, by what is known now. */
  notice(): void {
    for (const { id, state } of this.status().nodes) {
      const from = this.#shown.get(id) ?? 'stopped';
      if (from === state) continue;
      this.#shown.set(id, state);
      this.#emit({ event: 'node-state', atMs: this.#clock.wallMs(), node: id, from, to: state });
    }
  }

  /** The picture as it is known now. */
  status(): ClusterStatus {
    const picture = this.#picture;
    return {
      clusterId: picture?.clusterId ?? '',
      nodes: this.#nodes.map((node) => this.#statusOf(node)),
      chunks: picture?.chunks ?? NO_CHUNKS,
      files: picture?.files ?? 0,
      safeMode: picture?.safeMode ?? false,
      term: picture?.term ?? 0,
      repairsCompleted: picture?.repairsCompleted ?? 0,
      orphanReplicas: picture?.orphanReplicas ?? 0,
      masterReachable: this.#isReachable,
    };
  }

  async #poll(): Promise<void> {
    this.#askedAtMs = this.#clock.nowMs();
    try {
      const picture = await this.#link?.picture(this.#timings.rpcDeadlineMs);
      this.#isReachable = picture !== undefined;
      if (picture !== undefined) this.#picture = picture;
    } catch {
      this.#isReachable = false;
    }
    this.#askedAtMs = null;
    for (const node of this.#nodes) {
      for (const line of node.newLogLines())
        this.#emit({ event: 'node-log', atMs: this.#clock.wallMs(), node: node.id, ...line });
    }
    this.notice();
    const chunks = this.#picture?.chunks ?? NO_CHUNKS;
    if (!sameCounts(chunks, this.#shownChunks)) {
      this.#shownChunks = chunks;
      this.#emit({ event: 'chunks', atMs: this.#clock.wallMs(), chunks });
    }
  }

  /** Counted from the question that is not answered: a lab that was too busy to ask proves nothing about the master. */
  #masterSilentMs(nowMs: number): number {
    return nowMs - (this.#isReachable ? (this.#askedAtMs ?? nowMs) : (this.#picture?.atMs ?? nowMs));
  }

  #statusOf(node: WatchedNode): NodeStatus {
    const nowMs = this.#clock.nowMs();
    const { staleAfterMs, deadAfterMs } = this.#timings;
    const own = this.#picture?.datanodes.get(node.id);
    const opinion =
      node.role === 'master'
        ? opinionOfMaster(this.#picture?.atMs ?? null, this.#masterSilentMs(nowMs), staleAfterMs, deadAfterMs)
        : (own?.opinion ?? null);
    return {
      id: node.id,
      role: node.role,
      state: nodeState(node.facts, opinion, nowMs, deadAfterMs),
      pid: node.pid,
      address: node.address,
      rack: node.rack,
      usedBytes: own?.usedBytes ?? 0,
      capacityBytes: own?.capacityBytes ?? 0,
      replicaCount: own?.replicaCount ?? 0,
      partitioned: this.#isCut(node.id),
    };
  }
}

function sameCounts(a: ChunkCounts, b: ChunkCounts): boolean {
  return a.total === b.total && a.healthy === b.healthy && a.underReplicated === b.underReplicated && a.missing === b.missing;
}
