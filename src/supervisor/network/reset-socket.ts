/** Breaks a TCP connection, so that the other side receives RST. */
import type { Socket } from 'node:net';

/** Closes at once with RST and drops unsent bytes. Safe to call when closed already. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  // libuv refuses RST while a FIN waits for unsent bytes, and would leave the socket open: a plain close is used then.
  if (socket.connecting || (socket.writableEnded && !socket.writableFinished)) socket.destroy();
  else socket.resetAndDestroy();
}
