/**
 * Everything between this node and one master: it registers, then beats, reports and asks for orders side by side, until the
 * registration is over; then from the start again, for ever.
 *
 *   registering --> registered { heartbeats | orders | reports } --needs_registration, a new term--> registering
 */
import { DataNodeService } from '../../protocol/services.js';
import type { NodeStats } from '../../protocol/generated/distrifs/v1/NodeStats.js';
import type { Order__Output } from '../../protocol/generated/distrifs/v1/Order.js';
import type { OrderFailure } from '../../protocol/generated/distrifs/v1/OrderFailure.js';
import { DfsError, isDfsError } from '../../shared/errors.js';
import { REPORT_PART_REPLICAS } from '../../shared/limits.js';
import type { Timings } from '../../shared/profile.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { RpcChannel, RpcMethod, Runtime } from '../../shared/runtime.js';
import type { NodeIdentity } from '../identity.js';
import type { ChunkStore, ReplicaChange } from '../store/chunk-store.js';
import type { FolderScan } from '../store/folder-scan.js';
import { sendFullReport } from './full-report.js';
import { identityMessage, Registration } from './registration.js';
import { ReportQueue } from './report-queue.js';
import { pause, Wakeup } from './wakeup.js';

/** What a link needs of its node. */
export interface LinkedNode {
  readonly runtime: Pick<Runtime, 'clock' | 'random' | 'rpc' | 'log'>;
  readonly identity: NodeIdentity;
  readonly store: ChunkStore;
  readonly scan: FolderScan;
  readonly timings: Timings;
  readonly rack: string;
  /** host:port of the data port, as others reach it. */
  readonly address: string;
  readonly stats: () => Promise<NodeStats>;
  /** Carries orders of the accepted term out. */
  readonly takeOrders: (orders: readonly Order__Output[], link: MasterLink) => void;
  /** A higher term was durably accepted: every link must register again. */
  readonly termAccepted: () => void;
  readonly onFatal: (error: DfsError) => void;
}

/** Failed attempts between two log lines. */
const LOG_EVERY = 20;

type Reply = { readonly term: number; readonly needsRegistration: boolean };

export class MasterLink {
  readonly master: string;
  readonly #node: LinkedNode;
  readonly #channel: RpcChannel;
  readonly #queue = new ReportQueue();
  readonly #reports: Wakeup;
  #registration: Registration | null = null;
  /** Fires when the link stops. */
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #lastReportId = 0;

  /** @param master host:port */
  constructor(master: string, node: LinkedNode) {
    this.master = master;
    this.#node = node;
    this.#channel = node.runtime.rpc.connect(master);
    this.#reports = new Wakeup(node.runtime.clock);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Tells the master of a change, soon, and until it has acknowledged it. */
  report(change: ReplicaChange): void {
    this.#queue.add(change);
    this.#reports.notify();
  }

  /** Tells the master that an order came to nothing. */
  reportFailure(failure: OrderFailure): void {
    this.#queue.addFailure(failure);
    this.#reports.notify();
  }

  /** Registers again. */
  renew(): void {
    this.#registration?.end();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.renew();
    this.#channel.close();
    await this.#running;
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      const registration = await this.#register();
      if (registration === null) return;
      this.#registration = registration;
      if (this.#isStopped()) return;
      await Promise.all([this.#beat(registration), this.#askForOrders(registration), this.#reportChanges(registration)]);
    }
  }

  /** Tries until it works; null when the node stops, or can never be registered. */
  async #register(): Promise<Registration | null> {
    const { runtime, timings } = this.#node;
    for (let attempt = 1; !this.#isStopped(); attempt++) {
      try {
        return await this.#registerOnce();
      } catch (error) {
        if (isDfsError(error, 'FOREIGN_CLUSTER')) {
          this.#refuse(error);
          return null;
        }
        if (attempt % LOG_EVERY === 1) {
          runtime.log.warn('Cannot register with the master; trying again', { master: this.master, attempt, error });
        }
      }
      const delayMs = retryDelayMs(attempt, { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs }, runtime.random);
      await pause(runtime.clock, delayMs, this.#stopped.signal);
    }
    return null;
  }

  async #registerOnce(): Promise<Registration> {
    const { identity, store, rack, address, stats, runtime, timings } = this.#node;
    const request = { node: identityMessage(identity, 0), address, rack, stats: await stats() };
    const reply = await this.#call(DataNodeService.RegisterDataNode, request, timings.rpcDeadlineMs, this.#stopped.signal);
    await identity.joinCluster(reply.clusterId);
    if (reply.clusterId !== identity.clusterId) {
      const text = `Node "${identity.nodeId}" belongs to cluster ${identity.clusterId}, the master at ${this.master} to ${reply.clusterId}`;
      throw new DfsError('FOREIGN_CLUSTER', text);
    }
    store.clusterId = identity.clusterId;
    if (reply.term < identity.acceptedTerm) {
      const text = `The master at ${this.master} is at term ${reply.term}; this node has accepted ${identity.acceptedTerm}`;
      throw new DfsError('STALE_TERM', text);
    }
    await this.#acceptTerm(reply.term);
    runtime.log.info('Registered with the master', { master: this.master, clusterId: reply.clusterId, term: reply.term });
    return new Registration(identity, {
      registrationId: reply.registrationId,
      heartbeatIntervalMs: reply.heartbeatIntervalMs || timings.heartbeatIntervalMs,
      blockReportIntervalMs: reply.blockReportIntervalMs || timings.blockReportIntervalMs,
    });
  }

  #refuse(error: DfsError): void {
    const { runtime, identity, onFatal } = this.#node;
    const advice = `Give this node the address of its own cluster's master, or an empty data folder; the data in this one stays as it is`;
    runtime.log.error(`Refused by the master: another cluster. ${advice}`, {
      master: this.master,
      clusterId: identity.clusterId,
      error,
    });
    onFatal(new DfsError('FOREIGN_CLUSTER', `${error.message}. ${advice}`, { cause: error }));
  }

  async #beat(registration: Registration): Promise<void> {
    const { runtime, timings, stats } = this.#node;
    const deadlineMs = Math.min(timings.rpcDeadlineMs, timings.staleAfterMs);
    for (let failures = 0; !registration.isOver();) {
      const startedMs = runtime.clock.nowMs();
      try {
        const request = { node: registration.speaker(), stats: await stats() };
        const reply = await this.#call(DataNodeService.Heartbeat, request, deadlineMs, registration.signal);
        failures = 0;
        await this.#heed(registration, reply);
        if (reply.needsFullReport) {
          registration.needsFullReport = true;
          this.#reports.notify();
        }
        this.#node.takeOrders(reply.orders, this);
      } catch (error) {
        if (failures++ % LOG_EVERY === 0 && !registration.isOver()) {
          runtime.log.warn('The master does not answer heartbeats', { master: this.master, error });
        }
      }
      const elapsedMs = runtime.clock.nowMs() - startedMs;
      await pause(runtime.clock, Math.max(0, registration.heartbeatIntervalMs - elapsedMs), registration.signal);
    }
  }

