/** Hosts each node in a child process. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoriesSync } from '../../runtime/node/base/make-directories.js';
import { proxyVariablesIn } from '../../runtime/node/proxy-environment.js';
import { DfsError } from '../../shared/errors.js';
import { programEntry } from './program-entry.js';
import { POWER_CUT } from './node-host.js';
import { DutyCycle } from './duty-cycle.js';
import { FaultOrders } from './fault-orders.js';
import type { HostOrder, HostFault, NodeLaunch } from './host-orders.js';
import type { HostReport } from './host-reports.js';
import type { NodeExit, NodeHost, NodeProcess, NodeSpec } from './node-host.js';
import { endOfPowerCut } from './power-cut.js';
import { isProcessAlive, isProcessSuspended } from './process-state.js';

/** libuv's threads execute a node's file calls: with the default of 4, a few fsyncs would block all other calls. */
const THREAD_POOL_SIZE = '8';

/** Counts lives over all labs of this process, so that every number is unique. */
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
  readonly #spec: NodeSpec;
  readonly #child: ChildProcess;
  readonly #faults: FaultOrders;
  readonly #duty: DutyCycle;
  #isPaused = false;
  #isCut = false;
  #failure: string | null = null;

  constructor(spec: NodeSpec) {
    const child = forkNode(spec);
    this.#spec = spec;
    this.#child = child;
    this.#faults = new FaultOrders({
      nodeId: spec.id,
      send: (order) => this.#send(order),
      isPaused: () => this.#isPaused,
    });
    this.#duty = new DutyCycle(
      () => child.kill('SIGSTOP') && !this.#isPaused,
      () => {
        if (!this.#isPaused) child.kill('SIGCONT');
      },
    );
    // A child that is gone receives nothing; `exited` reports its end.
    child.on('error', () => undefined);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#duty.set(0);
        this.#faults.lose();
        // A host whose power is cut kills itself, once the disk is as the cut left it.
        resolve(this.#isCut && signal === 'SIGKILL' ? { code: null, signal: POWER_CUT } : { code, signal });
      });
      // Without a pid the child never existed: no exit follows.
      if (child.pid === undefined) child.once('error', () => resolve({ code: null, signal: null }));
    });
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (report: HostReport) => {
        this.#faults.take(report);
        if (report.type === 'ready') resolve(report.address);
        if (report.type !== 'failed') return;
        this.#failure = report.message;
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
    // Callers that wait see the rejection; without a caller it is not an unhandled rejection.
    this.ready.catch(() => undefined);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  launch(launch: NodeLaunch): void {
    this.#send({ type: 'start', launch });
  }

  kill(): void {
    this.#isCut = false;
    this.#child.kill('SIGKILL');
  }

  stop(): void {
    this.#duty.set(0);
    this.resume();
    this.#child.kill('SIGTERM');
  }

  pause(): void {
    this.#isPaused = true;
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#isPaused = false;
    this.#child.kill('SIGCONT');
  }

  throttle(percent: number): void {
    this.#duty.set(percent);
  }

  get heldPeriods(): number {
    return this.#duty.heldPeriods;
  }

  inject(active: HostFault): Promise<void> {
    return this.#faults.inject(active);
  }

  lift(id: number): Promise<number> {
    return this.#faults.lift(id);
  }

  hits(id: number): Promise<number> {
    return this.#faults.hits(id);
  }

  async powerCut(choiceSeed: number): Promise<void> {
    this.#isCut = true;
    this.#send({ type: 'powercut', choiceSeed });
    // The process has to run to carry out the order; its links are frozen.
    this.#duty.set(0);
    this.resume();
    await endOfPowerCut({
      id: this.#spec.id,
      exited: this.exited,
      kill: () => this.kill(),
      failure: () => this.#failure,
    });
  }

  isAlive(): boolean {
    return this.pid !== null && isProcessAlive(this.pid);
  }

  isSuspended(): boolean | null {
    // Between two slices of a CPU fault the process is not considered suspended, whatever its state is at the moment.
    if (this.pid === null || (this.#duty.isRunning && !this.#isPaused)) return false;
    return isProcessSuspended(this.pid);
  }

  #send(order: HostOrder): void {
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }
}

function forkNode(spec: NodeSpec): ChildProcess {
  makeDirectoriesSync(dirname(spec.outputFile));
  const output = openSync(spec.outputFile, 'a', 0o600);
  try {
    const env = { UV_THREADPOOL_SIZE: THREAD_POOL_SIZE, ...process.env };
    // Inherited proxies would bypass the fabric.
    for (const name of proxyVariablesIn(env)) Reflect.deleteProperty(env, name);
    return fork(programEntry(new URL('../../supervisor/host/host-child.js', import.meta.url)), [spec.role, spec.id], {
      env,
      execArgv: [],
      // A session of its own: the lab receives Ctrl-C and the shell's job control, and then ends its nodes in order.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
  } finally {
    closeSync(output);
  }
}
