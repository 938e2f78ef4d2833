/**
 * Carries out planned faults on a running cluster and proves that each had its effect. Faults of one node follow one another;
 * those of different nodes do not wait for each other.
 */
import type { ClusterControl, ClusterEvent, NodeInfo } from '../types.js';
import { CutWatch } from './cut-watch.js';
import type { ProcessProbe } from './process-probe.js';
import type { RunClock } from './run-clock.js';
import type { PlannedFault } from './schedule.js';

/** What became of a planned fault. */
export interface FaultRecord {
  readonly fault: PlannedFault;
  /** watching: a partition under way. A fault without an effect proves nothing about the file system. */
  readonly effect: 'watching' | 'seen' | 'none';
  /** What was seen, or what was not. */
  readonly evidence: string;
}

/** An effect that does not show by then does not show. */
const EFFECT_TIMEOUT_MS = 3_000;
const POLL_MS = 25;

/** What faults act on. */
export interface FaultWorld {
  readonly control: ClusterControl;
  readonly probe: ProcessProbe;
  readonly clock: RunClock;
}

interface OpenCut {
  readonly fault: PlannedFault;
  readonly watch: CutWatch;
}

export class FaultRunner {
  readonly #control: ClusterControl;
  readonly #probe: ProcessProbe;
  readonly #clock: RunClock;
  readonly #onRecord: (record: FaultRecord) => void;
  readonly #records: FaultRecord[] = [];
  readonly #openCuts = new Set<OpenCut>();
  readonly #surprises: string[] = [];
  /** The end of the last action on each node. */
  readonly #tails = new Map<string, Promise<void>>();
  readonly #busy = new Map<string, number>();
  /** Signals that ended processes, by node, since its last action began. */
  readonly #exits = new Map<string, string>();
  readonly #unsubscribe: () => void;

  /** @param onRecord called for each fault when it was carried out, and for a partition again when it ended */
  constructor({ control, probe, clock }: FaultWorld, onRecord: (record: FaultRecord) => void) {
    this.#control = control;
    this.#probe = probe;
    this.#clock = clock;
    this.#onRecord = onRecord;
    this.#unsubscribe = control.onEvent((event) => this.#observe(event));
  }

  /** Faults with their final effect. */
  get records(): readonly FaultRecord[] {
    return this.#records;
  }

  /** Nodes that ended although nobody ended them. */
  get surprises(): readonly string[] {
    return this.#surprises;
  }

  /** Carries a fault out after the earlier ones of its nodes. Never rejects: a failure is an effect not seen. */
  async execute(fault: PlannedFault): Promise<void> {
    const before = fault.nodes.map((name) => this.#tails.get(name) ?? Promise.resolve());
    const done = Promise.all(before).then(() => this.#execute(fault));
    for (const name of fault.nodes) this.#tails.set(name, done);
    await done;
  }

  /** Ends all partitions and brings every node back, as the last step of a scenario. Rejects with what the cluster says. */
  async healAll(): Promise<void> {
    // Before waiting: a restart under way may need the network. And after: a partition may have been next in line.
    this.#endCuts(() => true);
    await this.#control.heal();
    await Promise.all(this.#tails.values());
    this.#endCuts(() => true);
    await this.#control.heal();
    const { nodes } = await this.#control.status();
    const stopped = this.#nodes()
      .filter((node) => node.pid === null)
      .map((node) => node.id);
    const paused = nodes.filter((node) => node.state === 'paused' && !stopped.includes(node.id)).map((node) => node.id);
    await this.#whileBusy([...paused, ...stopped], async () => {
      if (paused.length > 0) await this.#control.resume(...paused);
      if (stopped.length > 0) await this.#control.restart(...stopped);
    });
  }

  /** Stops listening to the cluster. */
  close(): void {
    this.#unsubscribe();
  }

  async #execute(fault: PlannedFault): Promise<void> {
    if (fault.nodes.length === 0) {
      this.#finish(fault, 'none', fault.shortfall ?? 'no node');
      return;
    }
    try {
      await this.#whileBusy(fault.nodes, () => this.#actAndProve(fault));
    } catch (error) {
      this.#finish(fault, 'none', error instanceof Error ? error.message : String(error));
    }
  }

  async #actAndProve(fault: PlannedFault): Promise<void> {
    for (const name of fault.nodes) this.#exits.delete(name);
    const pidsBefore = new Map(fault.nodes.map((name) => [name, this.#pid(name)]));
    const isOldGone = (name: string): boolean => !this.#isAlive(pidsBefore.get(name) ?? null);
    switch (fault.action) {
      case 'kill':
        await this.#control.kill(...fault.nodes);
        await this.#prove(fault, 'process gone by SIGKILL', (name) => isOldGone(name) && this.#exits.get(name) === 'SIGKILL');
        break;
      case 'stop':
        await this.#control.stop(...fault.nodes);
        await this.#prove(fault, 'process ended', (name) => isOldGone(name) && this.#exits.has(name));
        break;
      case 'restart':
        await this.#control.restart(...fault.nodes);
        await this.#prove(fault, 'new process', (name) => {
          const pid = this.#pid(name);
          return pid !== pidsBefore.get(name) && this.#isAlive(pid);
        });
        break;
      case 'pause':
        await this.#control.pause(...fault.nodes);
        await this.#prove(fault, 'process suspended', (name) => this.#isSuspended(name, true));
        break;
      case 'resume':
        await this.#control.resume(...fault.nodes);
        await this.#prove(fault, 'process runs', (name) => this.#isAlive(this.#pid(name)) && this.#isSuspended(name, false));
        break;
      case 'partition':
      case 'isolate':
        await this.#cut(fault);
        break;
      case 'heal':
        this.#endCuts((cut) => cut.fault.nodes.some((name) => fault.nodes.includes(name)));
        await this.#control.heal(fault.nodes);
        await this.#proveHealed(fault);
        break;
    }
  }

