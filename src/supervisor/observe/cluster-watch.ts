/** Watches a cluster: polls the masters, follows the logs, and emits changes as events. */
import type { Timings } from '../../shared/profile.js';
import type { Clock, Timer } from '../../shared/runtime.js';
import { GroupWatch } from './group-watch.js';
import type { MasterSource } from './group-watch.js';
import type { LogLine } from './log-tail.js';
import type { MasterAnswer } from './master-status-view.js';
import { hasVote, nodeState, opinionOfMaster } from './node-state.js';
import type { Opinion, ProcessFacts } from './node-state.js';
import type { ClusterEvent } from '../api/cluster-events.js';
import type { ChunkCounts, ClusterStatus, NodeRole, NodeState, NodeStatus } from '../api/cluster-status.js';

/** Limit of the interval, so that the status is updated even with slow heartbeats. */
const INTERVAL_MS_MAX = 1_000;

const NO_CHUNKS: ChunkCounts = { total: 0, healthy: 0, underReplicated: 0, missing: 0, unreported: 0 };

/** A watched node. */
export interface WatchedNode {
  readonly id: string;
  readonly role: NodeRole;
  readonly rack: string;
  readonly address: string;
  readonly pid: number | null;
  readonly facts: ProcessFacts;
  /** Warnings and errors of the node since the last call. */
  newLogLines(): readonly LogLine[];
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
  readonly #group: GroupWatch;
  readonly #shown = new Map<string, NodeState>();
  #shownChunks = NO_CHUNKS;
  /** Counters of the last known leader, and of the leaders before. */
  #repairs = { term: 0, ofTerm: 0, before: 0 };
  #polling: Promise<void> | null = null;
  #timer: Timer | undefined;

  constructor(options: ClusterWatchOptions) {
    this.#nodes = options.nodes;
    this.#clock = options.clock;
    this.#timings = options.timings;
    this.#isCut = options.isCut;
    this.#emit = options.emit;
    this.#group = new GroupWatch({
      masters: options.nodes.filter((node) => node.role === 'master'),
      clock: options.clock,
      deadlineMs: options.timings.rpcDeadlineMs,
      onLeader: (node, term) => this.#emit({ event: 'leader', atMs: this.#clock.wallMs(), node, term }),
      onAnswer: () => {
        this.#countRepairs();
        this.notice();
      },
    });
  }

  /** Sets the connections to the masters; `refresh` has no effect before. */
  connect(source: MasterSource): void {
    this.#group.connect(source);
  }

  /** False when no running master answered the last poll. */
  get isReachable(): boolean {
    return this.#group.isReachable;
  }

  /** The master that leads, as far as known. */
  get leader(): string | null {
    return this.#group.leader?.id ?? null;
  }

  /** The last status of a master that runs and answers. */
  answerOf(masterId: string): MasterAnswer | null {
    return this.#group.current(masterId);
  }

  /** Polls at intervals from now on. */
  start(): void {
    const intervalMs = Math.min(this.#timings.heartbeatIntervalMs, INTERVAL_MS_MAX);
    this.#timer = this.#clock.setTimer(intervalMs, () => {
      void this.refresh().then(() => {
        if (this.#timer !== undefined) this.start();
      });
    });
  }

  /** Stops polling. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /**
   * Polls the masters once, and emits changes; does not wait for silent masters. Never rejects. Overlapping calls share one round.
   */
  refresh(): Promise<void> {
    this.#polling ??= this.#poll().finally(() => (this.#polling = null));
    return this.#polling;
  }

  /** Emits the node states that changed, as far as known now. */
  notice(): void {
    for (const { id, state } of this.status().nodes) {
      const from = this.#shown.get(id) ?? 'stopped';
      if (from === state) continue;
      this.#shown.set(id, state);
      this.#emit({ event: 'node-state', atMs: this.#clock.wallMs(), node: id, from, to: state });
    }
  }

  /** The status of the cluster, as far as known now. */
  status(): ClusterStatus {
    const { picture, leader, leaderChanges } = this.#group;
    return {
      clusterId: picture?.clusterId ?? '',
      nodes: this.#nodes.map((node) => this.#statusOf(node)),
      chunks: picture?.chunks ?? NO_CHUNKS,
      files: picture?.files ?? 0,
      safeMode: picture?.safeMode ?? false,
      term: picture?.term ?? 0,
      leader: leader?.id ?? null,
      leaderChanges,
      repairsCompleted: this.#repairs.before + this.#repairs.ofTerm,
      orphanReplicas: picture?.orphanReplicas ?? 0,
      masterReachable: leader !== null,
      faults: [],
    };
  }

  async #poll(): Promise<void> {
    await this.#group.ask();
    for (const node of this.#nodes) {
      for (const line of node.newLogLines())
        this.#emit({ event: 'node-log', atMs: this.#clock.wallMs(), node: node.id, ...line });
    }
    this.notice();
    const chunks = this.#group.picture?.chunks ?? NO_CHUNKS;
    if (!sameCounts(chunks, this.#shownChunks)) {
      this.#shownChunks = chunks;
      this.#emit({ event: 'chunks', atMs: this.#clock.wallMs(), chunks });
    }
  }

  #statusOf(node: WatchedNode): NodeStatus {
    const { deadAfterMs } = this.#timings;
    const own = this.#group.picture?.datanodes.get(node.id);
    const isMaster = node.role === 'master';
    const opinion = isMaster ? this.#opinionOf(node.id) : (own?.opinion ?? null);
    return {
      id: node.id,
      role: node.role,
      state: nodeState(node.facts, opinion, this.#clock.nowMs(), deadAfterMs),
      pid: node.pid,
      address: node.address,
      rack: node.rack,
      usedBytes: own?.usedBytes ?? 0,
      capacityBytes: own?.capacityBytes ?? 0,
      replicaCount: own?.replicaCount ?? 0,
      disk: own?.disk ?? 'writable',
      partitioned: this.#isCut(node.id),
      member: isMaster ? this.#group.memberStatus(node.id) : null,
    };
  }

  /** Each leader counts only its own events: the counters of earlier leaders are added. */
  #countRepairs(): void {
    const { picture } = this.#group;
    const { term, ofTerm, before } = this.#repairs;
    if (picture === null || picture.term < term) return;
    const { repairsCompleted } = picture;
    if (picture.term > term) this.#repairs = { term: picture.term, ofTerm: repairsCompleted, before: before + ofTerm };
    else this.#repairs = { term, ofTerm: Math.max(ofTerm, repairsCompleted), before };
  }

  #opinionOf(masterId: string): Opinion | null {
    const answer = this.#group.last(masterId);
    if (answer === null) return null;
    const { staleAfterMs, deadAfterMs } = this.#timings;
    return opinionOfMaster(answer.atMs, this.#group.silentMs(masterId), hasVote(answer.group.role), staleAfterMs, deadAfterMs);
  }
}

function sameCounts(a: ChunkCounts, b: ChunkCounts): boolean {
  const isSame = a.total === b.total && a.healthy === b.healthy && a.underReplicated === b.underReplicated;
  return isSame && a.missing === b.missing && a.unreported === b.unreported;
}
