/** Reports bad replicas found by reads to the master, in the background. */
import { NamespaceService } from '../../protocol/services.js';
import { type DfsError, isDfsError } from '../../shared/errors.js';
import { ERROR_MESSAGE_CHARS_MAX } from '../../shared/limits.js';
import type { Logger } from '../../shared/runtime.js';
import type { MasterClient } from '../session/master-client.js';

/** Under way at once; more are dropped: the next read meets the replica again. */
const REPORTS_MAX = 16;

export interface BadReplica {
  readonly clusterId: string;
  readonly chunkId: number;
  readonly version: number;
  readonly nodeId: string;
}

export class ReplicaReports {
  readonly #master: MasterClient;
  readonly #log: Logger;
  readonly #patienceMs: number;
  readonly #underWay = new Set<Promise<void>>();

  /** @param patienceMs time limit over all attempts at one report */
  constructor(master: MasterClient, log: Logger, patienceMs: number) {
    this.#master = master;
    this.#log = log;
    this.#patienceMs = patienceMs;
  }

  /** Reports a failed read when the replica itself caused the failure; otherwise does nothing. */
  report(replica: BadReplica, failure: DfsError): void {
    if (!isDfsError(failure, 'DATA_CORRUPT', 'CHUNK_NOT_FOUND', 'STALE_VERSION')) return;
    if (this.#underWay.size >= REPORTS_MAX) return;
    const sent = this.#send(replica, failure).finally(() => this.#underWay.delete(sent));
    this.#underWay.add(sent);
  }

  /** Resolves when no report is under way. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #send(replica: BadReplica, failure: DfsError): Promise<void> {
    const request = { ...replica, code: failure.code, message: failure.message.slice(0, ERROR_MESSAGE_CHARS_MAX) };
    const action = `Cannot report a bad replica on "${replica.nodeId}"`;
    try {
      await this.#master.call(NamespaceService.ReportBadReplica, request, action, { patienceMs: this.#patienceMs });
    } catch (error) {
      this.#log.debug(action, { chunkId: replica.chunkId, reason: String(error) });
    }
  }
}
