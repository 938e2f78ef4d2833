/** The lab's network: an HTTP CONNECT proxy that knows both ends of each connection and applies the rules to it. */
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { DfsError } from '../../shared/errors.js';
import { formatAddress, parseAddress } from '../../shared/address.js';
import { FabricConnection } from './fabric-connection.js';
import type { FabricContext, RoutedNode } from './fabric-connection.js';
import type { FabricTable } from './fabric-rules.js';
import { ActiveLinkFaults } from './active-link-faults.js';
import type { FaultHits } from './active-link-faults.js';
import { LinkBook } from './link-counters.js';
import type { LinkCounters } from './link-counters.js';

/** Limit of connections; more would be a leak or a flood, and are closed at once. */
const CONNECTIONS_MAX = 4_096;

/** A node that may be dialled through the fabric. */
export interface FabricNode {
  readonly id: string;
  /** host:port that the node listens on. */
  readonly address: string;
  /** True when the node has a host of its own: every port of the host belongs to the node. */
  readonly ownsHost: boolean;
}

export interface FabricOptions {
  /** host:port to listen on, tried in order until one is free. */
  readonly listen: readonly string[];
  /** The password of every identity. */
  readonly token: string;
}

export class FabricServer {
  readonly #server: Server;
  readonly #connections = new Set<FabricConnection>();
  readonly #links = new LinkBook();
  readonly #faults = new ActiveLinkFaults();
  readonly #context: FabricContext;
  #byAddress = new Map<string, string>();
  #byHost = new Map<string, string>();

  private constructor(token: string) {
    this.#context = {
      token,
      links: this.#links,
      faults: this.#faults,
      route: (address) => this.#routeOf(address),
    };
    // Half-open: each direction ends separately, and held bytes outlive their sender.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const connection: FabricConnection = new FabricConnection(this.#context, socket, () =>
        this.#connections.delete(connection),
      );
      this.#connections.add(connection);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /**
   * Listens on the first free address.
   * @throws DfsError ADDRESS_IN_USE when none is
   */
  static async start(options: FabricOptions): Promise<FabricServer> {
    const fabric = new FabricServer(options.token);
    for (const address of options.listen) {
      if (await fabric.#listen(address)) return fabric;
    }
    throw new DfsError('ADDRESS_IN_USE', `Cannot start the lab's network: none of ${options.listen.join(', ')} is free`);
  }

  /** host:port */
  get address(): string {
    // Of a TCP server that listens, address() is always an AddressInfo.
    const { address, port } = this.#server.address() as AddressInfo;
    return formatAddress({ host: address, port });
  }

  /** Number of connections, waiting ones included. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Replaces the nodes that may be dialled. */
  setNodes(nodes: readonly FabricNode[]): void {
    this.#byAddress = new Map(nodes.map((node) => [node.address, node.id]));
    this.#byHost = new Map(nodes.filter((node) => node.ownsHost).map((node) => [parseAddress(node.address).host, node.id]));
  }

  /**
   * Replaces the rule table, for open and new connections.
   * @returns the effects of every fault of the old table and of the new one so far
   */
  setRules(table: FabricTable): FaultHits[] {
    const over = this.#faults.replace(table);
    for (const connection of [...this.#connections]) connection.applyRules();
    return [...over, ...this.#faults.hits()];
  }

  /** The effects of every active fault so far. */
  hits(): FaultHits[] {
    return this.#faults.hits();
  }

  /** A copy of the counters of all links. */
  counters(): LinkCounters[] {
    return this.#links.snapshot();
  }

  /** Breaks all connections and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of [...this.#connections]) connection.reset();
    await closed;
  }

  #routeOf(text: string): RoutedNode | undefined {
    try {
      const { host, port } = parseAddress(text);
      const id = this.#byAddress.get(text) ?? this.#byHost.get(host);
      return id === undefined ? undefined : { id, host, port };
    } catch {
      return undefined;
    }
  }

  /** False when the address is in use or not available. */
  async #listen(address: string): Promise<boolean> {
    const { host, port } = parseAddress(address);
    return new Promise((resolve) => {
      const onError = (): void => resolve(false);
      this.#server.once('error', onError);
      this.#server.listen({ host, port, backlog: 1_024 }, () => {
        this.#server.off('error', onError);
        // A failed accept (no free descriptors) concerns that connection, not the fabric.
        this.#server.on('error', () => undefined);
        resolve(true);
      });
    });
  }
}
