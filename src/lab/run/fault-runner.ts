/**
 * Carries out planned faults on a running cluster and proves that each had its effect. Faults of one node follow one another;
 * those of different nodes do not wait for each other. The end of a lasting fault waits for its beginning only: what is under way
 * on the node (a restart on a slow disk) may be waiting for that end.
 *
 *   on processes (process-faults.ts) ──► seen | none | passed
 *   damage ────────────────────────────► seen | none | passed
 *   lasting (active-faults.ts) ──► watching ──lift, heal, the final heal──► seen | none | passed
 */
import { DfsError } from '../../shared/errors.js';
import type { DamagedFile, DamageFault, PlannedFault } from '../../supervisor/api/fault.js';
import { isLasting, isOfLosingKind, isOnProcess, LastCopySpared, mayLose, NothingToDamage } from '../../supervisor/api/fault.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import { affected, noEffect, nothingAffected, withUnmet } from './fault-record.js';
import type { FaultRecord, Finding } from './fault-record.js';
import { NodeExits } from './node-exits.js';
import { isOnMachines, ActiveFaults } from './active-faults.js';
import type { Ended, LastingPlanned } from './active-faults.js';
import { ProcessFaults } from './process-faults.js';
import type { FaultWorld } from './process-faults.js';
import type { RunClock } from '../workloads/run-clock.js';
import { messageOf } from '../../shared/error-text.js';

export type { FaultRecord } from './fault-record.js';
export type { FaultWorld } from './process-faults.js';

/** At the end, a node that does not run is started so often: a start may still meet what an earlier fault left behind. */
const BRING_BACK_ATTEMPTS = 5;
const BRING_BACK_PAUSE_MS = 200;

export interface FaultRunnerOptions {
  /** Without: `records` stays empty. For runs without an end. */
  readonly keepsRecords?: boolean;
}

/** Files that only masters have. */
const OF_MASTERS: readonly DamagedFile[] = ['log', 'checkpoint'];

export class FaultRunner {
  readonly #control: BreakableCluster;
  readonly #clock: RunClock;
  readonly #onRecord: (record: FaultRecord) => void;
  readonly #processes: ProcessFaults;
  readonly #active: ActiveFaults;
  readonly #exits = new NodeExits();
  readonly #keepsRecords: boolean;
  readonly #records: FaultRecord[] = [];
  /** The end of the last action on each node. */
  readonly #tails = new Map<string, Promise<void>>();
  /** The end of the injection of each fault, by its id. */
  readonly #begun = new Map<number, Promise<void>>();
  readonly #unsubscribe: () => void;

  /** @param onRecord called for each fault when it was carried out, and for a lasting one again when it ended */
  constructor(world: FaultWorld, onRecord: (record: FaultRecord) => void, { keepsRecords = true }: FaultRunnerOptions = {}) {
    this.#keepsRecords = keepsRecords;
    this.#control = world.control;
    this.#clock = world.clock;
    this.#onRecord = onRecord;
    this.#processes = new ProcessFaults(world, this.#exits);
    this.#active = new ActiveFaults(world.control, (name) => this.#processes.isRunning(name));
    this.#unsubscribe = world.control.onEvent((event) => this.#observe(event));
  }

  /** Faults with their final effect. */
  get records(): readonly FaultRecord[] {
    return this.#records;
  }

  /** A fault was seen to do what may lose acknowledged data. */
  get mayHaveLost(): boolean {
    return this.#records.some(({ fault, effects }) => effects > 0 && mayLose(fault));
  }

