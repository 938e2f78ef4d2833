/**
 * Ends a thread in the middle of its work. `process.exit` and `Worker.terminate` alone are not safe: what the system has ready for the
 * thread's sockets is still taken in, by code of Node that finds no JavaScript any more; its HTTP/2 then aborts the whole process
 * (`Assertion failed: onread->IsFunction()`). Without sockets there is nothing to take in.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** All of this thread. */
const sockets = new Set<Socket>();

function track(message: unknown): void {
  // What Node documents for both channels.
  const { socket } = message as { readonly socket: Socket };
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

/** To be called before the first socket is made. */
export function trackSockets(): void {
  subscribe('net.client.socket', track);
  subscribe('net.server.socket', track);
}

/** Closes all sockets, as the system does for a process that is killed, and ends the thread. Nothing of the node runs in between. */
export function endThread(code: number): never {
  for (const socket of sockets) socket.destroy();
  return process.exit(code);
}