  async #cut(fault: PlannedFault): Promise<void> {
    const running = new Set(
      this.#nodes()
        .filter((node) => node.pid !== null && this.#probe.isSuspended(node.pid) !== true)
        .map((node) => node.id),
    );
    // Watching starts first: what is felt may be felt before the order returns.
    const cut: OpenCut = { fault, watch: new CutWatch(this.#control, fault, (name) => running.has(name)) };
    this.#openCuts.add(cut);
    try {
      if (fault.action === 'isolate') await this.#control.isolate(fault.nodes, { kind: fault.kind });
      else await this.#control.partition(fault.nodes, { kind: fault.kind });
    } catch (error) {
      this.#openCuts.delete(cut);
      throw error;
    }
    this.#onRecord({ fault, effect: 'watching', evidence: 'links cut' });
  }

  /** While another partition stands, links of these nodes may rightly stay cut. */
  async #proveHealed(fault: PlannedFault): Promise<void> {
    if (this.#openCuts.size > 0) {
      this.#finish(fault, 'seen', 'another partition stands');
      return;
    }
    const isHealed = await this.#until(async () => {
      const { nodes } = await this.#control.status();
      return nodes.every((node) => !fault.nodes.includes(node.id) || !node.partitioned);
    });
    this.#finish(fault, isHealed ? 'seen' : 'none', isHealed ? 'links open' : 'links are still cut');
  }

  async #prove(fault: PlannedFault, evidence: string, holds: (name: string) => boolean): Promise<void> {
    await this.#until(async () => fault.nodes.every(holds));
    const failed = fault.nodes.filter((name) => !holds(name));
    if (failed.length > 0) this.#finish(fault, 'none', `not seen on ${failed.join(', ')}: ${evidence}`);
    else if (fault.shortfall === undefined) this.#finish(fault, 'seen', evidence);
    else this.#finish(fault, 'none', fault.shortfall);
  }

  #endCuts(which: (cut: OpenCut) => boolean): void {
    for (const cut of this.#openCuts) {
      if (!which(cut)) continue;
      this.#openCuts.delete(cut);
      const isSeen = cut.watch.isFelt() && cut.fault.shortfall === undefined;
      this.#finish(cut.fault, isSeen ? 'seen' : 'none', cut.fault.shortfall ?? cut.watch.evidence());
    }
  }

  #finish(fault: PlannedFault, effect: 'seen' | 'none', evidence: string): void {
    const record: FaultRecord = { fault, effect, evidence };
    this.#records.push(record);
    this.#onRecord(record);
  }

  #observe(event: ClusterEvent): void {
    for (const cut of this.#openCuts) cut.watch.observe(event);
    if (event.event !== 'node-exit') return;
    const how = event.signal ?? `code ${event.code ?? 'unknown'}`;
    this.#exits.set(event.node, how);
    if (!this.#busy.has(event.node)) this.#surprises.push(`${event.node} ended by itself (${how})`);
  }

  /** Exits of these nodes are no surprise meanwhile. */
  async #whileBusy(names: readonly string[], act: () => Promise<void>): Promise<void> {
    for (const name of names) this.#busy.set(name, (this.#busy.get(name) ?? 0) + 1);
    try {
      await act();
    } finally {
      for (const name of names) {
        const left = (this.#busy.get(name) ?? 1) - 1;
        if (left > 0) this.#busy.set(name, left);
        else this.#busy.delete(name);
      }
    }
  }

  async #until(condition: () => Promise<boolean>): Promise<boolean> {
    const deadlineMs = this.#clock.nowMs() + EFFECT_TIMEOUT_MS;
    while (!(await condition())) {
      if (this.#clock.nowMs() >= deadlineMs) return false;
      await this.#clock.sleep(POLL_MS);
    }
    return true;
  }

  #nodes(): readonly NodeInfo[] {
    return [...this.#control.masters(), ...this.#control.datanodes()];
  }

  #pid(name: string): number | null {
    return this.#nodes().find((node) => node.id === name)?.pid ?? null;
  }

  #isAlive(pid: number | null): boolean {
    return pid !== null && this.#probe.isAlive(pid);
  }

  /** Where the system does not say, the order is believed. */
  #isSuspended(name: string, wanted: boolean): boolean {
    const pid = this.#pid(name);
    return pid !== null && (this.#probe.isSuspended(pid) ?? wanted) === wanted;
  }
}