  /** Such a fault was of a master: the masters may have forgotten votes, and what they have agreed on. */
  get mayHaveSplit(): boolean {
    const masters = new Set(this.#control.masters().map(({ id }) => id));
    return this.#records.some(({ fault, effects }) => effects > 0 && mayLose(fault) && fault.nodes.some((id) => masters.has(id)));
  }

  /** Nodes that ended without a command, and without a fault that explains it. */
  get surprises(): readonly string[] {
    return this.#exits.surprises;
  }

  /** How many effects a lasting fault had so far; undefined when it is not active. */
  effectsOf(id: number): Promise<number> | undefined {
    return this.#active.effectsOf(id);
  }

  /** Carries a fault out after the earlier ones of its nodes. Never rejects: a failure is an effect not seen. */
  async execute(fault: PlannedFault): Promise<void> {
    if (fault.action === 'lift') {
      await this.#begun.get(fault.of);
      await this.#execute(fault);
      return;
    }
    const done = this.#inTurn(this.#concerned(fault), () => this.#execute(fault));
    if (isLasting(fault)) {
      this.#begun.set(fault.id, done);
      void done.then(() => this.#begun.delete(fault.id));
    }
    await done;
  }

  /** As `execute`, beside what is under way on its nodes: what hangs there may be waiting for this. */
  executeNow(fault: PlannedFault): Promise<void> {
    return this.#execute(fault);
  }

  /** Ends all faults and brings every node back, as the last step of a scenario. Rejects with what the cluster says. */
  async healAll(): Promise<void> {
    // Before waiting: a restart under way may need the network, or its disk. And after: a fault may have been next in line.
    await this.#endAll();
    await Promise.all(this.#tails.values());
    await this.#endAll();
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.#bringBack();
      const missing = this.#names().filter((name) => !this.#processes.isRunning(name));
      if (missing.length === 0) return;
      if (attempt === BRING_BACK_ATTEMPTS) {
        throw failure ?? new DfsError('UNAVAILABLE', `${missing.join(', ')} did not run after ${attempt} attempts`);
      }
      await this.#clock.sleep(BRING_BACK_PAUSE_MS);
    }
  }

  /** Stops listening to the cluster. */
  close(): void {
    this.#unsubscribe();
  }

  /** Acts when all earlier commands on these nodes are done. @param act never rejects */
  #inTurn(names: readonly string[], act: () => Promise<void>): Promise<void> {
    const before = names.map((name) => this.#tails.get(name) ?? Promise.resolve());
    const done = Promise.all(before).then(act);
    for (const name of names) this.#tails.set(name, done);
    return done;
  }

  async #execute(fault: PlannedFault): Promise<void> {
    if (fault.nodes.length === 0 && (fault.action !== 'heal' || fault.shortfall !== undefined) && fault.action !== 'lift') {
      this.#finish(fault, nothingAffected(fault, fault.shortfall ?? 'no node'));
      return;
    }
    try {
      await this.#carryOut(fault);
    } catch (error) {
      const evidence = messageOf(error);
      const finding = error instanceof NothingToDamage ? nothingAffected(fault, evidence) : noEffect(evidence);
      const refused = error instanceof LastCopySpared ? ({ refused: true } as const) : {};
      this.#finish(fault, { ...finding, ...refused, cause: error instanceof Error ? error : new Error(evidence) });
    }
  }

  async #carryOut(fault: PlannedFault): Promise<void> {
    if (isOnProcess(fault)) {
      // Nodes that keep to the cluster as it was before end by themselves.
      if (isOfLosingKind(fault)) this.#mayFall(this.#names());
      this.#finish(fault, await this.#processes.carryOut(fault));
    } else if (isLasting(fault)) {
      await this.#begin(fault);
    } else if (fault.action === 'lift') {
      this.#finish(fault, await this.#lift(fault, fault.of));
    } else if (fault.action === 'heal') {
      this.#finish(fault, await this.#heal(fault));
    } else {
      this.#finish(fault, await this.#damage(fault));
    }
  }

