/** The network of one lab: its fabric, its addresses, and the active faults on its links. */
import { linkFaultOf } from '../faults/link-fault-of.js';
import { randomBytes } from 'node:crypto';
import { DfsError } from '../../shared/errors.js';
import { Fabric } from './fabric.js';
import type { FabricFault, LinkEffect } from './fabric-rules.js';
import type { FaultHits } from './active-link-faults.js';
import type { LinkCounters } from './link-counters.js';
import { countsOf } from '../api/fault.js';
import type { ActiveFault, NetworkFault } from '../api/fault.js';
import { fabricCandidates, freeAddress, hasOwnHosts, nodeHost } from './loopback-addresses.js';
import { areasOf, cutsOf, healedAreas, rulesOf } from './link-rules.js';
import type { LinkArea } from './link-rules.js';
import type { InjectOptions } from '../api/cluster-control.js';
import type { NodeRole } from '../api/cluster-status.js';

/** An identity in the fabric. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A node that needs an address. */
export interface NetworkNode {
  readonly id: string;
  readonly role: NodeRole;
  /** 1 for the first node of its role. */
  readonly ordinal: number;
  /** Address of an earlier start of this lab; kept when the network is still free. */
  readonly addressBefore: string | undefined;
}

/** A fault in force on links, or one that was. */
interface LinkFault {
  readonly fault: FabricFault;
  /** Nodes that the fault was injected on. */
  readonly nodes: ReadonlySet<string>;
  /** The areas where the fault is active; they shrink when nodes are healed. */
  areas: readonly LinkArea[];
  /** Last known number of hits. */
  hits: number;
  /** Set at the end of the fault: resolves when the fabric has lifted it. */
  ending: Promise<void> | null;
}

export class LabNetwork {
  readonly #fabric: Fabric;
  readonly #token: string;
  /** Active faults, oldest first. */
  #faults: readonly LinkFault[] = [];
  #lastId = 0;
  readonly #addresses = new Map<string, string>();

  private constructor(fabric: Fabric, token: string) {
    this.#fabric = fabric;
    this.#token = token;
  }

  /**
   * Reserves a free network and gives each node an address in the network.
   * @throws DfsError when no address is free
   */
  static async open(nodes: readonly NetworkNode[]): Promise<LabNetwork> {
    const token = randomBytes(16).toString('hex');
    const fabric = await Fabric.start({ listen: fabricCandidates(nodes[0]?.addressBefore), token });
    const network = new LabNetwork(fabric, token);
    await network.add(nodes);
    return network;
  }

  /** host:port of each node. */
  get addresses(): ReadonlyMap<string, string> {
    return this.#addresses;
  }

  /** Gives more nodes an address; partitions from all other nodes concern them too. Resolves when they may be dialled. */
  async add(nodes: readonly NetworkNode[]): Promise<void> {
    const fabric = this.#fabric;
    const added = await Promise.all(
      nodes.map(async ({ id, role, ordinal, addressBefore }): Promise<[string, string]> => {
        const host = nodeHost(fabric.address, role, ordinal);
        return [id, addressBefore?.startsWith(`${host}:`) === true ? addressBefore : await freeAddress(host)];
      }),
    );
    for (const [id, address] of added) this.#addresses.set(id, address);
    const ownsHost = hasOwnHosts(fabric.address);
    await fabric.setNodes([...this.#addresses].map(([id, address]) => ({ id, address, ownsHost })));
    await this.#replace(this.#faults);
  }

  /** Resolves when the network's thread ended unexpectedly. */
  get failed(): Promise<DfsError> {
    return this.#fabric.failed;
  }

  /**
   * The fabric's address for one node or client.
   * @throws DfsError INVALID_ARGUMENT when the identity is not a valid name
   */
  proxyUrl(identity: string): string {
    if (!IDENTITY.test(identity)) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `"${identity}" is not a valid client name: use letters, digits, dots, dashes and underscores`,
      );
    }
    return `http://${identity}:${this.#token}@${this.#fabric.address}`;
  }

