/** The implementations of Runtime that the conformance suites are applied to. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FaultyRuntime } from '../../../src/runtime/faulty/faulty-runtime.js';
import type { SimLogLine } from '../../../src/runtime/memory/memory-logger.js';
import { Simulation } from '../../../src/runtime/memory/simulation.js';
import { createNodeRuntime } from '../../../src/runtime/node/index.js';
import { nodeClock } from '../../../src/runtime/node/node-clock.js';
import { createLogger } from '../../../src/runtime/node/pino-logger.js';
import type { Runtime } from '../../../src/shared/runtime.js';
import type { LogLine, Subject, World } from './world.js';

const LIMIT_MS = 10_000;
const POLL_MS = 2;

/** On this machine, in a temporary folder. @param isFaulty with a FaultyRuntime in between, in which no fault is active */
function nodeSubject(name: string, isFaulty: boolean): Subject {
  return {
    name,
    canCutPower: isFaulty,
    async run(body) {
      const parent = mkdtempSync(join(tmpdir(), 'distrifs-conformance-'));
      const dataDir = join(parent, 'data');
      const logFile = join(parent, 'log', 'node.log');
      const closing: (() => Promise<unknown>)[] = [];
      const open = (): { readonly runtime: Runtime; readonly faulty: FaultyRuntime | null } => {
        const { log } = createLogger({ name: 'node', level: 'debug', file: logFile });
        const { runtime, close } = createNodeRuntime({ dataDir, log });
        closing.push(close);
        if (!isFaulty) return { runtime, faulty: null };
        const faulty = new FaultyRuntime(runtime, dataDir);
        closing.push(() => faulty.close());
        return { runtime: faulty.runtime, faulty };
      };
      const { runtime, faulty } = open();
      await runtime.disk.makeDirectory('.');
      const world: World = {
        runtime,
        another: () => open().runtime,
        until: untilInRealTime,
        silentAddress: () => openSilent(closing),
        // TEST-NET-1 of RFC 5737, and a name that RFC 6761 keeps free.
        foreignAddress: '192.0.2.1:0',
        unknownAddress: 'host.invalid:1',
        async cutPower(choiceSeed) {
          await faulty?.powerCut(choiceSeed);
          return open().runtime.disk;
        },
        logLines: () => pinoLines(logFile),
      };
      try {
        await body(world);
      } finally {
        for (const close of closing.reverse()) await close();
        rmSync(parent, { recursive: true, force: true });
      }
    },
  };
}

async function untilInRealTime(condition: () => boolean): Promise<void> {
  const endMs = nodeClock.nowMs() + LIMIT_MS;
  while (!condition()) {
    if (nodeClock.nowMs() > endMs) throw new Error(`Still waiting after ${LIMIT_MS} ms for ${String(condition)}`);
    await nodeClock.sleep(POLL_MS);
  }
}

/** Listens, and never runs again: its kernel takes as many connections as fit into the backlog, and then answers no SYN. */
const SILENT_LISTENER = `
  import { createServer } from 'node:net';
  import { parentPort } from 'node:worker_threads';
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;
/** More than the backlog takes. */
const FILLING_SOCKETS = 4;

async function openSilent(closing: (() => Promise<unknown>)[]): Promise<string> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SILENT_LISTENER)}`));
  closing.push(() => worker.terminate());
  const port = await new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  let connected = 0;
  const sockets = Array.from({ length: FILLING_SOCKETS }, (): Socket => {
    const socket = connect({ host: '127.0.0.1', port }, () => connected++);
    return socket.on('error', () => undefined);
  });
  closing.push(async () => sockets.forEach((socket) => socket.destroy()));
  // The backlog of 1 holds two connections.
  await untilInRealTime(() => connected === 2);
  return `127.0.0.1:${port}`;
}

function pinoLines(file: string): LogLine[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { level, msg, time: _time, pid: _pid, name: _name, ...fields } = JSON.parse(line) as Record<string, unknown>;
      return { level: String(level), message: String(msg), fields };
    });
}

/** In a simulation. @param isFaulty as for nodeSubject */
function memorySubject(name: string, isFaulty: boolean): Subject {
  return {
    name,
    canCutPower: true,
    async run(body, seed = 1) {
      const lines: SimLogLine[] = [];
      const sim = new Simulation({ seed, onLog: (line) => lines.push(line) });
      const machine = sim.machine('m');
      const open = (): Runtime => {
        const runtime = machine.boot();
        return isFaulty ? new FaultyRuntime(runtime, null).runtime : runtime;
      };
      const world: World = {
        runtime: open(),
        another: open,
        until: (condition) => sim.runUntil(condition, { limitMs: LIMIT_MS }),
        async silentAddress() {
          sim.network.stall('m', 'silent');
          const listener = await sim
            .machine('silent')
            .boot()
            .net.listen('silent:0', () => undefined);
          return listener.address;
        },
        foreignAddress: 'other:0',
        unknownAddress: 'nowhere:1',
        async cutPower() {
          machine.crash({ power: true });
          return open().disk;
        },
        logLines: () => lines,
      };
      await sim.run(() => body(world));
    },
  };
}

export const SUBJECTS: readonly Subject[] = [
  nodeSubject('node', false),
  memorySubject('memory', false),
  nodeSubject('faulty over node', true),
  memorySubject('faulty over memory', true),
];

/** Those whose other interfaces are their own: a FaultyRuntime hands all but disk and clock through. */
export const PLAIN_SUBJECTS: readonly Subject[] = SUBJECTS.slice(0, 2);
