/**
 * How the messages of the Raft core reach the other masters: one queue for each, emptied in batches by a few calls at a time.
 *
 *   send ─▶ queue of a master ─▶ [ batch ] [ batch ] … CALLS_MAX under way ─▶ RaftService.Step
 *              │ full: the oldest go              │ fails: lost
 *              ▼                                  ▼
 *        the core sends again what still matters
 */
import { RaftService } from '../../protocol/services.js';
import type { Message } from '../../raft/types.js';
import { isDfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { RpcChannel, Runtime } from '../../shared/runtime.js';
import type { MasterContact } from './master-contacts.js';
import { encodeMessage, sizeOfMessage } from './raft-codec.js';
import { messageOf } from '../../shared/error-text.js';

/** More than one, so that a call that waits for a stalled network does not hold back those after it at once. */
const CALLS_MAX = 4;
/** Of one batch, but for a last message that is larger. */
const BATCH_BYTES_MAX = MIB;
const QUEUE_BYTES_MAX = 16 * MIB;
const QUEUE_MESSAGES_MAX = 4_096;
/** Between two lines about a master that does not answer. */
const COMPLAIN_EVERY_MS = 60_000;

interface PeerOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'rpc' | 'log'>;
  readonly clusterId: string;
  /** Of this master. */
  readonly instanceId: string;
  /** This master, as it is now. */
  readonly self: () => MasterContact;
  readonly addressOf: (masterId: string) => string | undefined;
  /** Of one call. */
  readonly deadlineMs: number;
}

class PeerLink {
  readonly #id: string;
  readonly #options: PeerOptions;
  #channel: RpcChannel | null = null;
  #queue: Message[] = [];
  #queuedBytes = 0;
  #calls = 0;
  #complainedMs = -Infinity;
  #isClosed = false;

  constructor(id: string, options: PeerOptions) {
    this.#id = id;
    this.#options = options;
  }

  send(message: Message): void {
    this.#queue.push(message);
    this.#queuedBytes += sizeOfMessage(message);
    while (this.#queue.length > 1 && (this.#queuedBytes > QUEUE_BYTES_MAX || this.#queue.length > QUEUE_MESSAGES_MAX)) {
      const [oldest] = this.#queue.splice(0, 1);
      if (oldest !== undefined) this.#queuedBytes -= sizeOfMessage(oldest);
    }
  }

  /** Begins calls for what waits. */
  flush(): void {
    while (this.#queue.length > 0 && this.#calls < CALLS_MAX && !this.#isClosed) {
      const address = this.#options.addressOf(this.#id);
      if (address === undefined) {
        this.#queue = [];
        this.#queuedBytes = 0;
        return;
      }
      void this.#call(address, this.#takeBatch());
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#channel?.close();
  }

  #takeBatch(): Message[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#queue.length && (count === 0 || bytes < BATCH_BYTES_MAX)) {
      const message = this.#queue[count];
      if (message === undefined) break;
      const size = sizeOfMessage(message);
      if (count > 0 && bytes + size > BATCH_BYTES_MAX) break;
      bytes += size;
      count += 1;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  async #call(address: string, messages: readonly Message[]): Promise<void> {
    const { clusterId, instanceId, self, deadlineMs } = this.#options;
    const { address: senderAddress, version: senderVersion, highestOperation: senderHighestOperation } = self();
    const sender = { senderLife: instanceId, senderAddress, senderVersion, senderHighestOperation };
    this.#calls += 1;
    try {
      const request = { clusterId, ...sender, messages: messages.map(encodeMessage) };
      await this.#channelTo(address).call(RaftService.Step, request, { deadlineMs });
      this.#complainedMs = -Infinity;
    } catch (error) {
      // Another node answers there: the name may belong to another host by now, so the next call looks it up again.
      if (isDfsError(error, 'FOREIGN_CLUSTER')) this.#disconnect();
      this.#complain(address, error);
    } finally {
      this.#calls -= 1;
    }
    this.flush();
  }

  /** A master that came back elsewhere is followed there. */
  #channelTo(address: string): RpcChannel {
    if (this.#channel?.address === address) return this.#channel;
    this.#disconnect();
    this.#channel = this.#options.runtime.rpc.connect(address);
    return this.#channel;
  }

  #disconnect(): void {
    this.#channel?.close();
    this.#channel = null;
  }

  #complain(address: string, error: unknown): void {
    const { clock, log } = this.#options.runtime;
    if (this.#isClosed || isDfsError(error, 'CANCELLED') || clock.nowMs() - this.#complainedMs < COMPLAIN_EVERY_MS) return;
    this.#complainedMs = clock.nowMs();
    const reason = messageOf(error);
    log.warn(`Master ${this.#id} at ${address} does not take messages: ${reason}`, { masterId: this.#id, address });
  }
}

export class PeerLinks {
  readonly #links = new Map<string, PeerLink>();
  readonly #options: PeerOptions;

  constructor(options: PeerOptions) {
    this.#options = options;
  }

  /** Sends messages, in order for each recipient, or loses them. Never waits, never fails. */
  send(messages: readonly Message[]): void {
    for (const message of messages) this.#linkTo(message.to.id).send(message);
    for (const link of this.#links.values()) link.flush();
  }

  /** Forgets masters that are not members any more. */
  keepOnly(masterIds: ReadonlySet<string>): void {
    for (const [id, link] of this.#links) {
      if (masterIds.has(id)) continue;
      link.close();
      this.#links.delete(id);
    }
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  #linkTo(id: string): PeerLink {
    let link = this.#links.get(id);
    if (link === undefined) {
      link = new PeerLink(id, this.#options);
      this.#links.set(id, link);
    }
    return link;
  }
}
