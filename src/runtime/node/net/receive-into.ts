/** Receives from a socket into given memory, which Node offers for sockets only when they are made: a connected one is wrapped again. */
import { Socket } from 'node:net';

export interface Receiver {
  /** Where the next bytes go; not empty. Called once at the beginning, and after each `received`. */
  next(): Uint8Array;
  /**
   * Bytes have arrived at the beginning of `buffer`, which `next` gave.
   * @returns false: none shall follow until the socket is resumed
   */
  received(bytes: number, buffer: Uint8Array): boolean;
}

/** A connection of the operating system, as far as it is used here. Node has no types for it, and no other way to take it over. */
interface Handle {
  reading: boolean;
  readStop(): number;
}

/** What a socket has received and not yet given to a reader; none follows. To be called before `receiveInto`. */
export function takeReceived(connected: Socket): Uint8Array {
  connected.pause();
  const received: unknown = connected.read();
  return received instanceof Uint8Array ? received : new Uint8Array(0);
}

/**
 * Takes the connection of a socket over.
 * @param connected has `allowHalfOpen`; it closes together with the new one and is otherwise not to be used
 * @returns the new socket, paused; destroyed when the old one has lost its connection
 */
export function receiveInto(connected: Socket, receiver: Receiver): Socket {
  // The fields and options exist in every version of Node that is supported; see lib/net.js.
  const old = connected as unknown as { _handle: Handle | null };
  const handle = old._handle;
  old._handle = null;
  if (handle !== null) {
    handle.readStop();
    handle.reading = false;
  }
  const options = {
    handle: handle ?? undefined,
    allowHalfOpen: true,
    manualStart: true,
    onread: {
      buffer: () => receiver.next(),
      callback: (bytes: number, buffer: Uint8Array) => receiver.received(bytes, buffer),
    },
  };
  const socket = new Socket(options);
  // A listener counts its connections by the sockets that it has made.
  socket.once('close', () => connected.destroy());
  if (handle === null) socket.destroy();
  return socket;
}