  async #askForOrders(registration: Registration): Promise<void> {
    const { runtime, timings } = this.#node;
    for (let failures = 0; !registration.isOver();) {
      const startedMs = runtime.clock.nowMs();
      try {
        const request = { node: registration.speaker(), waitMs: timings.orderPollMs };
        const deadlineMs = timings.orderPollMs + timings.rpcDeadlineMs;
        const reply = await this.#call(DataNodeService.PollOrders, request, deadlineMs, registration.signal);
        failures = 0;
        await this.#heed(registration, reply);
        this.#node.takeOrders(reply.orders, this);
        // A master that answers nothing at once must not make this loop a busy one.
        if (reply.orders.length > 0 || runtime.clock.nowMs() - startedMs >= timings.retryInitialMs) continue;
      } catch {
        // The heartbeats say so in the log.
        failures++;
      }
      await this.#pauseAfter(Math.max(1, failures), registration);
    }
  }

  async #reportChanges(registration: Registration): Promise<void> {
    const { runtime } = this.#node;
    let fullReportAtMs = runtime.clock.nowMs();
    for (let failures = 0; !registration.isOver();) {
      const isOverflown = this.#queue.takeOverflow();
      const isFullDue = isOverflown || registration.needsFullReport || runtime.clock.nowMs() >= fullReportAtMs;
      if (!isFullDue && this.#queue.isEmpty) {
        await this.#reports.wait(fullReportAtMs - runtime.clock.nowMs(), registration.signal);
        continue;
      }
      try {
        if (isFullDue) {
          registration.needsFullReport = false;
          fullReportAtMs = runtime.clock.nowMs() + registration.blockReportIntervalMs;
          await this.#reportAll(registration);
        } else await this.#reportBatch(registration);
        failures = 0;
      } catch (error) {
        registration.needsFullReport ||= isFullDue;
        if (failures++ % LOG_EVERY === 0 && !registration.isOver()) {
          runtime.log.warn('Cannot report to the master; trying again', { master: this.master, isFull: isFullDue, error });
        }
        await this.#pauseAfter(failures, registration);
      }
    }
  }

  async #reportAll(registration: Registration): Promise<void> {
    const { identity, store, scan, stats, runtime, timings } = this.#node;
    try {
      await scan.beforeReport();
    } catch (error) {
      // What is known is still worth reporting.
      runtime.log.error('Cannot scan the data folder', { error });
    }
    const currentStats = await stats();
    await sendFullReport(store.entries(), identity, ++this.#lastReportId, async (part) => {
      const request = { ...part, node: registration.speaker(), stats: currentStats };
      await this.#heed(
        registration,
        await this.#call(DataNodeService.BlockReport, request, timings.rpcDeadlineMs, registration.signal),
      );
      return !registration.isOver();
    });
  }

  async #reportBatch(registration: Registration): Promise<void> {
    const { stats, timings } = this.#node;
    const currentStats = await stats();
    const batch = this.#queue.take(REPORT_PART_REPLICAS);
    try {
      const request = {
        node: registration.speaker(),
        replicas: [...batch.replicas],
        failures: [...batch.failures],
        stats: currentStats,
        reportId: ++this.#lastReportId,
      };
      const reply = await this.#call(DataNodeService.ReportReplicas, request, timings.rpcDeadlineMs, registration.signal);
      await this.#heed(registration, reply);
      // A master that does not know this registration took nothing.
      if (reply.needsRegistration) this.#queue.putBack(batch);
    } catch (error) {
      this.#queue.putBack(batch);
      throw error;
    }
  }

  /** Acts on what every reply may say. */
  async #heed(registration: Registration, reply: Reply): Promise<void> {
    await this.#acceptTerm(reply.term);
    if (reply.needsRegistration) registration.end();
  }

  async #acceptTerm(term: number): Promise<void> {
    const { identity, termAccepted, runtime } = this.#node;
    if (term <= identity.acceptedTerm) return;
    await identity.acceptTerm(term);
    runtime.log.info('A new term is accepted', { master: this.master, term });
    termAccepted();
  }

  async #pauseAfter(failures: number, registration: Registration): Promise<void> {
    const { runtime, timings } = this.#node;
    const delayMs = retryDelayMs(failures, { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs }, runtime.random);
    await pause(runtime.clock, delayMs, registration.signal);
  }

  #call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<ResponseOut> {
    return this.#channel.call(method, request, { deadlineMs, signal });
  }
}
