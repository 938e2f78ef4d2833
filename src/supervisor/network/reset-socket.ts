/** Breaks a TCP connection so that the other side sees RST. */
import type { Socket } from 'node:net';

/** Closes at once with RST, whatever is still unsent. Harmless when closed already. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  // libuv refuses RST while a FIN waits for unsent bytes, and would leave the socket open: a plain close must do then.
  if (socket.connecting || (socket.writableEnded && !socket.writableFinished)) socket.destroy();
  else socket.resetAndDestroy();
}
