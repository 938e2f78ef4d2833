/**
 * Everything between this node and one master: it registers, then beats, reports and asks for commands side by side, until the
 * registration is over; then from the start again, for ever.
 *
 *   registering --> registered { heartbeats | commands | reports } --needs_registration, it leads a new term--> registering
 *
 * The node does so with every master, so that each knows where chunks are when it comes to lead. The term in an answer says what the
 * master is:
 *   0                    it does not lead. It listens; nothing that it says about terms or commands counts
 *   above the accepted   it leads anew. The term is accepted, durably; then this link, and no other, registers again and reports in
 *                        full: what that report holds was gathered after the acceptance, which is what makes it confirm anything
 *   the accepted one     it leads; its commands are carried out
 *   below it             it is deposed, and will hear so itself. As 0
 */
import { DataNodeService } from '../../protocol/services.js';
import type { Command__Output } from '../../protocol/generated/distrifs/v1/Command.js';
import type { CommandFailure } from '../../protocol/generated/distrifs/v1/CommandFailure.js';
import { isDfsError } from '../../shared/errors.js';
import { REPORT_PART_REPLICAS } from '../../shared/limits.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { RpcChannel, RpcMethod } from '../../shared/runtime.js';
import type { CommandIssuer } from '../commands/command-executor.js';
import type { ReplicaChange } from '../store/replica.js';
import { sendFullReport } from './full-report.js';
import type { LinkedNode } from './linked-node.js';
import { PASSING, Registrar } from './registrar.js';
import type { Registration } from './registration.js';
import { ReportQueue } from './report-queue.js';
import { pause, Wakeup } from './wakeup.js';

/** Failed attempts between two log lines. */
const LOG_EVERY = 20;
/** Registrations that end at once, one after the other, before a pause. */
const SHORT_REGISTRATIONS_MAX = 2;

type Reply = { readonly term: number; readonly needsRegistration: boolean };

