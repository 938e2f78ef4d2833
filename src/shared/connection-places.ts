/**
 * Who may keep a connection to a server that has a limited number of places. Connections at rest give way to new ones, so that peers
 * that connect and say nothing shut no other peer out.
 *
 *   new connection ─▶ a place is free? ─yes─▶ admitted
 *                          └─no─▶ one at rest gives way: of the address with the most connections, the one at rest for longest
 *                                     └─none is─▶ refused: the server is busy
 *
 * One address has at most three quarters of the places. Loopback may have all: there, it is one address for all programs of the machine.
 */
import { parseAddress } from './address.js';

const SHARE = 3 / 4;
const LOOPBACK = /^(127\.|::1$|::ffff:127\.|localhost$)/;

/** The place of one connection. */
export interface Place {
  /** The connection is in use, and keeps its place. */
  inUse(): void;
  /** The connection is at rest from now on. */
  atRest(): void;
  /** The connection has ended. A second call has no effect. */
  leave(): void;
}

interface Taken {
  readonly host: string;
  readonly giveWay: () => void;
  /** Number of uses at the same time. */
  uses: number;
}

export class ConnectionPlaces {
  readonly #placesMax: number;
  /** The one at rest for longest first; those in use are skipped. */
  readonly #taken = new Set<Taken>();
  readonly #byHost = new Map<string, number>();

  constructor(placesMax: number) {
    this.#placesMax = placesMax;
  }

  get size(): number {
    return this.#taken.size;
  }

  /**
   * Takes a place, for a connection that is at rest.
   * @param peer host:port
   * @param giveWay closes the connection, for another one; its place is free already
   * @returns null: all connections that could give way are in use
   */
  take(peer: string, giveWay: () => void): Place | null {
    const host = hostOf(peer);
    const hostMax = LOOPBACK.test(host) ? this.#placesMax : Math.ceil(this.#placesMax * SHARE);
    if ((this.#byHost.get(host) ?? 0) >= hostMax && !this.#evict((other) => other === host)) return null;
    if (this.#taken.size >= this.#placesMax && !this.#evict(this.#mostAtRest())) return null;
    const taken: Taken = { host, giveWay, uses: 0 };
    this.#taken.add(taken);
    this.#byHost.set(host, (this.#byHost.get(host) ?? 0) + 1);
    return {
      inUse: () => void (taken.uses += 1),
      atRest: () => {
        taken.uses -= 1;
        // To the end: the order is that of resting.
        if (this.#taken.delete(taken)) this.#taken.add(taken);
      },
      leave: () => this.#remove(taken),
    };
  }

  /** The address with the most connections, of those that have one at rest. */
  #mostAtRest(): (host: string) => boolean {
    const hosts = new Set([...this.#taken].filter(({ uses }) => uses === 0).map(({ host }) => host));
    const [most] = [...hosts].sort((a, b) => (this.#byHost.get(b) ?? 0) - (this.#byHost.get(a) ?? 0));
    return (host) => host === most;
  }

  #evict(isOf: (host: string) => boolean): boolean {
    for (const taken of this.#taken) {
      if (taken.uses > 0 || !isOf(taken.host)) continue;
      this.#remove(taken);
      taken.giveWay();
      return true;
    }
    return false;
  }

  #remove(taken: Taken): void {
    if (!this.#taken.delete(taken)) return;
    const left = (this.#byHost.get(taken.host) ?? 1) - 1;
    if (left > 0) this.#byHost.set(taken.host, left);
    else this.#byHost.delete(taken.host);
  }
}

function hostOf(peer: string): string {
  try {
    return parseAddress(peer).host;
  } catch {
    return peer;
  }
}
