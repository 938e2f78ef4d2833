/**
 * What this master knows beside the log, whatever its role: nodes, replicas, health. Datanodes report to all masters, so that one that
 * comes to lead knows nearly everything at once. Wires the parts so that each change reaches the rest, and the leader's work.
 *
 *   restored ─▶ made anew ─▶ follower ──beginTerm──▶ leader        nothing is confirmed at first; the health of all chunks is looked at
 *                                ▲                     │           again, in slices
 *                                └──────endTerm────────┘           the rest stays
 */
import type { Replica__Output } from '../../protocol/generated/distrifs/v1/Replica.js';
import { chunkUuid } from '../../shared/chunk-id.js';
import type { Timings } from '../../shared/profile.js';
import type { LogFields, Logger, Runtime } from '../../shared/runtime.js';
import { ActiveNodes } from './active-nodes.js';
import type { ActiveNode, Liveness } from './active-nodes.js';
import { ChunkHealth } from './chunk-health.js';
import { DeadReplicas } from './dead-replicas.js';
import { Locations } from './locations.js';
import type { ReplicaRecord } from './locations.js';
import type { Chunk, ChunkListener } from '../state/tables/chunk-table.js';
import type { KnownNode } from '../state/tables/known-node.js';
import type { MasterState } from '../state/tables/master-state.js';

/** Chunks that are looked at again in one go: one or two milliseconds. */
const RECHECKS_PER_PASS = 500;

/** The parts of the leader that follow changes of the soft state. */
export interface SoftListener {
  replicasChanged(chunkId: number): void;
  /** A record was removed; it must not be kept. */
  replicaGone(record: ReplicaRecord): void;
  /** It died, or was removed. */
  nodeLost(nodeId: string): void;
}

export class SoftState implements ChunkListener {
  readonly nodes: ActiveNodes;
  readonly locations: Locations;
  readonly health: ChunkHealth;
  readonly #state: MasterState;
  readonly #log: Logger;
  readonly #timings: Timings;
  readonly #clock: Runtime['clock'];
  /** null while this master does not lead. */
  #listener: SoftListener | null = null;
  /** Nodes whose chunks must be looked at again, each with how far that has come. */
  readonly #rechecks = new Map<string, IterableIterator<number>>();
  readonly #deadReplicas: DeadReplicas;
  /** All chunks up to this id have been looked at since this was made, or since this master came to lead; null: all. */
  #countedUpTo: number | null = 0;

  /** @param state whose changes it follows from now on */
  constructor(state: MasterState, runtime: Pick<Runtime, 'clock' | 'log' | 'random'>, timings: Timings) {
    this.#state = state;
    this.#log = runtime.log;
    this.#timings = timings;
    this.#clock = runtime.clock;
    // Below 2^53. A registration with an earlier start of this master must not be taken for one with this.
    this.nodes = new ActiveNodes(runtime.random.uint32() * 2 ** 20 + 1, timings);
    this.locations = new Locations(
      (chunkId) => {
        this.health.refresh(chunkId);
        this.#listener?.replicasChanged(chunkId);
      },
      (record) => {
        this.health.forgetReplica(record);
        this.#listener?.replicaGone(record);
      },
    );
    this.health = new ChunkHealth(state.chunks, this.locations, runtime.clock, runtime.log);
    this.#deadReplicas = new DeadReplicas(state.chunks, this.nodes, this.locations, timings);
    this.#adoptKnown();
    this.#count(RECHECKS_PER_PASS);
    state.chunks.listener = this;
  }

  /** The health of every chunk has been looked at since this was made, or since this master came to lead. */
  get isCounted(): boolean {
    return this.#countedUpTo === null;
  }

  /** This master leads from now on: no replica is confirmed before it is reported under this term. */
  beginTerm(term: number, listener: SoftListener): void {
    this.#adoptKnown();
    this.nodes.beginTerm(term, this.#clock.nowMs());
    // Their first parts were made under another term.
    for (const node of this.nodes.all()) this.locations.dropPartialReport(node.id);
    this.health.isLeading = true;
    this.#listener = listener;
    this.#countedUpTo = 0;
    this.#count(RECHECKS_PER_PASS);
  }

  endTerm(): void {
    this.#listener = null;
    this.health.isLeading = false;
    this.nodes.endTerm();
  }

  chunkChanged(chunk: Chunk): void {
    this.health.refresh(chunk.id);
  }

  chunkCommitted(chunk: Chunk, nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) {
      const node = this.nodes.get(nodeId);
      if (node !== undefined) this.locations.expect(node, chunk.id, chunk.version, chunk.lengthBytes);
    }
    this.health.refresh(chunk.id);
  }

  chunkForgotten(chunkId: number): void {
    this.health.refresh(chunkId);
  }

  /** A node said that one of its replicas changed. */
  replicaChanged(node: ActiveNode, replica: Replica__Output, isConfirmed: boolean): void {
    this.noteDamage(node, replica);
    this.locations.update(node, replica, isConfirmed);
    if (replica.state === 'WRITING' || replica.state === 'COMMITTED') this.nodes.settle(node, replica.chunkId);
  }

