/**
 * Hosts all nodes of a lab as threads of one child process, forked with the first node, and again after the process died.
 *
 *   lab ── IPC ──> host process (thread-host-child) ── MessagePort ──> one thread a node (node-worker)
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoriesSync } from '../../runtime/node/base/make-directories.js';
import { proxyVariablesIn } from '../../runtime/node/proxy-environment.js';
import { programEntry } from './program-entry.js';
import type { NodeExit, NodeHost, NodeProcess, NodeSpec } from './node-host.js';
import { isProcessAlive, isProcessSuspended } from './process-state.js';
import { ThreadLife } from './thread-life.js';
import type { ThreadOrder, ThreadReport } from './thread-orders.js';

/**
 * All nodes share libuv's threads, which execute their file calls. More threads reduce how long an fsync of one node blocks others.
 */
const POOL_THREADS_PER_NODE = 4;
const POOL_THREADS_MIN = 16;
const POOL_THREADS_MAX = 128;

/** Limit of the kept output of a dying process, characters. */
const LAST_WORDS_MAX = 4_096;

export class ThreadHost implements NodeHost {
  readonly #poolThreads: number;
  readonly #lives = new Map<number, ThreadLife>();
  #child: ChildProcess | null = null;
  #life = 0;

  /** @param nodes approximate number of nodes */
  constructor(nodes: number) {
    this.#poolThreads = Math.max(POOL_THREADS_MIN, Math.min(POOL_THREADS_MAX, nodes * POOL_THREADS_PER_NODE));
  }

  /** Pid of the host process, while it runs. */
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
    makeDirectoriesSync(dirname(spec.outputFile));
    send(child, { life, type: 'spawn', spec });
    return node;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // Its nodes have ended, and the process has nothing else to finish.
    child.kill('SIGKILL');
    await gone;
  }

  abandon(): void {
    this.#child?.kill('SIGKILL');
  }

  #fork(): ChildProcess {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      // The lab's own process sets a size of its own in its environment.
      UV_THREADPOOL_SIZE: String(this.#poolThreads),
    };
    // Inherited proxies would bypass the fabric.
    for (const name of proxyVariablesIn(env)) Reflect.deleteProperty(env, name);
    const child = fork(programEntry(new URL('../../supervisor/host/thread-host-child.js', import.meta.url)), [], {
      env,
      execArgv: [],
      // A session of its own: the lab receives Ctrl-C and the shell's job control, and then ends its nodes in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // The output of a dying process is kept; see #lost.
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = (lastWords + text).slice(-LAST_WORDS_MAX)));
    // A child that is gone receives nothing; its exit is reported.
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

  /** Handles the end of the process, which ends all nodes. */
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

/** Appends a line to the node's log, in the log's own format: the lab shows warnings and errors of the log. */
function writeLastLine({ id, outputFile }: NodeSpec, msg: string, output: string): void {
  const line = { level: 'error', time: new Date().toISOString(), name: id, msg, ...(output === '' ? {} : { output }) };
  try {
    appendFileSync(outputFile, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // The exit is reported in any case.
  }
}
