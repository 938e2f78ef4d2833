/** Active faults: their effects are counted until they are lifted. */
import { isOnLinks } from '../../supervisor/api/fault.js';
import type { ActiveFault, LastingFault, PlannedFault } from '../../supervisor/api/fault.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import { CutWatch } from './cut-watch.js';
import type { PlannedCut } from './cut-watch.js';
import { affected } from './fault-record.js';
import type { Finding } from './fault-record.js';
import { messageOf } from '../../shared/error-text.js';

export type LastingPlanned = PlannedFault & LastingFault;

/** The end of a lasting fault. */
export interface Ended {
  readonly fault: LastingPlanned;
  readonly finding: Finding;
}

interface Open {
  readonly fault: LastingPlanned;
  readonly injection: ActiveFault;
  readonly watch: CutWatch | null;
  /** Nodes that ended because of it. */
  readonly falls: string[];
  /** Those of its nodes and targets that were healed by name. */
  readonly healed: Set<string>;
}

const isCut = (fault: LastingPlanned): fault is PlannedCut => fault.action === 'partition' || fault.action === 'isolate';
/** Concerns a node's own disk or clock, and so may end its process. */
export const isOnMachines = (fault: LastingPlanned): boolean => !isOnLinks(fault) && fault.action !== 'slow-cpu';

export class ActiveFaults {
  readonly #control: BreakableCluster;
  readonly #isRunning: (name: string) => boolean;
  readonly #open = new Map<number, Open>();
  /** Those that are being injected: an effect may show before the call returns. */
  readonly #opening = new Set<CutWatch>();

  constructor(control: BreakableCluster, isRunning: (name: string) => boolean) {
    this.#control = control;
    this.#isRunning = isRunning;
  }

  /** No fault on links is active. */
  get areLinksFree(): boolean {
    return ![...this.#open.values()].some(({ fault }) => isOnLinks(fault));
  }

  /** Injects a fault. Rejects with the error of the cluster. */
  async inject(fault: LastingPlanned): Promise<void> {
    const watch = isCut(fault) ? new CutWatch(this.#control, fault, this.#isRunning) : null;
    if (watch !== null) this.#opening.add(watch);
    const { nodes, targets, choiceSeed } = fault;
    try {
      const injection = await this.#control.inject(fault, nodes, { ...(targets === undefined ? {} : { targets }), choiceSeed });
      this.#open.set(fault.id, { fault, injection, watch, falls: [], healed: new Set() });
    } finally {
      if (watch !== null) this.#opening.delete(watch);
    }
  }

  observe(event: ClusterEvent): void {
    for (const watch of this.#opening) watch.observe(event);
    for (const { watch } of this.#open.values()) watch?.observe(event);
  }

  /** A node ended by itself: the effect of an active fault on it. */
  noteFall(name: string, what: string): void {
    for (const { fault, falls } of this.#open.values()) {
      if (isOnMachines(fault) && fault.nodes.includes(name)) falls.push(what);
    }
  }

  /** How many effects one had so far; undefined when it is not active. */
  effectsOf(id: number): Promise<number> | undefined {
    return this.#open.get(id)?.injection.effects();
  }

  /** Ends one; null when it is not active. */
  async lift(id: number): Promise<Ended | null> {
    const open = this.#open.get(id);
    return open === undefined ? null : this.#end(open);
  }

  /** Ends those on links whose nodes, or all of whose targets, are healed by now. */
  async heal(names: readonly string[]): Promise<Ended[]> {
    const over = [...this.#open.values()].filter(({ fault, healed }) => {
      for (const name of names) healed.add(name);
      const isHealed = (name: string): boolean => healed.has(name);
      return isOnLinks(fault) && (fault.nodes.every(isHealed) || fault.targets?.every(isHealed) === true);
    });
    return Promise.all(over.map((open) => this.#end(open)));
  }

  async liftAll(): Promise<Ended[]> {
    return Promise.all([...this.#open.values()].map((open) => this.#end(open)));
  }

  async #end({ fault, injection, watch, falls }: Open): Promise<Ended> {
    this.#open.delete(fault.id);
    try {
      const effects = await injection.effects().finally(() => injection.lift());
      const seen = [watch?.evidence() ?? '', ...falls].filter((text) => text !== '');
      const evidence = [`${effects} ${injection.counts}`, ...seen].join('; ');
      return { fault, finding: affected(fault, effects + falls.length, evidence) };
    } catch (error) {
      const evidence = messageOf(error);
      return { fault, finding: { effect: 'none', effects: 0, evidence } };
    }
  }
}
