/** Network faults in force on a simulated cluster: turned into directions between machines, also of clients that come later. */
import type { Imposed } from '../../runtime/memory/imposed.js';
import type { LinkFault } from '../../runtime/memory/link-faults.js';
import type { Network } from '../../runtime/memory/network.js';
import type { Injection, NetworkFault } from '../faults.js';

const COUNTS: Record<LinkFault['kind'], string> = {
  stall: 'connections held',
  reset: 'connections reset',
  refuse: 'connections refused',
  delay: 'messages delayed',
  bandwidth: 'messages slowed',
};

interface Open {
  readonly fault: NetworkFault;
  /** Those that were not healed by name. */
  nodes: readonly string[];
  /** Null: everybody else. */
  targets: readonly string[] | null;
  imposed: Imposed[];
  /** Of what was imposed before. */
  pastHits: number;
}

export class NetworkInjections {
  readonly #network: Network;
  /** Every machine that faults concern: nodes and clients, never the lab's own. */
  readonly #names: string[];
  readonly #open = new Set<Open>();
  readonly #onChange: () => void;

  /** @param onChange called when faults came into force or were lifted */
  constructor(network: Network, nodeIds: readonly string[], onChange: () => void = () => undefined) {
    this.#network = network;
    this.#names = [...nodeIds];
    this.#onChange = onChange;
  }

  /**
   * Puts a fault in force.
   * @param targets the other side; left out: everybody else, whoever comes later too
   */
  impose(fault: NetworkFault, nodes: readonly string[], targets?: readonly string[]): Injection {
    const open: Open = { fault, nodes, targets: targets ?? null, imposed: [], pastHits: 0 };
    this.#open.add(open);
    open.imposed = this.#imposeBetween(open, this.#names, this.#names);
    this.#onChange();
    return {
      counts: COUNTS[linkFault(fault).kind],
      effects: () => Promise.resolve(hitsOf(open)),
      lift: () => {
        this.#lift(open);
        return Promise.resolve();
      },
    };
  }

  /** A client's machine: what is in force concerns it too. */
  addClient(name: string): void {
    if (this.#names.includes(name)) return;
    const others = [...this.#names];
    this.#names.push(name);
    for (const open of this.#open) {
      open.imposed.push(...this.#imposeBetween(open, [name], others), ...this.#imposeBetween(open, others, [name]));
    }
  }

  /** Ends faults: all, or the part of each that concerns these nodes by name. */
  heal(nodeIds?: readonly string[]): void {
    for (const open of [...this.#open]) {
      const nodes = open.nodes.filter((name) => nodeIds?.includes(name) === false);
      const targets = open.targets?.filter((name) => nodeIds?.includes(name) === false) ?? null;
      if (nodes.length === 0 || targets?.length === 0) {
        this.#lift(open);
      } else if (nodes.length < open.nodes.length || targets?.length !== open.targets?.length) {
        this.#shrink(open, nodes, targets);
      }
    }
  }

  /** True while a partition or a reset concerns the node by name. */
  isCut(nodeId: string): boolean {
    return [...this.#open].some(
      ({ fault, nodes }) => nodes.includes(nodeId) && ['partition', 'isolate', 'reset'].includes(fault.action),
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
    for (const imposed of open.imposed) imposed.lift();
    this.#onChange();
  }

  /** What stays is imposed before the rest is lifted: nothing slips through in between. */
  #shrink(open: Open, nodes: readonly string[], targets: readonly string[] | null): void {
    const before = open.imposed;
    const pastHits = hitsOf(open);
    Object.assign(open, { nodes, targets });
    open.imposed = this.#imposeBetween(open, this.#names, this.#names);
    open.pastHits = pastHits;
    for (const imposed of before) imposed.lift();
    this.#onChange();
  }

  /** Imposes a fault on the directions from some machines to others that it concerns. */
  #imposeBetween(open: Open, sources: readonly string[], targets: readonly string[]): Imposed[] {
    return sources.flatMap((source) => {
      const concerned = targets.filter((target) => target !== source && concerns(open, source, target));
      return concerned.length === 0 ? [] : [this.#network.impose(linkFault(open.fault), [source], concerned)];
    });
  }
}

/** Tells whether a fault concerns what `source` sends to `target`. */
function concerns({ fault, nodes, targets }: Open, source: string, target: string): boolean {
  // Inside of a partitioned group nothing changes; other faults concern each of the nodes for itself.
  const isOther = (name: string): boolean =>
    (targets?.includes(name) ?? true) && !(fault.action === 'partition' && nodes.includes(name));
  const isSentByNode = nodes.includes(source) && isOther(target);
  const isSentToNode = isOther(source) && nodes.includes(target);
  return (isSentByNode && fault.direction !== 'from') || (isSentToNode && fault.direction !== 'to');
}

function hitsOf({ imposed, pastHits }: Open): number {
  return imposed.reduce((sum, { hits }) => sum + hits, pastHits);
}

function linkFault(fault: NetworkFault): LinkFault {
  switch (fault.action) {
    case 'partition':
    case 'isolate':
      return { kind: fault.kind };
    case 'delay':
      return { kind: 'delay', delayMs: fault.delayMs, jitterMs: fault.jitterMs };
    case 'bandwidth':
      return { kind: 'bandwidth', bytesPerSecond: fault.bytesPerSecond };
    case 'reset':
    case 'refuse':
      return { kind: fault.action };
  }
}
