/**
 * ActiveNodes: the datanodes as this master sees them, whatever its role. Soft state, rebuilt from registrations and heartbeats.
 *
 *   LIVE ──(silent > staleAfterMs)──▶ STALE ──(> deadAfterMs)──▶ DEAD        or > lostAfterMs since its connection broke
 *    ▲──────────────── heartbeat ──────┴───────────────────────────┘   from DEAD: a full report is asked for
 *
 * When this master comes to lead, what it knows of the nodes stays, but for two things. Nothing counts as confirmed before it is
 * reported under the new term. And silence towards a follower proves little (it may have been cut off or paused itself), so it
 * counts as staleAfterMs at most: a silent node is STALE, gets no writes, and has the rest of deadAfterMs to speak before it is DEAD.
 *
 * One event loop: every method reads and changes without an await between (the specification's RWMutex has no other meaning here).
 */
import type { DiskState__Output } from '../../protocol/generated/distrifs/v1/DiskState.js';
import type { NodeState__Output } from '../../protocol/generated/distrifs/v1/NodeState.js';
import type { NodeStats__Output } from '../../protocol/generated/distrifs/v1/NodeStats.js';
import type { Timings } from '../../shared/profile.js';
import type { KnownNode } from '../state/tables/known-node.js';

type LivenessTimings = Pick<Timings, 'staleAfterMs' | 'deadAfterMs' | 'lostAfterMs'>;

export type Liveness = Exclude<NodeState__Output, 'NODE_STATE_UNSPECIFIED'>;

/** Bytes planned on a node that its own figures do not show yet. */
export interface SpaceHold {
  /** 0 until the plan has one. */
  chunkId: number;
  readonly bytes: number;
  /** Heartbeats of the node since the plan was made. */
  heartbeats: number;
}

export interface ActiveNode {
  readonly id: string;
  incarnation: string;
  address: string;
  rack: string;
  /** Of the process that registered last; empty: it is of an older release, or none did. */
  runId: string;
  /** 0: known from the log, not registered with this master. */
  registrationId: number;
  state: Liveness;
  /** Monotonic; for a node not heard yet, when this master learned of it or began to lead. */
  lastHeartbeatMs: number;
  /** When the connection broke over which it waited for commands; null while nothing says so. */
  hungUpMs: number | null;
  stats: NodeStats__Output;
  acceptedTerm: number;
  /** Reports made under this count as confirmed. Changes when what the node holds may have changed unseen, and with each leadership. */
  confirmEpoch: number;
  /** The term in which this master leads, or led last; 0: it never did. Deletions that it commanded in another are void. */
  ledTerm: number;
  /** A full report arrived, in this epoch and under the leader's term. */
  hasReported: boolean;
  needsFullReport: boolean;
  /** The highest number of a report, full or of changes, in this registration. */
  lastReportId: number;
  readonly holds: Set<SpaceHold>;
}

const NO_STATS: NodeStats__Output = {
  capacityBytes: 0,
  usedBytes: 0,
  freeBytes: 0,
  chunkCount: 0,
  activeWrites: 0,
  activeReads: 0,
  disk: null,
};

/** A reservation shows in a node's figures by its second heartbeat, or it was never made. */
const HOLD_HEARTBEATS = 2;

export interface Registration {
  readonly id: string;
  readonly incarnation: string;
  readonly address: string;
  readonly rack: string;
  readonly runId: string;
  readonly acceptedTerm: number;
  readonly stats: NodeStats__Output | null;
}

export class ActiveNodes {
  readonly #nodes = new Map<string, ActiveNode>();
  readonly #timings: LivenessTimings;
  #lastRegistrationId: number;
  #leaderTerm = 0;

  /** @param firstRegistrationId chosen so that numbers given before this master's start are unknown to it */
  constructor(firstRegistrationId: number, timings: LivenessTimings) {
    this.#lastRegistrationId = firstRegistrationId - 1;
    this.#timings = timings;
  }