export class MasterReporter implements CommandIssuer {
  readonly master: string;
  readonly #node: LinkedNode;
  readonly #channel: RpcChannel;
  readonly #queue = new ReportQueue();
  readonly #reports: Wakeup;
  readonly #registrar: Registrar;
  #registration: Registration | null = null;
  #isForeign = false;
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
    this.#registrar = new Registrar(master, node, this.#channel);
  }

  /** The master said last that it serves another cluster. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Tells the master of a change, soon, and until it has acknowledged it. */
  report(change: ReplicaChange): void {
    this.#queue.add(change);
    this.#reports.notify();
  }

  /** Tells the master that a command came to nothing. */
  reportFailure(failure: CommandFailure): void {
    this.#queue.addFailure(failure);
    this.#reports.notify();
  }

  /** The leader has taken the node in: if this master did not know it, it is asked again soon. */
  hurry(): void {
    this.#registrar.hurry();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#registration?.end();
    this.#channel.close();
    await this.#running;
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    const { runtime, registered, foreign } = this.#node;
    for (let shortOnes = 0; ;) {
      const registration = await this.#registrar.register(this.#stopped.signal, (error) => {
        this.#isForeign = true;
        foreign(error);
      });
      if (registration === null) return;
      this.#isForeign = false;
      this.#registration = registration;
      if (this.#isStopped()) return;
      if (registration.isWithLeader) registered(this.master);
      const startedMs = runtime.clock.nowMs();
      await Promise.all([this.#beat(registration), this.#askForCommands(registration), this.#reportChanges(registration)]);
      // One that takes the node in and at once knows it no more must not make this loop a busy one.
      const isShort = runtime.clock.nowMs() - startedMs < registration.heartbeatIntervalMs;
      shortOnes = isShort ? shortOnes + 1 : 0;
      if (shortOnes > SHORT_REGISTRATIONS_MAX) await this.#pauseAfter(shortOnes - SHORT_REGISTRATIONS_MAX, this.#stopped.signal);
    }
  }

  async #beat(registration: Registration): Promise<void> {
    const { runtime, timings, stats, copies } = this.#node;
    const deadlineMs = Math.min(timings.rpcDeadlineMs, timings.staleAfterMs);
    for (let failures = 0; !registration.isOver();) {
      const startedMs = runtime.clock.nowMs();
      try {
        const request = { node: registration.speaker(), stats: await stats(), copies: copies() };
        const reply = await this.#call(DataNodeService.Heartbeat, request, deadlineMs, registration.signal);
        failures = 0;
        await this.#heed(registration, reply);
        // It would confirm nothing, again and again.
        if (reply.needsFullReport && registration.refusedTerm === 0) {
          registration.needsFullReport = true;
          this.#reports.notify();
        }
        this.#takeCommands(registration, reply);
      } catch (error) {
        // The masters were made anew since the registration: the next one is refused for that, and says so.
        if (isDfsError(error, 'FOREIGN_CLUSTER')) registration.end();
        if (!isPassing(error) && failures++ % LOG_EVERY === 0 && !registration.isOver()) {
          runtime.log.warn('The master does not answer heartbeats', { master: this.master, error });
        }
      }
      const elapsedMs = runtime.clock.nowMs() - startedMs;
      await pause(runtime.clock, Math.max(0, registration.heartbeatIntervalMs - elapsedMs), registration.signal);
    }
  }

  async #askForCommands(registration: Registration): Promise<void> {
    const { runtime, timings } = this.#node;
    for (let failures = 0, emptyOnes = 0; !registration.isOver();) {
      const startedMs = runtime.clock.nowMs();
      try {
        const request = { node: registration.speaker(), waitMs: timings.orderPollMs };
        const deadlineMs = timings.orderPollMs + timings.rpcDeadlineMs;
        const reply = await this.#call(DataNodeService.PollCommands, request, deadlineMs, registration.signal);
        failures = 0;
        await this.#heed(registration, reply);
        this.#takeCommands(registration, reply);
        // A master that answers nothing at once must not make this loop a busy one, nor one that commands what is refused.
        const isOfUse = reply.commands.length > 0 && reply.term === this.#node.identity.acceptedTerm;
        emptyOnes = isOfUse || runtime.clock.nowMs() - startedMs >= timings.retryInitialMs ? 0 : emptyOnes + 1;
        if (emptyOnes === 0) continue;
      } catch {
        // The heartbeats say so in the log.
        failures++;
      }
      await this.#pauseAfter(Math.max(1, failures, emptyOnes), registration.signal);
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
        // Cut short by a term that another master leads in, or refused by one that does not lead: neither is a failure.
        const isQuiet = isPassing(error) || isDfsError(error, 'CANCELLED');
        if (failures++ % LOG_EVERY === 0 && !isQuiet && !registration.isOver()) {
          runtime.log.warn('Cannot report to the master; trying again', { master: this.master, isFull: isFullDue, error });
        }
        await this.#pauseAfter(failures, registration.signal);
      }
    }
  }

  async #reportAll(registration: Registration): Promise<void> {
    const { identity, store, scan, stats, timings } = this.#node;
    // A large folder takes long, and a new term does not wait for it.
    await Promise.race([scan.run(), registration.ended]);
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
    const { identity, acceptTerm, runtime } = this.#node;
    if (reply.term > identity.acceptedTerm) {
      const { refusedTerm, refusedUntilMs } = registration;
      if (reply.term === refusedTerm && !reply.needsRegistration && runtime.clock.nowMs() < refusedUntilMs) return;
      // Nothing more is said under this registration: the acceptance must not be heard of before a report that rests on it.
      registration.end();
      await acceptTerm(reply.term, this.master);
    } else if (reply.needsRegistration) registration.end();
  }

  #takeCommands(registration: Registration, reply: Reply & { readonly commands: readonly Command__Output[] }): void {
    // A leader that does not know this registration any more, or of a term just accepted, begins anew with what it commands.
    if (!registration.isOver()) this.#node.takeCommands(reply.commands, reply.term, this);
  }

  async #pauseAfter(failures: number, signal: AbortSignal): Promise<void> {
    const { runtime, timings } = this.#node;
    const delayMs = retryDelayMs(failures, { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs }, runtime.random);
    await pause(runtime.clock, delayMs, signal);
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

function isPassing(error: unknown): boolean {
  return isDfsError(error) && PASSING.has(error.code);
}
