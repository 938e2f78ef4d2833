/**
 * Has weak chunks copied, within limits for each node.
 *
 *   weak ─▶ command to a source ─┬ each target reports the version ─▶ done
 *                              ├ the source reports a failure, or a node dies ─▶ again, without the one to blame
 *                              └ the source names no progress for too long ─▶ again, without any of them
 *
 * A copy takes as long as it gets further: its source limits each of its waits, and names it with its progress in each heartbeat. One
 * that is given up is cancelled at the source, and as long as any node names a copy of a chunk, no other copy of it is commanded.
 */
import type { CommandFailure__Output } from '../../protocol/generated/distrifs/v1/CommandFailure.js';
import type { CopyProgress__Output } from '../../protocol/generated/distrifs/v1/CopyProgress.js';
import { fromErrorDetail } from '../../protocol/error-detail.js';
import type { Clock, Logger, Random } from '../../shared/runtime.js';
import type { Timings } from '../../shared/profile.js';
import { pipelineLimitMs } from '../../shared/wait-limits.js';
import { diskStateOf, freeBytesOf, loadOf } from '../datanodes/active-nodes.js';
import type { ActiveNodes, SpaceHold } from '../datanodes/active-nodes.js';
import type { ChunkHealth } from '../datanodes/chunk-health.js';
import { isAtHand, isConfirmed, isOfChunk, isUsable } from '../datanodes/locations.js';
import type { Locations } from '../datanodes/locations.js';
import type { Commands } from './commands.js';
import { ListedCopies } from './listed-copies.js';
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
  readonly targetCount: number;
  readonly hold: SpaceHold;
  readonly lengthBytes: number;
  /** Bytes acknowledged, as the source named them; -1: it has not named the copy yet. */
  ackedBytes: number;
  /** When that last advanced. */
  progressedMs: number;
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
  readonly #listed = new ListedCopies();
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
    if (copy.waitingFor.size > 0) return;
    this.#copies.delete(chunkId);
    this.#listed.ended(copy.source, this.#commands.term, copy.commandId);
  }

  /** A source names the copies that wait or are under way on it, in a heartbeat. */
  copiesNamed(nodeId: string, named: readonly CopyProgress__Output[]): void {
    this.#listed.put(nodeId, named);
    for (const { term, commandId, chunkId, ackedBytes } of named) {
      if (term !== this.#commands.term) continue;
      const copy = this.#copies.get(chunkId);
      if (copy?.commandId !== commandId || copy.source !== nodeId) {
        // Given up. One that has ended since it was named ignores it.
        this.#commands.give(nodeId, { cancel: { commandId } });
      } else if (ackedBytes > copy.ackedBytes) {
        copy.ackedBytes = ackedBytes;
        copy.progressedMs = this.#clock.nowMs();
      }
    }
  }

  /** A source could not carry its command out. */
  commandFailed(nodeId: string, failure: CommandFailure__Output): void {
    this.#listed.ended(nodeId, this.#commands.term, failure.commandId);
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
    this.#listed.forgetSource(nodeId);
    for (const copy of [...this.#copies.values()]) {
      if (copy.source === nodeId || copy.waitingFor.has(nodeId)) this.#giveUp(copy, []);
    }
  }

  /** A failed target leaves the copies to the others alone; anything else ends them. */
  #blame(copy: Copy, blamed: string): void {
    if (copy.waitingFor.size > 1 && copy.waitingFor.delete(blamed)) this.#avoid(copy, [blamed]);
    else this.#giveUp(copy, [blamed], copy.targetCount === 1);
  }

  #expire(nowMs: number): void {
    for (const copy of [...this.#copies.values()]) {
      const isOverdue = nowMs - copy.progressedMs >= this.#limitMs(copy);
      if (isOverdue || this.#chunks.get(copy.chunkId)?.version !== copy.version) {
        this.#giveUp(copy, isOverdue ? [copy.source, ...copy.waitingFor] : []);
      }
    }
    for (const [chunkId, avoided] of this.#avoided) if (avoided.untilMs <= nowMs) this.#avoided.delete(chunkId);
  }

  /** How long a copy may show no progress. That of one that its source does not name: its command may have been lost. */
  #limitMs({ source, commandId, lengthBytes }: Copy): number {
    const { repairTimeoutMs, heartbeatIntervalMs } = this.#timings;
    if (!this.#listed.has(source, this.#commands.term, commandId)) return repairTimeoutMs;
    // The source gives up first, unless the copy still waits there, and its word is a heartbeat old.
    return Math.max(repairTimeoutMs, pipelineLimitMs(this.#timings, 1, lengthBytes) + 2 * heartbeatIntervalMs);
  }

  /** @param hasEnded at its source, too */
  #giveUp(copy: Copy, blamed: readonly string[], hasEnded = false): void {
    this.#copies.delete(copy.chunkId);
    if (!hasEnded) this.#commands.give(copy.source, { cancel: { commandId: copy.commandId } });
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
    if (this.#copies.has(chunk.id) || this.#listed.hasChunk(chunk.id)) return null;
    if (chunk.reserved !== chunk.version && !chunk.visible) return null;
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
      targetCount: targetIds.length,
      hold,
      lengthBytes: chunk.lengthBytes,
      ackedBytes: -1,
      progressedMs: nowMs,
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
        disk: diskStateOf(node),
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