  /** This master leads from now on. */
  beginTerm(term: number, nowMs: number): void {
    this.#leaderTerm = term;
    for (const node of this.#nodes.values()) {
      const isHeard = node.registrationId !== 0;
      node.ledTerm = term;
      node.confirmEpoch += 1;
      node.hasReported = false;
      node.needsFullReport = isHeard;
      node.holds.clear();
      node.lastHeartbeatMs = isHeard ? Math.max(node.lastHeartbeatMs, nowMs - this.#timings.staleAfterMs - 1) : nowMs;
      if (node.hungUpMs !== null) node.hungUpMs = nowMs;
      node.state = livenessOf(node, this.#timings, nowMs);
    }
  }

  /** It does not lead any more: what was planned under it comes to nothing. */
  endTerm(): void {
    for (const node of this.#nodes.values()) node.holds.clear();
  }

  /** Takes a node over from the log: STALE until it is heard, DEAD when it is not. */
  addKnown(known: Pick<KnownNode, 'id' | 'incarnation' | 'address' | 'rack'>, nowMs: number): ActiveNode {
    const node: ActiveNode = {
      id: known.id,
      incarnation: known.incarnation,
      address: known.address,
      rack: known.rack,
      runId: '',
      registrationId: 0,
      state: 'STALE',
      lastHeartbeatMs: nowMs,
      hungUpMs: null,
      stats: NO_STATS,
      acceptedTerm: 0,
      confirmEpoch: 0,
      ledTerm: this.#leaderTerm,
      hasReported: false,
      needsFullReport: false,
      lastReportId: 0,
      holds: new Set(),
    };
    this.#nodes.set(node.id, node);
    return node;
  }

  get(nodeId: string): ActiveNode | undefined {
    return this.#nodes.get(nodeId);
  }

  get size(): number {
    return this.#nodes.size;
  }

  all(): IterableIterator<ActiveNode> {
    return this.#nodes.values();
  }

  count(state: Liveness): number {
    let count = 0;
    for (const node of this.#nodes.values()) if (node.state === state) count += 1;
    return count;
  }

  /** The registered node, or undefined when it must register (again). */
  registered(nodeId: string, registrationId: number): ActiveNode | undefined {
    const node = this.#nodes.get(nodeId);
    return node !== undefined && registrationId !== 0 && node.registrationId === registrationId ? node : undefined;
  }

  /** Registers a node under a new number; reports of earlier registrations no longer count as confirmed. */
  register(registration: Registration, nowMs: number): ActiveNode {
    const node = this.#nodes.get(registration.id) ?? this.addKnown(registration, nowMs);
    this.#lastRegistrationId += 1;
    node.incarnation = registration.incarnation;
    node.address = registration.address;
    node.rack = registration.rack;
    node.runId = registration.runId;
    node.registrationId = this.#lastRegistrationId;
    node.state = 'LIVE';
    node.lastHeartbeatMs = nowMs;
    node.hungUpMs = null;
    node.stats = registration.stats ?? NO_STATS;
    node.acceptedTerm = registration.acceptedTerm;
    node.confirmEpoch += 1;
    node.hasReported = false;
    node.needsFullReport = false;
    node.lastReportId = 0;
    node.holds.clear();
    return node;
  }

  /** The log says that the id belongs to another folder now, or to another address: the node that bears it must register. */
  replace(node: ActiveNode, known: Pick<KnownNode, 'incarnation' | 'address' | 'rack'>): void {
    node.incarnation = known.incarnation;
    node.address = known.address;
    node.rack = known.rack;
    node.registrationId = 0;
    node.confirmEpoch += 1;
    node.hasReported = false;
    node.needsFullReport = false;
    node.holds.clear();
  }

  /** The log does not know it any more. */
  forget(nodeId: string): void {
    this.#nodes.delete(nodeId);
  }

  /** A sign of life. @returns the state before it */
  heartbeat(node: ActiveNode, acceptedTerm: number, stats: NodeStats__Output | null, nowMs: number): Liveness {
    const before = node.state;
    if (before === 'DEAD') {
      node.needsFullReport = true;
      node.hasReported = false;
      node.confirmEpoch += 1;
    }
    node.state = 'LIVE';
    node.lastHeartbeatMs = nowMs;
    node.hungUpMs = null;
    node.acceptedTerm = Math.max(node.acceptedTerm, acceptedTerm);
    if (stats !== null) node.stats = stats;
    for (const hold of node.holds) {
      hold.heartbeats += 1;
      if (hold.heartbeats >= HOLD_HEARTBEATS) node.holds.delete(hold);
    }
    return before;
  }

  /** The node went away while it waited for commands: its process may be gone. A heartbeat takes that back. */
  hungUp(node: ActiveNode, nowMs: number): void {
    node.hungUpMs = nowMs;
  }

  /**
   * Tells whether a report comes too late: a later one of the node has arrived before it, as happens when a connection stalls and
   * another takes its place. Such a report would bring back what is gone.
   * @param reportId 0: not numbered, and never late
   */
  isLateReport(node: ActiveNode, reportId: number, part: number): boolean {
    if (reportId === 0) return false;
    if (reportId < node.lastReportId || (reportId === node.lastReportId && part === 0)) return true;
    node.lastReportId = reportId;
    return false;
  }

  /** Ages all nodes. @returns those whose state changed, with the one before */
  tick(nowMs: number): { readonly node: ActiveNode; readonly before: Liveness }[] {
    const changed: { node: ActiveNode; before: Liveness }[] = [];
    for (const node of this.#nodes.values()) {
      const state = livenessOf(node, this.#timings, nowMs);
      if (state === node.state) continue;
      changed.push({ node, before: node.state });
      node.state = state;
    }
    return changed;
  }

  /** Sets planned bytes aside until the node's own figures show them. */
  hold(nodeIds: readonly string[], bytes: number): SpaceHold {
    const hold: SpaceHold = { chunkId: 0, bytes, heartbeats: 0 };
    for (const nodeId of nodeIds) this.#nodes.get(nodeId)?.holds.add(hold);
    return hold;
  }

  /** The plan came to nothing. */
  release(hold: SpaceHold): void {
    for (const node of this.#nodes.values()) node.holds.delete(hold);
  }

  /** The node reported the chunk together with its figures: they count it now. */
  settle(node: ActiveNode, chunkId: number): void {
    for (const hold of node.holds) if (hold.chunkId === chunkId) node.holds.delete(hold);
  }
}

/** Bytes that may be planned on a node. */
export function freeBytesOf(node: ActiveNode): number {
  let held = 0;
  for (const hold of node.holds) held += hold.bytes;
  return Math.max(0, node.stats.freeBytes - held);
}

/** Whether its data folder takes changes, as far as known. */
export function diskStateOf(node: ActiveNode): DiskState__Output {
  return node.stats.disk?.state ?? 'WRITABLE';
}

/** Writes under way on a node, as far as known. */
export function loadOf(node: ActiveNode): number {
  return node.stats.activeWrites + node.holds.size;
}

function livenessOf(node: ActiveNode, timings: LivenessTimings, nowMs: number): Liveness {
  const silentMs = nowMs - node.lastHeartbeatMs;
  if (silentMs > timings.deadAfterMs) return 'DEAD';
  if (node.hungUpMs !== null && nowMs - node.hungUpMs > timings.lostAfterMs) return 'DEAD';
  return node.registrationId !== 0 && silentMs <= timings.staleAfterMs ? 'LIVE' : 'STALE';
}
