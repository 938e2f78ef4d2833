/** Active network faults of a simulated cluster, as directions between machines; they also concern clients that connect later. */
import type { CountedFault } from '../../runtime/faults/injected-fault.js';
import { linkFaultOf } from '../../supervisor/faults/link-fault-of.js';
import type { Network } from '../../runtime/memory/network.js';
import { countsOf } from '../../supervisor/api/fault.js';
import type { ActiveFault, NetworkFault } from '../../supervisor/api/fault.js';
import { areasOf, contains, cutsOf, healedAreas } from '../../supervisor/network/link-rules.js';
import type { LinkArea } from '../../supervisor/network/link-rules.js';
import type { InjectOptions } from '../../supervisor/api/cluster-control.js';

interface Open {
  readonly fault: NetworkFault;
  /** The nodes that the fault was injected on. */
  readonly nodes: readonly string[];
  /** The areas where the fault is active; they shrink when nodes are healed. */
  areas: readonly LinkArea[];
  active: CountedFault[];
  /** Hits of earlier injections of this fault. */
  pastHits: number;
}

export class NetworkFaults {
  readonly #network: Network;
  /** Every machine that faults concern: nodes and clients, never the lab's own machine. */
  readonly #names: string[];
  readonly #open = new Set<Open>();
  readonly #onChange: () => void;

  /** @param onChange called after faults became active or were lifted */
  constructor(network: Network, nodeIds: readonly string[], onChange: () => void = () => undefined) {
    this.#network = network;
    this.#names = [...nodeIds];
    this.#onChange = onChange;
  }

  /**
   * Injects a fault.
   * @throws NothingToStrike when there are too few nodes for the shape of a partition
   */
  inject(fault: NetworkFault, nodes: readonly string[], { targets, choiceSeed }: InjectOptions): ActiveFault {
    const areas = 'kind' in fault ? cutsOf(fault, nodes, targets, choiceSeed) : areasOf(fault, nodes, targets);
    const open: Open = { fault, nodes, areas, active: [], pastHits: 0 };
    this.#open.add(open);
    open.active = this.#injectBetween(open, this.#names, this.#names);
    this.#onChange();
    return {
      counts: countsOf(fault),
      effects: () => Promise.resolve(hitsOf(open)),
      lift: () => {
        this.#lift(open);
        return Promise.resolve();
      },
    };
  }

  /** Adds the machine of a new client or node: active faults concern it too. */
  addMachine(name: string): void {
    if (this.#names.includes(name)) return;
    const others = [...this.#names];
    this.#names.push(name);
    for (const open of this.#open) {
      open.active.push(...this.#injectBetween(open, [name], others), ...this.#injectBetween(open, others, [name]));
    }
  }

  /** Ends faults: all, or the part of each that concerns these nodes by name. */
  heal(nodeIds?: readonly string[]): void {
    for (const open of [...this.#open]) {
      const areas = healedAreas(open.areas, nodeIds);
      if (areas.length === 0) this.#lift(open);
      else if (countOf(areas) < countOf(open.areas)) this.#shrink(open, areas);
    }
  }

  /** True while a partition or a reset concerns the node by name. */
  isCut(nodeId: string): boolean {
    return [...this.#open].some(
      ({ fault, nodes, areas }) =>
        ['partition', 'isolate', 'reset'].includes(fault.action) &&
        nodes.includes(nodeId) &&
        areas.some(({ group, others }) => group.has(nodeId) || others?.has(nodeId) === true),
    );
  }

  /** True when no partition cuts what `source` sends to `target`. */
  isLinked(source: string, target: string): boolean {
    return ![...this.#open].some(
      (open) => ['partition', 'isolate'].includes(open.fault.action) && concerns(open, source, target),
    );
  }

  #lift(open: Open): void {
    this.#open.delete(open);
    for (const active of open.active) active.lift();
    this.#onChange();
  }

  /** The remaining part is injected before the old part is lifted, so that no message passes in between. */
  #shrink(open: Open, areas: readonly LinkArea[]): void {
    const before = open.active;
    const pastHits = hitsOf(open);
    open.areas = areas;
    open.active = this.#injectBetween(open, this.#names, this.#names);
    open.pastHits = pastHits;
    for (const active of before) active.lift();
    this.#onChange();
  }

  /** Injects a fault on the directions from some machines to others that the fault concerns. */
  #injectBetween(open: Open, sources: readonly string[], targets: readonly string[]): CountedFault[] {
    return sources.flatMap((source) => {
      const concerned = targets.filter((target) => target !== source && concerns(open, source, target));
      return concerned.length === 0 ? [] : [this.#network.inject(linkFaultOf(open.fault), [source], concerned)];
    });
  }
}

/** Whether a fault concerns messages from `source` to `target`. */
const concerns = ({ areas }: Open, source: string, target: string): boolean =>
  areas.some((area) => contains(area, source, target));

/** Number of names in areas; smaller when some nodes are healed. */
const countOf = (areas: readonly LinkArea[]): number =>
  areas.reduce((sum, { group, others }) => sum + group.size + (others?.size ?? 0), 0);

function hitsOf({ active, pastHits }: Open): number {
  return active.reduce((sum, { hits }) => sum + hits, pastHits);
}