  /** True while a partition or a reset concerns the node by name. */
  isCut(nodeId: string): boolean {
    return this.#faults.some(
      ({ fault, nodes, areas }) =>
        (fault.kind === 'stall' || fault.kind === 'reset') &&
        nodes.has(nodeId) &&
        areas.some(({ group, others }) => group.has(nodeId) || others?.has(nodeId) === true),
    );
  }

  /**
   * Injects a fault on links. Resolves when the fault is active.
   * @throws NothingToStrike when there are too few nodes for the shape of a partition
   */
  async inject(fault: NetworkFault, nodeIds: readonly string[], { targets, choiceSeed }: InjectOptions): Promise<ActiveFault> {
    const areas = 'kind' in fault ? cutsOf(fault, nodeIds, targets, choiceSeed) : areasOf(fault, nodeIds, targets);
    const linkFault = await this.#add(effectOf(fault, choiceSeed), nodeIds, areas);
    return {
      counts: countsOf(fault),
      effects: async () => {
        if (linkFault.ending !== null) await linkFault.ending;
        else this.#note(await this.#fabric.hits());
        return linkFault.hits;
      },
      lift: () => this.#end(linkFault),
    };
  }

  /**
   * Freezes all links of some nodes, like a power loss of their machines: other nodes are not notified.
   * @returns a function that ends the freeze: earlier connections get RST, as from a rebooted machine, and new ones pass
   */
  async freeze(nodeIds: readonly string[]): Promise<() => Promise<void>> {
    const areas = [...new Set(nodeIds)].map((nodeId) => ({ group: new Set([nodeId]) }));
    const frozen = await this.#add({ kind: 'freeze' }, nodeIds, areas);
    return () => this.#end(frozen);
  }

  /** Ends faults on links: all, or the part of each that concerns the given nodes by name. Resolves when bytes flow. */
  async heal(nodeIds?: readonly string[]): Promise<void> {
    const kept = this.#faults.filter((linkFault) => {
      // A freeze ends when the power returns.
      if (linkFault.fault.kind === 'freeze') return true;
      linkFault.areas = healedAreas(linkFault.areas, nodeIds);
      return linkFault.areas.length > 0;
    });
    await this.#replace(kept);
  }

  /** The counters of all links. */
  counters(): Promise<readonly LinkCounters[]> {
    return this.#fabric.counters();
  }

  /** Heals, breaks all connections, and releases the network. */
  async close(): Promise<void> {
    await this.#fabric.close();
  }

  async #add(effect: LinkEffect, nodeIds: readonly string[], areas: readonly LinkArea[]): Promise<LinkFault> {
    const fault = { ...effect, id: ++this.#lastId };
    const linkFault: LinkFault = { fault, nodes: new Set(nodeIds), areas, hits: 0, ending: null };
    await this.#replace([...this.#faults, linkFault]);
    return linkFault;
  }

  /** Safe to call after the end. */
  async #end(linkFault: LinkFault): Promise<void> {
    if (this.#faults.includes(linkFault)) await this.#replace(this.#faults.filter((other) => other !== linkFault));
    else await linkFault.ending;
  }

  async #replace(faults: readonly LinkFault[]): Promise<void> {
    const before = this.#faults;
    this.#faults = faults;
    const applied = this.#fabric.setRules(rulesOf(faults, [...this.#addresses.keys()])).then((hits) => this.#note(hits, before));
    for (const over of before) if (!faults.includes(over)) over.ending = applied;
    await applied;
  }

  #note(hits: readonly FaultHits[], also: readonly LinkFault[] = []): void {
    const known = new Map(hits.map(({ id, hits: count }) => [id, count]));
    for (const linkFault of [...this.#faults, ...also]) linkFault.hits = known.get(linkFault.fault.id) ?? linkFault.hits;
  }
}

/** The effect of a scenario's fault on the connections that it concerns. */
function effectOf(fault: NetworkFault, choiceSeed: number): LinkEffect {
  const effect = linkFaultOf(fault);
  return effect.kind === 'delay' ? { ...effect, seed: choiceSeed } : effect;
}
