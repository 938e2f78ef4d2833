/**
 * What only a leader does and remembers, made anew with each term over the existing soft state: commands, repairs, deletions, safe
 * mode, leases.
 *
 *   begin ─▶ safe mode ─▶ [every node has reported under this term, or is dead] ─▶ repairs and deletions
 *                              └ a living node that does not report holds up deletions for as long, repairs for safeModeGraceMs
 */
import type { Timings } from '../../shared/profile.js';
import type { Runtime } from '../../shared/runtime.js';
import { GarbageCollector } from './garbage-collector.js';
import { Leases } from './leases.js';
import type { ActiveNode } from '../datanodes/active-nodes.js';
import { unheard } from '../datanodes/chunk-health.js';
import type { ReportedTotals } from '../datanodes/chunk-health.js';
import type { ReplicaRecord } from '../datanodes/locations.js';
import { Commands } from './commands.js';
import { RepairScheduler } from './repair-scheduler.js';
import { isWarm, SafeMode } from './safe-mode.js';
import type { SoftListener, SoftState } from '../datanodes/soft-state.js';
import type { MasterState } from '../state/tables/master-state.js';

export class LeaderState implements SoftListener {
  readonly commands: Commands;
  readonly repairs: RepairScheduler;
  readonly garbage: GarbageCollector;
  readonly safeMode: SafeMode;
  readonly leases: Leases;
  readonly #soft: SoftState;
  readonly #clock: Runtime['clock'];
  readonly #log: Runtime['log'];
  readonly #graceMs: number;
  readonly #startedMs: number;
  /** Every node has reported under this term, or died before it did, when this was looked at last. Stays so. */
  #hasHeardAll = false;
  #isOverdue = false;

  /** Begins: from now on a replica counts as confirmed only when it was reported in this term. */
  constructor(
    term: number,
    state: MasterState,
    soft: SoftState,
    runtime: Pick<Runtime, 'clock' | 'log' | 'random'>,
    timings: Timings,
  ) {
    this.#soft = soft;
    this.#clock = runtime.clock;
    this.#log = runtime.log;
    this.#graceMs = timings.safeModeGraceMs;
    this.#startedMs = runtime.clock.nowMs();
    this.commands = new Commands(term, runtime.clock, () => state.appliedIndex);
    const parts = { chunks: state.chunks, nodes: soft.nodes, locations: soft.locations, health: soft.health };
    this.repairs = new RepairScheduler(parts, this.commands, runtime, timings);
    this.garbage = new GarbageCollector(parts, this.commands, runtime, timings);
    this.leases = new Leases(state.sessions, runtime.clock, timings);
    const wasWarm = soft.isCounted && isWarm(soft.health);
    soft.beginTerm(term, this);
    const isCounted = (): boolean => soft.isCounted;
    this.safeMode = new SafeMode(soft.health, soft.nodes, runtime, timings.safeModeGraceMs, isCounted, wasWarm);
  }

  /** Ends polls, held sessions and confirmations of this term. */
  end(): void {
    this.commands.stop();
    this.leases.end();
    this.#soft.endTerm();
  }

  replicasChanged(chunkId: number): void {
    this.repairs.replicasChanged(chunkId);
  }

  replicaGone(record: ReplicaRecord): void {
    this.garbage.forgetReplica(record);
  }

  nodeLost(nodeId: string): void {
    this.repairs.nodeLost(nodeId);
    this.commands.clear(nodeId);
  }

  /**
   * Commands repairs and deletions, when it is time. An earlier leader's commands may still be on their way to a node that has not
   * reported: what that node holds is not known, so nothing may be deleted elsewhere that could be needed (HDFS-1972).
   */
  mend(): void {
    if (this.safeMode.active || !this.#soft.isCounted) return;
    if (this.#mayRepair()) this.repairs.pass();
    if (this.#hasHeardAll) this.garbage.pass();
  }

  /** Every node has reported under this term, or is dead. */
  get hasHeardAll(): boolean {
    return this.#hasHeardAll || this.#awaited().length === 0;
  }

  /**
   * The chunks as they are known to this leader. One without a confirmed replica is unreported while a living node may still report it:
   * until all have reported, for safeModeGraceMs at most.
   */
  chunkTotals(): ReportedTotals {
    const totals = this.#soft.health.totals();
    return this.hasHeardAll || this.#isGraceOver() ? { ...totals, unreported: 0 } : unheard(totals);
  }

  /** Living nodes whose report holds up deletions. */
  get awaitedIds(): readonly string[] {
    return this.#awaited().map(({ id }) => id);
  }

  #awaited(): ActiveNode[] {
    return [...this.#soft.nodes.all()].filter((node) => !node.hasReported && node.state !== 'DEAD');
  }

  #isGraceOver(): boolean {
    return this.#clock.nowMs() - this.#startedMs >= this.#graceMs;
  }

  #mayRepair(): boolean {
    this.#hasHeardAll = this.hasHeardAll;
    if (this.#hasHeardAll) return true;
    // A copy too many can be deleted later; a chunk that is left with one good replica may be lost.
    if (!this.#isGraceOver()) return false;
    if (!this.#isOverdue) {
      this.#log.warn(
        `Repairs begin without a report from ${this.awaitedIds.join(', ')}: nothing is deleted before it has come, or the node is dead`,
      );
    }
    this.#isOverdue = true;
    return true;
  }
}
