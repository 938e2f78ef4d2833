/**
 * The connections of a gRPC port. One without a call under way gives way to a new one when there are too many; when all are in use, a few
 * more are admitted, so that their calls can be refused with a reason.
 */
import type { Socket } from 'node:net';
import { ConnectionPlaces, type Place } from '../../../shared/connection-places.js';
import { DfsError } from '../../../shared/errors.js';
import { peerOf } from '../net/bind-server.js';

const CONNECTIONS_MAX = 4_096;
/** Connections beyond that whose calls are refused, and that are closed soon. */
const SURPLUS_MAX = 64;
const SURPLUS_MS = 3_000;

/** Sockets that may be open at once; the system refuses others. */
export const SOCKETS_MAX = CONNECTIONS_MAX + SURPLUS_MAX;

/** What grpc-js says of the other side of a call. */
const keyOf = (socket: Socket): string => `${socket.remoteAddress ?? ''}:${socket.remotePort ?? ''}`;

export class ServerConnections {
  readonly #places: ConnectionPlaces;
  readonly #placesMax: number;
  readonly #sockets = new Set<Socket>();
  /** By what grpc-js calls the peer; null: of a surplus connection. */
  readonly #byPeer = new Map<string, Place | null>();

  /** @param placesMax connections; default: 4,096 */
  constructor(placesMax = CONNECTIONS_MAX) {
    this.#placesMax = placesMax;
    this.#places = new ConnectionPlaces(placesMax);
  }

  /** Counts a new connection, until it closes. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    const key = keyOf(socket);
    const place = this.#places.take(peerOf(socket), () => socket.destroy());
    const timer = place === null ? setTimeout(() => socket.destroy(), SURPLUS_MS) : undefined;
    this.#byPeer.set(key, place);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      place?.leave();
      if (this.#byPeer.get(key) === place) this.#byPeer.delete(key);
    });
  }

  /**
   * A call begins on a connection, which keeps its place until the returned function is called.
   * @param peer as grpc-js says
   * @throws DfsError RESOURCE_EXHAUSTED on a surplus connection
   */
  begin(peer: string): () => void {
    const place = this.#byPeer.get(peer);
    if (place === null) {
      throw new DfsError(
        'RESOURCE_EXHAUSTED',
        `The server has ${this.#placesMax} connections in use: nothing was done, try again`,
      );
    }
    place?.inUse();
    return () => place?.atRest();
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
