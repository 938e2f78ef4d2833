/** The network of one lab: its fabric, its addresses, and the partitions in force. */
import { randomBytes } from 'node:crypto';
import { DfsError } from '../shared/errors.js';
import { Fabric } from './fabric/fabric.js';
import type { LinkCounters } from './fabric/link-counters.js';
import { fabricCandidates, freeAddress, hasOwnHosts, nodeHost } from './lab-addresses.js';
import type { Injection } from './faults.js';
import { cutsLink, healedCuts, rulesOf } from './partition-rules.js';
import type { Cut } from './partition-rules.js';
import type { NodeRole } from './types.js';

/** An identity in the fabric. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A node that wants an address. */
export interface NetworkNode {
  readonly id: string;
  readonly role: NodeRole;
  /** 1 for the first of its role. */
  readonly ordinal: number;
  /** What it had when this lab ran before: kept when its network is still free. */
  readonly addressBefore: string | undefined;
}

/** A cut in force; those of one order have one number. */
interface OrderedCut extends Cut {
  readonly order: number;
}

export class LabNetwork {
  readonly #fabric: Fabric;
  readonly #token: string;
  #cuts: readonly OrderedCut[] = [];
  #orders = 0;
  readonly #addresses = new Map<string, string>();

  private constructor(fabric: Fabric, token: string) {
    this.#fabric = fabric;
    this.#token = token;
  }

  /**
   * Takes a free network and gives each node an address in it.
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

  /** Gives more nodes an address; partitions from everybody else concern them too. Resolves when they may be dialled. */
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
    await this.#setCuts(this.#cuts);
  }

  /** Resolves when the network's thread ended by itself. */
  get failed(): Promise<DfsError> {
    return this.#fabric.failed;
  }

  /**
   * The fabric as one node or client uses it.
   * @throws DfsError INVALID_ARGUMENT on what cannot be a name
   */
  proxyUrl(identity: string): string {
    if (!IDENTITY.test(identity)) {
      throw new DfsError(
        'INVALID_ARGUMENT',
        `"${identity}" is no name for a client: use letters, digits, dots, dashes and underscores`,
      );
    }
    return `http://${identity}:${this.#token}@${this.#fabric.address}`;
  }

  /** True while a partition cuts the node off. */
  isCut(nodeId: string): boolean {
    return this.#cuts.some((cut) => cut.group.has(nodeId));
  }

  /** Adds partitions. Resolves when in force. */
  async cut(cuts: readonly Cut[]): Promise<Injection> {
    const order = ++this.#orders;
    const before = await this.#effectsOn(cuts);
    await this.#setCuts([...this.#cuts, ...cuts.map((cut) => ({ ...cut, order }))]);
    const effects = async (): Promise<number> => (await this.#effectsOn(cuts)) - before;
    let atLift: Promise<number> | null = null;
    return {
      counts: 'bytes and connections held, connections reset',
      effects: () => atLift ?? effects(),
      lift: async () => {
        atLift ??= effects();
        await atLift;
        if (this.#cuts.some((cut) => cut.order === order)) await this.#setCuts(this.#cuts.filter((cut) => cut.order !== order));
      },
    };
  }

  /** Ends partitions: all, or those of the given nodes. Resolves when bytes flow. */
  async heal(nodeIds?: readonly string[]): Promise<void> {
    await this.#setCuts(healedCuts(this.#cuts, nodeIds));
  }

  /** What happened on each link so far. */
  counters(): Promise<readonly LinkCounters[]> {
    return this.#fabric.counters();
  }

  /** Heals, breaks all connections, and frees the network. */
  async close(): Promise<void> {
    await this.#fabric.close();
  }

  /** What the fabric did so far on links that the cuts concern; of a connection, either direction counts. */
  async #effectsOn(cuts: readonly Cut[]): Promise<number> {
    return (await this.#fabric.counters())
      .filter(({ source, target }) => cuts.some((cut) => cutsLink(cut, source, target) || cutsLink(cut, target, source)))
      .reduce((sum, link) => sum + link.heldBytes + link.heldConnections + link.resets, 0);
  }

  async #setCuts(cuts: readonly OrderedCut[]): Promise<void> {
    this.#cuts = cuts;
    await this.#fabric.setRules(rulesOf(cuts, [...this.#addresses.keys()]));
  }
}
