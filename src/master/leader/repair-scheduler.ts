/**
 * Has weak chunks copied, within limits for each node.
 *
 *   weak ─▶ command to a source ─┬ each target reports the version ─▶ done
 *                              ├ the source reports a failure, or a node dies ─▶ again, without the one to blame
 *                              └ no result within repairTimeoutMs ─▶ again, without any of them
 */
import type { CommandFailure__Output } from '../../protocol/generated/distrifs/v1/CommandFailure.js';
import { fromErrorDetail } from '../../protocol/error-detail.js';
import type { Clock, Logger, Random } from '../../shared/runtime.js';
import type { Timings } from '../../shared/profile.js';
import { freeBytesOf, loadOf } from '../datanodes/active-nodes.js';
import type { ActiveNodes, SpaceHold } from '../datanodes/active-nodes.js';
import type { ChunkHealth } from '../datanodes/chunk-health.js';
import { isAtHand, isConfirmed, isOfChunk, isUsable } from '../datanodes/locations.js';
import type { Locations } from '../datanodes/locations.js';
import type { Commands } from './commands.js';
import { planRepair } from './repair.js';
import type { RepairChunk, RepairNode, RepairPlan } from './repair.js';
import type { Chunk, ChunkTable } from '../state/tables/chunk-table.js';

/** Chunks looked at in one pass: bounds what a pass costs. */
const CANDIDATES_PER_PASS = 64;
/** Copies under way in the whole cluster. */
const COPIES_MAX = 1_000;

interface Copy {
  readonly commandId: number;
  readonly chunkId: number;
  readonly version: number;
  readonly source: string;
  readonly isLastResort: boolean;
  /** Targets that have not reported it yet. */
  readonly waitingFor: Set<string>;
  readonly hold: SpaceHold;
  readonly deadlineMs: number;
}

interface Avoided {
  readonly nodeIds: Set<string>;
  untilMs: number;
}

export class RepairScheduler {
  readonly #chunks: ChunkTable;
  readonly #nodes: ActiveNodes;
  readonly #locations: Locations;
  readonly #health: ChunkHealth;
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #timings: Timings;
  /** By chunk: one repair of a chunk at a time. */
  readonly #copies = new Map<number, Copy>();
  readonly #avoided = new Map<number, Avoided>();
  #completed = 0;

  constructor(
    state: {
      readonly chunks: ChunkTable;
      readonly nodes: ActiveNodes;
      readonly locations: Locations;
      readonly health: ChunkHealth;
    },
    commands: Commands,
    runtime: { readonly clock: Clock; readonly random: Random; readonly log: Logger },
    timings: Timings,
  ) {
    this.#chunks = state.chunks;
    this.#nodes = state.nodes;
    this.#locations = state.locations;
    this.#health = state.health;
    this.#commands = commands;
    this.#clock = runtime.clock;
    this.#random = runtime.random;
    this.#log = runtime.log;
    this.#timings = timings;
  }

  /** Replicas that were copied and reported. */
  get completed(): number {
    return this.#completed;
  }

  /** Ends copies that take too long, then commands new ones. */
  pass(): void {
    const nowMs = this.#clock.nowMs();
    this.#expire(nowMs);
    // Weak for a moment is normal: a new version's replicas are confirmed one after the other.
    const candidates = this.#health.repairCandidates(CANDIDATES_PER_PASS, nowMs - this.#timings.heartbeatIntervalMs);
    const nodes = this.#repairNodes();
    for (const chunkId of candidates) {
      if (this.#copies.size >= COPIES_MAX) return;
      const chunk = this.#chunks.get(chunkId);
      const plan = chunk === undefined ? null : this.#plan(chunk, nodes);
      if (chunk === undefined || plan === null || !this.#command(chunk, plan, nodes, nowMs)) this.#health.postpone(chunkId);
    }
  }

  /** A chunk's replicas changed: perhaps a copy has arrived. */
  replicasChanged(chunkId: number): void {
    const copy = this.#copies.get(chunkId);
    if (copy === undefined) return;
    for (const nodeId of copy.waitingFor) {
      const record = this.#locations.find(chunkId, nodeId);
      if (record?.version !== copy.version || record.isDamaged || !isConfirmed(record)) continue;
      copy.waitingFor.delete(nodeId);
      this.#completed += 1;
    }
    if (copy.waitingFor.size === 0) this.#copies.delete(chunkId);
  }

  /** A source could not carry its command out. */
  commandFailed(nodeId: string, failure: CommandFailure__Output): void {
    for (const copy of this.#copies.values()) {
      if (copy.commandId !== failure.commandId || copy.source !== nodeId) continue;
      const error = failure.error === null ? null : fromErrorDetail(failure.error);
      const blamed = error?.nodeId ?? nodeId;
      this.#log.warn(
        `Repair of chunk ${copy.chunkId} from ${nodeId} failed, ${blamed} is to blame: ${error?.message ?? 'no reason given'}`,
        {
          chunkId: copy.chunkId,
          nodeId,
          blamed,
        },
      );
      this.#blame(copy, blamed);
      return;
    }
  }

  /** A node died, or came back without what it was doing. */
  nodeLost(nodeId: string): void {
    for (const copy of [...this.#copies.values()]) {
      if (copy.source === nodeId || copy.waitingFor.has(nodeId)) this.#giveUp(copy, []);
    }
  }

  /** A failed target leaves the copies to the others alone; anything else ends them. */
  #blame(copy: Copy, blamed: string): void {
    if (copy.waitingFor.size > 1 && copy.waitingFor.delete(blamed)) this.#avoid(copy, [blamed]);
    else this.#giveUp(copy, [blamed]);
  }

  #expire(nowMs: number): void {
    for (const copy of [...this.#copies.values()]) {
      if (copy.deadlineMs <= nowMs || this.#chunks.get(copy.chunkId)?.version !== copy.version) {
        this.#giveUp(copy, copy.deadlineMs <= nowMs ? [copy.source, ...copy.waitingFor] : []);
      }
    }
    for (const [chunkId, avoided] of this.#avoided) if (avoided.untilMs <= nowMs) this.#avoided.delete(chunkId);
  }

  #giveUp(copy: Copy, blamed: readonly string[]): void {
    this.#copies.delete(copy.chunkId);
    this.#nodes.release(copy.hold);
    if (blamed.length > 0) this.#avoid(copy, blamed);
  }

  #avoid({ chunkId, isLastResort }: Copy, nodeIds: readonly string[]): void {
    const avoided = this.#avoided.get(chunkId) ?? { nodeIds: new Set<string>(), untilMs: 0 };
    for (const nodeId of nodeIds) avoided.nodeIds.add(nodeId);
    // Long enough for a dying node to turn stale; then it may be asked again, in case there is no other node. Of blocks that no node
    // has, that would be for ever: they can only come back with a node or a disk.
    avoided.untilMs = this.#clock.nowMs() + (isLastResort ? this.#timings.repairTimeoutMs : this.#timings.staleAfterMs);
    this.#avoided.set(chunkId, avoided);
  }

