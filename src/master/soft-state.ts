/** What the leader knows beside the log: nodes, replicas, health, repairs, orders. Wires them so that each change reaches the rest. */
import type { Replica__Output } from '../protocol/generated/distrifs/v1/Replica.js';
import { chunkUuid } from '../shared/chunk-id.js';
import type { Timings } from '../shared/profile.js';
import type { Logger, Runtime } from '../shared/runtime.js';
import { ActiveNodes } from './active-nodes.js';
import type { ActiveNode, Liveness } from './active-nodes.js';
import { ChunkHealth } from './chunk-health.js';
import { GarbageCollector } from './garbage-collector.js';
import { Leases } from './leases.js';
import { Locations } from './locations.js';
import { Orders } from './orders.js';
import { RepairScheduler } from './repair-scheduler.js';
import { SafeMode } from './safe-mode.js';
import type { Chunk, ChunkListener } from './state/chunk-table.js';
import type { StateMachine } from './state/state-machine.js';

/** Chunks of a lost or returned node that are looked at again in one go. */
const RECHECKS_PER_PASS = 2_000;

export class SoftState implements ChunkListener {
  readonly nodes: ActiveNodes;
  readonly locations: Locations;
  readonly health: ChunkHealth;
  readonly orders: Orders;
  readonly repairs: RepairScheduler;
  readonly garbage: GarbageCollector;
  readonly safeMode: SafeMode;
  readonly leases: Leases;
  readonly #clusterId: string;
  readonly #log: Logger;
  readonly #timings: Timings;
  readonly #clock: Runtime['clock'];
  readonly #startedMs: number;
  /** Nodes whose chunks must be looked at again, each with how far that has come. */
  readonly #rechecks = new Map<string, IterableIterator<number>>();

  /** @param machine recovered: its nodes are known and not heard yet, all its chunks are missing */
  constructor(machine: StateMachine, term: number, runtime: Runtime, timings: Timings) {
    const { state } = machine;
    this.#clusterId = machine.settings.clusterId;
    this.#log = runtime.log;
    this.#timings = timings;
    this.#clock = runtime.clock;
    this.#startedMs = runtime.clock.nowMs();
    this.nodes = new ActiveNodes(term, timings);
    for (const known of state.nodes.values()) this.nodes.addKnown(known, this.#startedMs);
    this.locations = new Locations(
      (chunkId) => {
        this.health.refresh(chunkId);
        this.repairs.replicasChanged(chunkId);
      },
      (record) => {
        this.health.forgetReplica(record);
        this.garbage.forgetReplica(record);
      },
    );
    this.health = new ChunkHealth(state.chunks, this.locations, runtime.clock, runtime.log);
    this.orders = new Orders(term, runtime.clock);
    const parts = { chunks: state.chunks, nodes: this.nodes, locations: this.locations, health: this.health };
    this.repairs = new RepairScheduler(parts, this.orders, runtime, timings);
    this.garbage = new GarbageCollector(parts, this.orders, runtime, timings);
    this.safeMode = new SafeMode(this.health, this.nodes, runtime, timings.safeModeGraceMs);
    this.leases = new Leases(state.sessions, runtime.clock, timings.leaseSoftMs);
    for (const chunk of state.chunks.values()) this.health.refresh(chunk.id);
    state.chunks.listener = this;
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
    if (replica.state === 'CORRUPT') this.warnCorrupt(replica.chunkId, replica.version, node.id);
    this.locations.update(node, replica, isConfirmed);
    if (replica.state === 'WRITING' || replica.state === 'COMMITTED') this.nodes.settle(node, replica.chunkId);
  }

  /** The one line that names a damaged replica. */
  warnCorrupt(chunkId: number, version: number, nodeId: string): void {
    const uuid = chunkUuid(this.#clusterId, chunkId);
    this.#log.warn(`Replica of chunk ${uuid} on ${nodeId} is corrupt`, { chunkId, version, nodeId });
  }

  /** A node died, or came back to life. */
  livenessChanged(node: ActiveNode, before: Liveness): void {
    const wasAnnounced = node.registrationId !== 0;
    if (node.state === 'DEAD') {
      const how =
        node.hungUpMs === null
          ? `unheard for more than ${this.#timings.deadAfterMs} ms`
          : `its connection broke, and nothing was heard for ${this.#timings.lostAfterMs} ms`;
      if (wasAnnounced) this.#log.warn(`Datanode ${node.id} is dead: ${how}`, { nodeId: node.id });
      this.repairs.nodeLost(node.id);
      this.orders.clear(node.id);
    } else if (before === 'DEAD') {
      this.#log.info(`Datanode ${node.id} is alive again`, { nodeId: node.id });
    } else {
      this.#log.info(`Datanode ${node.id} is ${node.state === 'STALE' ? 'stale' : 'live again'}`, { nodeId: node.id });
      return;
    }
    this.#rechecks.set(node.id, this.locations.chunksOf(node.id));
  }

  /** Ages the nodes, and looks again at a part of the chunks that this concerns. @returns true when some are left */
  tick(): boolean {
    for (const { node, before } of this.nodes.tick(this.#clock.nowMs())) this.livenessChanged(node, before);
    let budget = RECHECKS_PER_PASS;
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
    return false;
  }

  /**
   * Orders repairs and deletions, when it is time: not in safe mode; and after a start, a chunk is not thought weak before all nodes
   * have reported, or are dead.
   */
  mend(): void {
    if (this.safeMode.active) return;
    const isSettled = this.#clock.nowMs() - this.#startedMs > this.#timings.deadAfterMs;
    if (isSettled || [...this.nodes.all()].every((node) => node.hasReported)) this.repairs.pass();
    this.garbage.pass();
  }
}
