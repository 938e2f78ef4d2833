/**
 * Registers a node with one master, for as long as it takes.
 *
 *   no answer, or an error        try again, later each time
 *   NOT_LEADER, STALE_TERM        nothing is wrong: a follower that has not heard of the node yet, or a leader that is no longer one.
 *                                 Try again at the pace of heartbeats, and soon after the leader has taken the node in
 *   FOREIGN_CLUSTER               said loudly, and tried again now and then: whether the node can do without it, the node decides
 */
import { DataNodeService } from '../../protocol/services.js';
import { DfsError, type ErrorCode, toDfsError } from '../../shared/errors.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { RpcChannel } from '../../shared/runtime.js';
import { isRefusal } from '../base/durable-file.js';
import type { LinkedNode } from './linked-node.js';
import { identityMessage, Registration } from './registration.js';
import { Wakeup } from './wakeup.js';

/** Failed attempts between two log lines. */
const LOG_EVERY = 20;
/** Between two log lines about what is no failure but should not last. */
const SAY_EVERY_MS = 60_000;

/** What a master says that does not lead, or not any more: no reason to worry. */
export const PASSING: ReadonlySet<ErrorCode> = new Set(['NOT_LEADER', 'STALE_TERM']);

export class Registrar {
  readonly #master: string;
  readonly #node: LinkedNode;
  readonly #channel: RpcChannel;
  readonly #again: Wakeup;
  /** Attempts since the last reason for hope. */
  #attempt = 0;
  /** Since when the master has only said what passes; null: it has not. */
  #passingSinceMs: number | null = null;
  #saidAtMs = -Infinity;
  #isWaiting = false;

  /** @param master host:port */
  constructor(master: string, node: LinkedNode, channel: RpcChannel) {
    this.#master = master;
    this.#node = node;
    this.#channel = channel;
    this.#again = new Wakeup(node.runtime.clock);
  }

  /**
   * Tries until it works; null when `stopped` fired.
   * @param onForeign the master serves another cluster; called each time it says so
   */
  async register(stopped: AbortSignal, onForeign: (error: DfsError) => void): Promise<Registration | null> {
    this.#attempt = 0;
    this.#passingSinceMs = null;
    const isStopped = (): boolean => stopped.aborted;
    while (!isStopped()) {
      this.#attempt++;
      let delayMs: number;
      try {
        return await this.#registerOnce(stopped);
      } catch (error) {
        const failure = toDfsError(error, `Cannot register with the master at ${this.#master}`);
        if (failure.code === 'FOREIGN_CLUSTER') onForeign(failure);
        delayMs = this.#delayAfter(failure);
        if (!isStopped()) this.#say(failure);
      }
      this.#isWaiting = true;
      await this.#again.wait(delayMs, stopped);
      this.#isWaiting = false;
    }
    return null;
  }

  /** The leader has taken the node in: a follower that refused it will hear of it in a moment. */
  hurry(): void {
    if (!this.#isWaiting || this.#passingSinceMs === null) return;
    this.#attempt = 0;
    this.#again.notify();
  }

  async #registerOnce(stopped: AbortSignal): Promise<Registration> {
    const { identity, store, rack, address, stats, runtime, timings } = this.#node;
    const request = { node: identityMessage(identity, 0), address, rack, stats: await stats() };
    const options = { deadlineMs: timings.rpcDeadlineMs, signal: stopped };
    const reply = await this.#channel.call(DataNodeService.RegisterDataNode, request, options);
    await identity.joinCluster(reply.clusterId);
    if (reply.clusterId !== identity.clusterId) {
      const text = `Node "${identity.nodeId}" belongs to cluster ${identity.clusterId}, the master at ${this.#master} to ${reply.clusterId}`;
      throw new DfsError('FOREIGN_CLUSTER', text);
    }
    store.clusterId = identity.clusterId;
    // A master whose term is below the accepted one is deposed and does not know it yet: it may listen, as a follower does.
    const refusedTerm = reply.term > identity.acceptedTerm && !(await this.#accept(reply.term)) ? reply.term : 0;
    if (reply.wasUnknown) {
      runtime.log.warn(
        'The masters had no record of this datanode, which has registered with them before: it was removed, or their log is older. It is ' +
          'a new datanode to them, and its replicas are reported as those of one',
        { master: this.#master },
      );
    }
    runtime.log.info('Registered with the master', { master: this.#master, clusterId: reply.clusterId, term: reply.term });
    return new Registration(identity, {
      isWithLeader: reply.term > 0 && reply.term === identity.acceptedTerm,
      refusedTerm,
      refusedUntilMs: runtime.clock.nowMs() + timings.staleAfterMs,
      registrationId: reply.registrationId,
      heartbeatIntervalMs: reply.heartbeatIntervalMs || timings.heartbeatIntervalMs,
      blockReportIntervalMs: reply.blockReportIntervalMs || timings.blockReportIntervalMs,
    });
  }

  /**
   * Accepts a term. A disk that takes no changes must not make the node look dead: it is read from, and its reports confirm nothing until the
   * term is accepted. @returns false: the disk refused it
   */
  async #accept(term: number): Promise<boolean> {
    const { acceptTerm, runtime } = this.#node;
    try {
      await acceptTerm(term, this.#master);
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      runtime.log.warn('The data folder cannot note the new term: what this node reports counts when it can', { term, error });
      return false;
    }
  }

  #delayAfter(failure: DfsError): number {
    const { runtime, timings } = this.#node;
    const { clock, random } = runtime;
    if (failure.code === 'FOREIGN_CLUSTER') return timings.blockReportIntervalMs;
    if (!PASSING.has(failure.code)) {
      this.#passingSinceMs = null;
      return retryDelayMs(this.#attempt, { initialMs: timings.retryInitialMs, maxMs: timings.retryMaxMs }, random);
    }
    if (this.#passingSinceMs === null) {
      this.#passingSinceMs = clock.nowMs();
      this.#attempt = 1;
    }
    const maxMs = timings.heartbeatIntervalMs;
    return retryDelayMs(this.#attempt, { initialMs: Math.min(timings.retryInitialMs, maxMs), maxMs }, random);
  }

  #say(error: DfsError): void {
    const { clock, log } = this.#node.runtime;
    const fields = { master: this.#master, attempt: this.#attempt, error };
    const nowMs = clock.nowMs();
    if (error.code === 'FOREIGN_CLUSTER') {
      if (nowMs - this.#saidAtMs < SAY_EVERY_MS) return;
      this.#saidAtMs = nowMs;
      log.error(
        `The master at ${this.#master} serves another cluster: it is left alone. Take it off the list of masters`,
        fields,
      );
    } else if (PASSING.has(error.code)) {
      const lastsMs = nowMs - (this.#passingSinceMs ?? nowMs);
      if (lastsMs < this.#node.timings.deadAfterMs || nowMs - this.#saidAtMs < SAY_EVERY_MS) return;
      this.#saidAtMs = nowMs;
      log.warn('The master does not take this node in; trying again', fields);
    } else if (this.#attempt % LOG_EVERY === 1) {
      log.warn('Cannot register with the master; trying again', fields);
    }
  }
}
