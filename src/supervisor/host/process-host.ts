/** Hosts each node in a child process. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { proxyVariablesIn } from '../../runtime/node/proxy-environment.js';
import { DfsError } from '../../shared/errors.js';
import { compiledEntry } from '../compiled-entry.js';
import type { FaultAction } from '../faults.js';
import type { HostOrder, ImposedFault, NodeLaunch } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import { isProcessAlive, isProcessSuspended } from './process-state.js';
import type { NodeExit, NodeHost, NodeProcess, NodeSpec } from './node-host.js';

/** libuv's threads do a node's file calls: with the default of 4, a few fsyncs would hold all others. */
const THREAD_POOL_SIZE = '8';

/** Of all labs of this process: no two lives are mixed up. */
let lives = 0;

export const processHost: NodeHost = {
  pid: null,
  spawn: (spec) => new HostedProcess(spec),
  close: () => Promise.resolve(),
  abandon: () => undefined,
};

class HostedProcess implements NodeProcess {
  readonly life = ++lives;
  readonly ready: Promise<string>;
  readonly exited: Promise<NodeExit>;
  readonly #child: ChildProcess;

  constructor(spec: NodeSpec) {
    const child = forkNode(spec);
    this.#child = child;
    // A child that is gone cannot be told anything; `exited` says so.
    child.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      // Without a pid the child never was: no exit follows.
      if (child.pid === undefined) child.once('error', () => resolve({ code: null, signal: null }));
    });
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (report: HostReport) => {
        if (report.type === 'ready') resolve(report.address);
        else if (report.type === 'failed')
          reject(new DfsError('UNAVAILABLE', `Node ${spec.id} cannot run: ${report.message}`, { nodeId: spec.id }));
      });
      void this.exited.then(({ code, signal }) => {
        const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
        reject(
          new DfsError('UNAVAILABLE', `Node ${spec.id} ended ${how} before it served: see ${spec.outputFile}`, {
            nodeId: spec.id,
          }),
        );
      });
    });
    // Whoever waits sees the rejection; nobody has to wait.
    this.ready.catch(() => undefined);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  launch(launch: NodeLaunch): void {
    this.#send({ type: 'start', launch });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  stop(): void {
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  throttle(): void {
    throw notYet('slow-cpu');
  }

  impose({ fault }: ImposedFault): Promise<void> {
    return Promise.reject(notYet(fault.action));
  }

  lift(): Promise<number> {
    return Promise.resolve(0);
  }

  hits(): Promise<number> {
    return Promise.resolve(0);
  }

  powerCut(): Promise<void> {
    return Promise.reject(notYet('powercut'));
  }

  isAlive(): boolean {
    return this.pid !== null && isProcessAlive(this.pid);
  }

  isSuspended(): boolean | null {
    return this.pid === null ? false : isProcessSuspended(this.pid);
  }

  #send(order: HostOrder): void {
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }
}

const notYet = (action: FaultAction): DfsError =>
  new DfsError('UNIMPLEMENTED', `${action} is not available on processes yet; lab sim has it`);

function forkNode(spec: NodeSpec): ChildProcess {
  mkdirSync(dirname(spec.outputFile), { recursive: true });
  const output = openSync(spec.outputFile, 'a', 0o600);
  try {
    const env = { UV_THREADPOOL_SIZE: THREAD_POOL_SIZE, ...process.env };
    // Inherited proxies would lead around the fabric.
    for (const name of proxyVariablesIn(env)) Reflect.deleteProperty(env, name);
    return fork(compiledEntry(new URL('../../supervisor/host/host-child.js', import.meta.url)), [spec.role, spec.id], {
      env,
      execArgv: [],
      // A session of its own: Ctrl-C and the shell's job control are for the lab, which then ends its nodes in order.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    closeSync(output);
  }
}