  #plan(chunk: Chunk, nodes: ReadonlyMap<string, MutableRepairNode>): RepairPlan | null {
    // A chunk that is being written again is its writer's business.
    if (this.#copies.has(chunk.id) || (chunk.reserved !== chunk.version && !chunk.visible)) return null;
    const avoid = this.#avoided.get(chunk.id)?.nodeIds ?? new Set<string>();
    return planRepair(this.#repairChunk(chunk), [...nodes.values()], avoid, this.#random);
  }

  #command(chunk: Chunk, plan: RepairPlan, nodes: ReadonlyMap<string, MutableRepairNode>, nowMs: number): boolean {
    const targets = plan.targets.map(({ id, address }) => ({ nodeId: id, address }));
    const sources = plan.others.map(({ id, address }) => ({ nodeId: id, address }));
    const replicate = { chunkId: chunk.id, version: chunk.version, lengthBytes: chunk.lengthBytes, targets, sources };
    const commandId = this.#commands.give(plan.source, { replicate });
    if (commandId === null) return false;
    const targetIds = targets.map((target) => target.nodeId);
    const hold = this.#nodes.hold(targetIds, chunk.lengthBytes);
    hold.chunkId = chunk.id;
    this.#copies.set(chunk.id, {
      commandId,
      chunkId: chunk.id,
      version: chunk.version,
      source: plan.source,
      isLastResort: plan.isLastResort,
      waitingFor: new Set(targetIds),
      hold,
      deadlineMs: nowMs + this.#timings.repairTimeoutMs,
    });
    for (const node of nodes.values()) {
      if (node.id === plan.source) node.sending += 1;
      if (targetIds.includes(node.id)) node.receiving += 1;
    }
    this.#log.info(`Repair of chunk ${chunk.id} version ${chunk.version}: ${plan.source} copies it to ${targetIds.join(', ')}`, {
      chunkId: chunk.id,
    });
    return true;
  }

  #repairChunk(chunk: Chunk): RepairChunk {
    const replicas = this.#locations.ofChunk(chunk.id).map((record) => {
      const isCurrent = isOfChunk(record, chunk) && isUsable(record);
      const isDamaged = isOfChunk(record, chunk) && record.isDamaged && isAtHand(record);
      return {
        nodeId: record.node.id,
        rack: record.node.rack,
        isSource: (isCurrent || isDamaged) && isConfirmed(record) && record.node.state === 'LIVE',
        isDamaged,
        counts: isCurrent,
        isReplaceable: isDamaged || (record.state === 'committed' && record.version < chunk.version),
      };
    });
    return { chunkId: chunk.id, lengthBytes: chunk.lengthBytes, replication: chunk.replication, replicas };
  }

  #repairNodes(): Map<string, MutableRepairNode> {
    const nodes = new Map<string, MutableRepairNode>();
    for (const node of this.#nodes.all()) {
      nodes.set(node.id, {
        id: node.id,
        address: node.address,
        rack: node.rack,
        state: node.state,
        freeBytes: freeBytesOf(node),
        load: loadOf(node),
        sending: 0,
        receiving: 0,
      });
    }
    for (const copy of this.#copies.values()) {
      const source = nodes.get(copy.source);
      if (source !== undefined) source.sending += copy.waitingFor.size;
      for (const nodeId of copy.waitingFor) {
        const target = nodes.get(nodeId);
        if (target !== undefined) target.receiving += 1;
      }
    }
    return nodes;
  }
}

type MutableRepairNode = { -readonly [Key in keyof RepairNode]: RepairNode[Key] };
