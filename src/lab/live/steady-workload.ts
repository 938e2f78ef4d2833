/** A workload on a running lab, switched on and off by a person: the same clients as in scenarios, measured as they work. */
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { nodeClock } from '../../runtime/node/node-clock.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { timingsOf } from '../../shared/profile.js';
import type { ProfileName } from '../../shared/profile.js';
import { readWorkloadJson } from '../scenario/grammar/step-json.js';
import { endsWithin } from '../../shared/ends-within.js';
import type { ClusterControl } from '../../supervisor/api/cluster-control.js';
import type { SteadyLoad, SteadyLoadStatus, SteadyLoadWords } from '../../supervisor/api/steady-load.js';
import { connectFileClient } from '../workloads/connect-client.js';
import type { FileClient } from '../workloads/file-client.js';
import { NEVER_ON } from './never-on.js';
import { LoadMeter, meteredClient } from './load-meter.js';
import type { Workload } from '../workloads/workload-types.js';
import { WorkloadRunner } from '../run/workload-runner.js';

/** A load that a small machine bears beside the lab itself. */
const DEFAULT_TYPE = 'write-verify';
const DEFAULTS: SteadyLoadWords = { clients: 4, rate: '20/s' };
/** Of the types that have none by themselves. */
const DEFAULT_SIZES: Readonly<Record<string, string>> = { [DEFAULT_TYPE]: '64KiB-1MiB', metadata: '1KiB' };
const TICK_MS = 1_000;
/** For operations whose client was closed under them. */
const CLOSED_GRACE_MS = 2_000;
/** Everything that a load writes is in a folder of this name and a number. */
const FOLDER_PREFIX = 'load-';
const SEED_MAX = 0xffff_ffff;

export interface SteadyLoadOptions {
  readonly profile: ProfileName;
  /** Tests give their own. */
  readonly connect?: (control: ClusterControl, identity: string, profile: ProfileName) => FileClient;
}

/** One load, from on to off. */
class Shift {
  readonly #options: Required<SteadyLoadOptions>;
  readonly #control: ClusterControl;
  readonly #workload: Workload;
  readonly #sinceMs = Date.now();
  readonly #ending = new AbortController();
  readonly #clients = new Set<FileClient>();
  readonly #meter = new LoadMeter(() => nodeClock.nowMs());
  readonly #workloadRunner: WorkloadRunner;
  readonly #folder = `${FOLDER_PREFIX}${this.#sinceMs}`;
  #work: Promise<unknown> = Promise.resolve();

