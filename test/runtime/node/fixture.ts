/** What these tests share: a runtime on a temporary folder with a log that is remembered, and raw sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindServer } from '../../../src/runtime/node/net/bind-server.js';
import { createNodeRuntime, type NodeRuntime } from '../../../src/runtime/node/index.js';
import type { Logger } from '../../../src/shared/runtime.js';

export interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

export function recordingLogger(lines: RecordedLine[]): Logger {
  const write = (level: RecordedLine['level']) => (message: string) => void lines.push({ level, message });
  const log: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  };
  return log;
}

export interface Fixture extends NodeRuntime {
  readonly folder: string;
  readonly lines: RecordedLine[];
}

/** A runtime of its own; `close` also removes its folder. */
export async function openFixture(options: { proxyUrl?: string } = {}): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'distrifs-runtime-'));
  const lines: RecordedLine[] = [];
  const { runtime, close } = createNodeRuntime({ dataDir: folder, log: recordingLogger(lines), ...options });
  return {
    runtime,
    folder,
    lines,
    async close() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves once `condition` holds; rejects after `limitMs`. */
export async function until(condition: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`Still waiting after ${limitMs} ms for ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface RawServer {
  readonly address: string;
  /** Open ones. */
  readonly sockets: ReadonlySet<Socket>;
  readonly close: () => void;
}

/** A TCP server that does what `onSocket` says with each socket; what it receives and nobody reads is dropped. */
export async function rawServer(onSocket: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    onSocket(socket);
    if (socket.listenerCount('data') + socket.listenerCount('readable') === 0) socket.resume();
  });
  const address = await bindServer(server, '127.0.0.1:0');
  return {
    address,
    sockets,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
