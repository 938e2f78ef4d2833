/**
 * Ends a thread in the middle of its work. `process.exit` and `Worker.terminate` alone are not safe: Node still processes pending
 * data of the thread's sockets, without a JavaScript environment; its HTTP/2 then aborts the whole process (`Assertion failed:
 * onread->IsFunction()`). Without sockets there is no pending data.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** All sockets of this thread. */
const sockets = new Set<Socket>();

function track(message: unknown): void {
  // The names of both channels are documented by Node.
  const { socket } = message as { readonly socket: Socket };
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
}

/** Call it before the first socket is created. */
export function trackSockets(): void {
  subscribe('net.client.socket', track);
  subscribe('net.server.socket', track);
}

/** Closes all sockets, as the system does for a killed process, and ends the thread. No code of the node runs in between. */
export function endThread(code: number): never {
  for (const socket of sockets) socket.destroy();
  return process.exit(code);
}