  /** Says that a replica is damaged, if its node reports that and it is news. To be called before the report takes effect. */
  noteDamage(node: ActiveNode, replica: Replica__Output): void {
    if (replica.state !== 'CORRUPT') return;
    const known = this.locations.find(replica.chunkId, node.id);
    if (known?.isDamaged !== true || known.version !== replica.version) {
      this.warnCorrupt(replica.chunkId, replica.version, node.id);
    }
  }

  /** The one line that names a damaged replica. */
  warnCorrupt(chunkId: number, version: number, nodeId: string): void {
    const uuid = chunkUuid(this.#state.requireSettings().clusterId, chunkId);
    this.#tell('warn', `Replica of chunk ${uuid} on ${nodeId} is corrupt`, { chunkId, version, nodeId });
  }

  /** A node bears an id that belonged to another folder: what that one held is gone. */
  forgetFolder(node: ActiveNode): void {
    this.#tell('warn', `Datanode ${node.id} came back with an empty folder: its old replicas are forgotten`, { nodeId: node.id });
    this.locations.dropNode(node.id);
  }

  /** Follows the log: takes its nodes, and forgets those that it does not know any more, with their replicas. */
  followNodes(): void {
    this.#adoptKnown();
    if (this.nodes.size === this.#state.nodes.size) return;
    for (const { id } of [...this.nodes.all()]) {
      if (this.#state.nodes.has(id)) continue;
      this.#tell('info', `Datanode ${id} was removed`, { nodeId: id });
      this.#rechecks.delete(id);
      this.#deadReplicas.forgetNode(id);
      this.#listener?.nodeLost(id);
      this.locations.dropNode(id);
      this.nodes.forget(id);
    }
  }

  /** A node died, or came back to life. */
  livenessChanged(node: ActiveNode, before: Liveness): void {
    const fields = { nodeId: node.id };
    if (node.state === 'DEAD') {
      const how =
        node.hungUpMs === null
          ? `unheard for more than ${this.#timings.deadAfterMs} ms`
          : `its connection broke, and nothing was heard for ${this.#timings.lostAfterMs} ms`;
      if (node.registrationId !== 0) this.#tell('warn', `Datanode ${node.id} is dead: ${how}`, fields);
      this.#listener?.nodeLost(node.id);
    } else if (before === 'DEAD') {
      this.#tell('info', `Datanode ${node.id} is alive again`, fields);
    } else {
      this.#tell('info', `Datanode ${node.id} is ${node.state === 'STALE' ? 'stale' : 'live again'}`, fields);
      return;
    }
    this.#rechecks.set(node.id, this.locations.chunksOf(node.id));
  }

  /** Ages the nodes, and looks again at a part of the chunks that need it. @returns true when some are left */
  tick(): boolean {
    this.followNodes();
    for (const { node, before } of this.nodes.tick(this.#clock.nowMs())) this.livenessChanged(node, before);
    let budget = this.#count(RECHECKS_PER_PASS);
    for (const [nodeId, chunkIds] of this.#rechecks) {
      for (; budget > 0; budget -= 1) {
        const next = chunkIds.next();
        if (next.done === true) {
          this.#rechecks.delete(nodeId);
          break;
        }
        this.health.refresh(next.value);
      }
      if (budget === 0) return true;
    }
    budget = this.#deadReplicas.pass(budget, this.#clock.nowMs());
    return budget === 0 || !this.isCounted;
  }

  /** Every master sees the same, but only the leader need say it aloud. */
  #tell(level: 'info' | 'warn', message: string, fields: LogFields): void {
    if (this.#listener === null) this.#log.debug(message, fields);
    else this.#log[level](message, fields);
  }

  /** Takes the nodes from the log: a follower has no other source. */
  #adoptKnown(): void {
    for (const known of this.#state.nodes.values()) {
      const node = this.nodes.get(known.id);
      if (node === undefined) this.nodes.addKnown(known, this.#clock.nowMs());
      else if (!isSameNode(node, known)) {
        if (node.incarnation !== known.incarnation) this.forgetFolder(node);
        this.nodes.replace(node, known);
      }
    }
  }

  /** Looks at the next chunks, in the order of their ids: newer ones are looked at as they come. @returns what is left of the budget */
  #count(budget: number): number {
    if (this.#countedUpTo === null) return budget;
    let left = budget;
    for (const { id } of this.#state.chunks.after(this.#countedUpTo)) {
      if (left === 0) return 0;
      this.health.refresh(id);
      this.#countedUpTo = id;
      left -= 1;
    }
    this.#countedUpTo = null;
    return left;
  }
}

/** Tells whether a node is the one that the log knows. */
export function isSameNode(
  node: Pick<KnownNode, 'incarnation' | 'address' | 'rack'>,
  known: Pick<KnownNode, 'incarnation' | 'address' | 'rack'>,
): boolean {
  return node.incarnation === known.incarnation && node.address === known.address && node.rack === known.rack;
}