  constructor(control: ClusterControl, workload: Workload, options: Required<SteadyLoadOptions>) {
    this.#control = control;
    this.#workload = workload;
    this.#options = options;
    const { signal } = this.#ending;
    // Every client waits on it.
    setMaxListeners(0, signal);
    this.#workloadRunner = new WorkloadRunner({
      workload: [workload],
      seed: randomInt(SEED_MAX),
      clock: nodeClock,
      signal,
      connect: (name) => this.#connect(name),
      replace: async (lost, name) => {
        this.#clients.delete(lost);
        await lost.close();
        return this.#connect(name);
      },
      root: `/${this.#folder}`,
    });
  }

  /** @throws DfsError */
  async begin(): Promise<void> {
    await this.#sweep();
    if (this.isCut) throw new DfsError('CANCELLED', 'The load was cut');
    const work = await this.#workloadRunner.start();
    this.#work = Promise.all(work);
  }

  get isCut(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Cuts a beginning short: no caller waits until a client gives up. */
  cut(): void {
    this.#ending.abort();
    for (const client of this.#clients) void client.close().catch(() => undefined);
  }

  /** An operation under way may take the client's whole patience: closing the client cuts it. Never rejects. */
  async end(): Promise<void> {
    this.#ending.abort();
    const { streamTimeoutMs } = timingsOf(this.#options.profile);
    await endsWithin(nodeClock, this.#work, streamTimeoutMs);
    await Promise.allSettled([...this.#clients].map((client) => client.close()));
    await endsWithin(nodeClock, this.#work, CLOSED_GRACE_MS);
  }

  status(isOn: boolean): SteadyLoadStatus {
    const { type, clients } = this.#workload;
    const { lastError } = this.#workloadRunner.counters;
    const { broken, brokenCount } = this.#workloadRunner.promises;
    const last = broken.at(-1);
    const lastBroken = last === undefined ? '' : `${last.invariant}: ${last.path}: ${last.detail}`;
    return { isOn, type, clients, sinceMs: this.#sinceMs, ...this.#meter.figures(), lastError, broken: brokenCount, lastBroken };
  }

  /** What an earlier load left goes, so that loads do not fill the disks one after the other. */
  async #sweep(): Promise<void> {
    const client = this.#connect('client-1');
    try {
      for (const name of await client.readdir('/')) {
        if (name.startsWith(FOLDER_PREFIX) && /^\d+$/.test(name.slice(FOLDER_PREFIX.length))) await client.removeTree(`/${name}`);
      }
    } catch (error) {
      if (!isDfsError(error, 'NOT_FOUND')) throw error;
    } finally {
      await client.close();
      this.#clients.delete(client);
    }
  }

  /** Every client of a load is a node of the fabric of its own: partitions cut it off as they do any other. */
  #connect(name: string): FileClient {
    const { connect, profile } = this.#options;
    const client = connect(this.#control, name.replace(/^client-/, 'load-'), profile);
    const metered = meteredClient(client, this.#meter, () => nodeClock.nowMs());
    this.#clients.add(metered);
    return metered;
  }
}

class SteadyWorkload implements SteadyLoad {
  readonly #control: ClusterControl;
  readonly #options: Required<SteadyLoadOptions>;
  readonly #listeners = new Set<(status: SteadyLoadStatus) => void>();
  #shift: Shift | null = null;
  /** Not at work yet. */
  #beginning: Shift | null = null;
  #lastStatus = NEVER_ON;
  #ticker: NodeJS.Timeout | null = null;
  /** One switch at a time. */
  #switching: Promise<unknown> = Promise.resolve();

  constructor(control: ClusterControl, options: Required<SteadyLoadOptions>) {
    this.#control = control;
    this.#options = options;
  }

  start(words: SteadyLoadWords = {}): Promise<void> {
    return this.#inTurn(() => this.#start(words));
  }

  stop(): Promise<void> {
    this.#beginning?.cut();
    return this.#inTurn(() => this.#stop());
  }

  status(): SteadyLoadStatus {
    return this.#shift?.status(true) ?? this.#lastStatus;
  }

  onChange(listener: (status: SteadyLoadStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #start(words: SteadyLoadWords): Promise<void> {
    const action = 'Cannot switch the load on';
    if (this.#shift !== null) {
      const { type, clients } = this.#shift.status(true);
      throw new DfsError('INVALID_ARGUMENT', `${action}: ${type} with ${clients} clients is on; stop it first`);
    }
    const type = words.type ?? DEFAULT_TYPE;
    const size = Object.hasOwn(DEFAULT_SIZES, type) ? DEFAULT_SIZES[type] : undefined;
    const defaults: SteadyLoadWords = { ...DEFAULTS, ...(size === undefined ? {} : { size }) };
    const shift = new Shift(this.#control, readWorkloadJson({ ...defaults, ...words, type }, action), this.#options);
    this.#beginning = shift;
    try {
      await shift.begin();
    } catch (error) {
      // Whatever its clients say then comes from their being closed.
      const { isCut } = shift;
      await shift.end();
      throw isCut ? new DfsError('CANCELLED', 'The load was switched off while it began', { cause: error }) : error;
    } finally {
      this.#beginning = null;
    }
    this.#shift = shift;
    this.#ticker = setInterval(() => this.#tell(), TICK_MS).unref();
    this.#tell();
  }

  async #stop(): Promise<void> {
    const shift = this.#shift;
    if (shift === null) return;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    await shift.end();
    this.#lastStatus = shift.status(false);
    this.#shift = null;
    this.#tell();
  }

  #tell(): void {
    const status = this.status();
    for (const listener of [...this.#listeners]) listener(status);
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#switching.then(act);
    this.#switching = turn.catch(() => undefined);
    return turn;
  }
}

/** A load for a running cluster, off. Its `stop` comes before the cluster's `close`. */
export function createSteadyLoad(control: ClusterControl, options: SteadyLoadOptions): SteadyLoad {
  return new SteadyWorkload(control, { connect: connectFileClient, ...options });
}
