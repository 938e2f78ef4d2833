/**
 * Hosts all nodes of a lab as threads of one child process. That is forked with the first node, and again after it died.
 *
 *   lab ── IPC ──> host process (thread-host-child) ── MessagePort ──> one thread a node (node-worker)
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { proxyVariablesIn } from '../../runtime/node/proxy-environment.js';
import { compiledEntry } from './compiled-entry.js';
import type { NodeExit, NodeHost, NodeProcess, NodeSpec } from './node-host.js';
import { isProcessAlive, isProcessSuspended } from './process-state.js';
import { ThreadLife } from './thread-life.js';
import type { ThreadOrder, ThreadReport } from './thread-orders.js';

/** All nodes share libuv's threads, which do their file calls. The more there are, the less an fsync of one node holds another. */
const POOL_THREADS_PER_NODE = 4;
const POOL_THREADS_MIN = 16;
const POOL_THREADS_MAX = 128;

/** What a process prints that dies, characters. */
const LAST_WORDS_MAX = 4_096;

export class ThreadHost implements NodeHost {
  readonly #poolThreads: number;
  readonly #lives = new Map<number, ThreadLife>();
  #child: ChildProcess | null = null;
  #life = 0;

  /** @param nodes how many there will be, about */
  constructor(nodes: number) {
    this.#poolThreads = Math.max(POOL_THREADS_MIN, Math.min(POOL_THREADS_MAX, nodes * POOL_THREADS_PER_NODE));
  }

  /** Of the host process, while it runs. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  spawn(spec: NodeSpec): NodeProcess {
    const child = (this.#child ??= this.#fork());
    const life = ++this.#life;
    const node = new ThreadLife(life, spec, {
      send: (order) => send(child, order),
      isAlive: () => child.pid !== undefined && isProcessAlive(child.pid),
      isSuspended: () => child.pid !== undefined && isProcessSuspended(child.pid) === true,
    });
    this.#lives.set(life, node);
    mkdirSync(dirname(spec.outputFile), { recursive: true });
    send(child, { life, type: 'spawn', spec });
    return node;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // Its nodes have ended, and it has nothing else to bring to an end.
    child.kill('SIGKILL');
    await gone;
  }

  abandon(): void {
    this.#child?.kill('SIGKILL');
  }

  #fork(): ChildProcess {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      // The process of the lab has a size of its own in its environment.
      UV_THREADPOOL_SIZE: String(this.#poolThreads),
    };
    // Inherited proxies would lead around the fabric.
    for (const name of proxyVariablesIn(env)) Reflect.deleteProperty(env, name);
    const child = fork(compiledEntry(new URL('../../supervisor/host/thread-host-child.js', import.meta.url)), [], {
      env,
      execArgv: [],
      // A session of its own: Ctrl-C and the shell's job control are for the lab, which then ends its nodes in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // The last words of a process that dies are wanted; see #lost.
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = (lastWords + text).slice(-LAST_WORDS_MAX)));
    // A child that is gone cannot be told anything; its exit says so.
    child.on('error', () => {
      if (child.pid === undefined) this.#lost(child, { code: null, signal: null }, lastWords);
    });
    child.once('exit', (code, signal) => this.#lost(child, { code, signal }, lastWords));
    child.on('message', (report: ThreadReport) => {
      this.#lives.get(report.life)?.take(report);
      if (report.type === 'exited') this.#lives.delete(report.life);
    });
    return child;
  }

  /** All nodes are gone with their process. */
  #lost(child: ChildProcess, exit: NodeExit, lastWords: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    const how = exit.signal === null ? `with exit code ${String(exit.code)}` : `by ${exit.signal}`;
    for (const node of this.#lives.values()) {
      writeLastLine(node.spec, `The process that hosts all nodes ended ${how}, and this node with it`, lastWords);
      node.ended(exit);
    }
    this.#lives.clear();
  }
}

function send(child: ChildProcess, order: ThreadOrder): void {
  if (child.connected) child.send(order, () => undefined);
}

/** Into the node's log, in the form of its own lines: the lab shows warnings and errors that it finds there. */
function writeLastLine({ id, outputFile }: NodeSpec, msg: string, output: string): void {
  const line = { level: 'error', time: new Date().toISOString(), name: id, msg, ...(output === '' ? {} : { output }) };
  try {
    appendFileSync(outputFile, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // The exit is told in any case.
  }
}