  async #begin(fault: LastingPlanned): Promise<void> {
    const machines = isOnMachines(fault) ? fault.nodes : [];
    this.#exits.suspect(machines);
    try {
      await this.#active.inject(fault);
    } catch (error) {
      this.#exits.clear(machines);
      throw error;
    }
    this.#onRecord({ fault, effect: 'watching', effects: 0, evidence: withUnmet(fault, 'active') });
  }

  /** Ends a fault; those of its nodes that it brought down are started when their turn comes. */
  async #lift(fault: PlannedFault, of: number): Promise<Finding> {
    const ended = await this.#active.lift(of);
    if (ended === null) return nothingAffected(fault, 'not active');
    this.#finishEnded([ended]);
    if (isOnMachines(ended.fault)) void this.#inTurn(ended.fault.nodes, () => this.#reviveFallen(ended.fault.nodes));
    return affected(fault, 1, 'lifted');
  }

  /** What another fault keeps down is started when that ends. */
  async #reviveFallen(names: readonly string[]): Promise<void> {
    await this.#processes.revive(this.#exits.fallen(names));
  }

  async #heal(fault: PlannedFault): Promise<Finding> {
    const names = this.#concerned(fault);
    this.#finishEnded(await this.#active.heal(names));
    await this.#control.heal(fault.nodes.length === 0 ? undefined : fault.nodes);
    // While another fault stands, links of these nodes may rightly stay cut.
    if (!this.#active.areLinksFree) return affected(fault, names.length, 'another fault of links stands');
    const isHealed = await this.#processes.until(async () => {
      const { nodes } = await this.#control.status();
      return nodes.every((node) => !names.includes(node.id) || !node.partitioned);
    });
    if (isHealed) return affected(fault, names.length, 'links open');
    return noEffect('links are still cut');
  }

  async #damage(fault: PlannedFault & DamageFault): Promise<Finding> {
    const injection = await this.#control.inject(fault, fault.nodes, { choiceSeed: fault.choiceSeed });
    const effects = await injection.effects();
    // A master that meets what is missing or wrong stops, now or when it needs it.
    if (effects > 0 && OF_MASTERS.includes(fault.file)) this.#mayFall(fault.nodes);
    return affected(fault, effects, `${effects} ${injection.counts}`);
  }

  /** What was done may end these nodes, until they are started again. */
  #mayFall(names: readonly string[]): void {
    this.#exits.suspect(names);
    this.#exits.clear(names);
  }

  async #endAll(): Promise<void> {
    this.#finishEnded(await this.#active.liftAll());
    await this.#control.heal();
  }

  /** One attempt to have every node run. @returns why one does not */
  async #bringBack(): Promise<Error | null> {
    const { nodes } = await this.#control.status();
    const stopped = this.#names().filter((name) => this.#processes.life(name) === null);
    const paused = nodes.filter((node) => node.state === 'paused' && !stopped.includes(node.id)).map((node) => node.id);
    if (paused.length > 0) await this.#control.resume(...paused);
    return this.#processes.revive(stopped);
  }

  #finishEnded(ended: readonly Ended[]): void {
    for (const { fault, finding } of ended) {
      if (isOnMachines(fault)) this.#exits.clear(fault.nodes);
      this.#finish(fault, finding);
    }
  }

  #finish(fault: PlannedFault, finding: Finding): void {
    const record: FaultRecord = { fault, ...finding, evidence: withUnmet(fault, finding.evidence) };
    if (this.#keepsRecords) this.#records.push(record);
    this.#onRecord(record);
  }

  #observe(event: ClusterEvent): void {
    this.#active.observe(event);
    if (event.event !== 'node-exit') return;
    const fall = this.#exits.observe(event);
    if (fall !== undefined) this.#active.noteFall(event.node, fall);
  }

  /** The nodes that a fault waits for: a heal without names concerns all. */
  #concerned({ action, nodes }: PlannedFault): readonly string[] {
    return action === 'heal' && nodes.length === 0 ? this.#names() : nodes;
  }

  #names(): string[] {
    return [...this.#control.masters(), ...this.#control.datanodes()].map((node) => node.id);
  }
}
