/** One registration with a master: from RegisterDataNode until the master forgets it, a term begins, or the node stops. */
import type { NodeIdentity as NodeIdentityMessage } from '../../protocol/generated/distrifs/v1/NodeIdentity.js';
import type { NodeIdentity } from '../base/identity.js';

export class Registration {
  readonly #identity: NodeIdentity;
  readonly #registrationId: number;
  readonly #end = new AbortController();
  /** Resolves when it is over. */
  readonly ended: Promise<void>;
  /** The master led, in the accepted term, when it took the node in. */
  readonly isWithLeader: boolean;
  /** The term in which the master leads, and which the disk refused to note; 0: none. What the node says confirms nothing under it. */
  readonly refusedTerm: number;
  /** Until then the disk is not asked again. */
  readonly refusedUntilMs: number;
  readonly heartbeatIntervalMs: number;
  readonly blockReportIntervalMs: number;
  /** The master asked for a full report, or none was sent yet. */
  needsFullReport = true;

  constructor(
    identity: NodeIdentity,
    reply: {
      readonly isWithLeader: boolean;
      readonly refusedTerm: number;
      readonly refusedUntilMs: number;
      readonly registrationId: number;
      readonly heartbeatIntervalMs: number;
      readonly blockReportIntervalMs: number;
    },
  ) {
    this.#identity = identity;
    this.ended = new Promise((resolve) => {
      this.signal.addEventListener('abort', () => resolve());
    });
    this.isWithLeader = reply.isWithLeader;
    this.refusedTerm = reply.refusedTerm;
    this.refusedUntilMs = reply.refusedUntilMs;
    this.#registrationId = reply.registrationId;
    this.heartbeatIntervalMs = reply.heartbeatIntervalMs;
    this.blockReportIntervalMs = reply.blockReportIntervalMs;
  }

  /** Fires when it is over. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  isOver(): boolean {
    return this.#end.signal.aborted;
  }

  end(): void {
    this.#end.abort();
  }

  /** The sender of the node's calls, as of now. */
  speaker(): NodeIdentityMessage {
    return identityMessage(this.#identity, this.#registrationId);
  }
}

/** @param registrationId 0 before there is one */
export function identityMessage(identity: NodeIdentity, registrationId: number): NodeIdentityMessage {
  const { clusterId, nodeId, incarnation, acceptedTerm, runId } = identity;
  return { clusterId, nodeId, incarnation, registrationId, acceptedTerm, runId };
}
