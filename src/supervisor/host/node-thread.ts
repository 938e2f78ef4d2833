/** One node's thread, as seen from its process. */
import { appendFileSync } from 'node:fs';
import { MessageChannel, Worker } from 'node:worker_threads';
import { serveChecksums } from '../../runtime/node/shared-checksums.js';
import type { ChecksumPool } from '../../runtime/node/checksum-pool.js';
import { programEntry } from './program-entry.js';
import type { HostOrder } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import type { NodeSpec } from './node-host.js';
import { BrakeLever, brakeMemory } from './thread-brake.js';
import type { NodeOrder, ThreadNodeData } from './thread-orders.js';

/** The bytes of chunks are outside the heap; short-lived objects of a node need little space. */
const YOUNG_GENERATION_MB = 6;

/** A healthy thread has turned its event loop by then. */
const TURN_WITHIN_MS = 1_000;

export interface NodeThreadOptions {
  readonly spec: NodeSpec;
  /** null: each node computes checksums itself. */
  readonly checksums: ChecksumPool | null;
  readonly onReport: (report: HostReport) => void;
  /** The thread is gone. @param isKilled true after `kill` */
  readonly onExit: (code: number, isKilled: boolean) => void;
}

export class NodeThread {
  readonly #worker: Worker;
  readonly #brake: BrakeLever;
  readonly #files = new Set<string>();
  #isKilled = false;

  constructor({ spec, checksums, onReport, onExit }: NodeThreadOptions) {
    const memory = brakeMemory();
    const { port1, port2 } = new MessageChannel();
    if (checksums !== null) serveChecksums(port1, checksums);
    this.#brake = new BrakeLever(memory);
    this.#files.add(spec.outputFile);
    this.#worker = new Worker(programEntry(new URL('../../supervisor/host/node-worker.js', import.meta.url)), {
      name: spec.id,
      workerData: { spec, brake: memory, checksums: port2 } satisfies ThreadNodeData,
      transferList: [port2],
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const print = (text: string | Buffer): void => {
      try {
        appendFileSync(spec.outputFile, text, { mode: 0o600 });
      } catch {
        // A full disk loses the node's output, never the node.
      }
    };
    this.#worker.stdout.on('data', print);
    this.#worker.stderr.on('data', print);
    this.#worker.on('message', onReport);
    // Out of memory, or an error before the node's own handler was installed: only this thread ends.
    this.#worker.on('error', (error) => print(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`));
    this.#worker.on('exit', (code) => {
      port1.close();
      onExit(code, this.#isKilled);
    });
  }

  /** Files and folders that nothing else opens. */
  get files(): readonly string[] {
    return [...this.#files];
  }

  take(order: HostOrder): void {
    if (order.type === 'start') {
      this.#files.add(order.launch.dataDir).add(order.launch.logFile);
    } else if (order.type === 'stop') {
      // Like SIGCONT before SIGTERM: a suspended thread receives no message.
      this.#brake.resume();
    }
    this.#post(order);
  }

  /** Ends the thread without notice to the node, after the system calls in progress. */
  kill(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.#brake.kill();
    this.#post({ type: 'brake' });
    // The event loop does not turn. Termination may end the whole process, see thread-end.ts.
    const timer = setTimeout(() => void this.#worker.terminate(), TURN_WITHIN_MS);
    this.#worker.once('exit', () => clearTimeout(timer));
  }

  pause(): void {
    this.#brake.pause();
    this.#post({ type: 'brake' });
  }

  resume(): void {
    this.#brake.resume();
  }

  throttle(percent: number): void {
    this.#brake.throttle(percent);
    this.#post({ type: 'brake' });
  }

  /** See BrakeLever. */
  get heldPeriods(): number {
    return this.#brake.heldPeriods;
  }

  /** See BrakeLever. */
  look(nowMs: number): boolean {
    return this.#brake.look(nowMs);
  }

  #post(order: NodeOrder): void {
    this.#worker.postMessage(order);
  }
}
