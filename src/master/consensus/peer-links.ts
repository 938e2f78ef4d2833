/**
 * How the messages of the Raft core reach the other masters: one queue for each, emptied in batches over one stream at a time.
 *
 *   send ─▶ queue of a master ─▶ [ batch ] [ batch ] … ─▶ RaftStreamService.Deliver
 *              │ full: the oldest go      │ the stream ends: lost, and the next batch opens another one
 *              ▼                          ▼
 *        the core sends again what still matters
 *
 * A master of a release without streams gets the batches as calls, RaftService.Step.
 */
import type { RaftBatch } from '../../protocol/generated/distrifs/v1/RaftBatch.js';
import { RaftService, RaftStreamService } from '../../protocol/services.js';
import type { Message } from '../../raft/types.js';
import { isDfsError, type DfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { RpcChannel, RpcStream, Runtime } from '../../shared/runtime.js';
import type { MasterContact } from './master-contacts.js';
import { encodeMessage, sizeOfMessage } from './raft-codec.js';
import { messageOf } from '../../shared/error-text.js';

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
  /** After which a stream that takes nothing is replaced by a new one, and a call is given up. */
  readonly deadlineMs: number;
}

class PeerLink {
  readonly #id: string;
  readonly #options: PeerOptions;
  #channel: RpcChannel | null = null;
  #stream: RpcStream<RaftBatch> | null = null;
  /** The other master is of a release without streams, until a call to it fails: it may have been upgraded then. */
  #isWithoutStreams = false;
  #queue: Message[] = [];
  #queuedBytes = 0;
  /** A batch waits until the stream has room, or for the answer of a call. */
  #isSending = false;
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

  /** Begins to send what waits. */
  flush(): void {
    if (this.#queue.length === 0 || this.#isSending || this.#isClosed) return;
    const address = this.#options.addressOf(this.#id);
    if (address === undefined) {
      this.#queue = [];
      this.#queuedBytes = 0;
      return;
    }
    void this.#sendTo(address, this.#batchOf(this.#takeMessages()));
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
  }

  #takeMessages(): Message[] {
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

  /** Each batch names the sender: what the other master knows of it may change while the stream is open. */
  #batchOf(messages: readonly Message[]): RaftBatch {
    const { clusterId, instanceId, self } = this.#options;
    const { address: senderAddress, version: senderVersion, highestOperation: senderHighestOperation } = self();
    const sender = { senderLife: instanceId, senderAddress, senderVersion, senderHighestOperation };
    return { clusterId, ...sender, messages: messages.map(encodeMessage) };
  }

  async #sendTo(address: string, batch: RaftBatch): Promise<void> {
    this.#isSending = true;
    const channel = this.#channelTo(address);
    if (this.#isWithoutStreams) await this.#call(channel, batch);
    else
      await this.#streamOf(channel)
        .send(batch)
        .catch((error: unknown) => this.#notSent(channel, error));
    this.#isSending = false;
    this.flush();
  }

  async #call(channel: RpcChannel, batch: RaftBatch): Promise<void> {
    try {
      await channel.call(RaftService.Step, batch, { deadlineMs: this.#options.deadlineMs });
      this.#complainedMs = -Infinity;
    } catch (error) {
      this.#isWithoutStreams = false;
      this.#failed(channel, error);
    }
  }

  /** The end of the stream is handled once, not for each batch; here is complained of a batch that cannot be sent at all. */
  #notSent(channel: RpcChannel, error: unknown): void {
    if (isDfsError(error, 'RESOURCE_EXHAUSTED', 'INTERNAL')) this.#complain(channel.address, error);
  }

  #streamOf(channel: RpcChannel): RpcStream<RaftBatch> {
    if (this.#stream !== null) return this.#stream;
    const { runtime, deadlineMs } = this.#options;
    const stream = channel.open(RaftStreamService.Deliver, { stallMs: deadlineMs });
    const openedMs = runtime.clock.nowMs();
    this.#stream = stream;
    void stream.ended.then((error) => this.#streamEnded(stream, channel, error, openedMs));
    return stream;
  }

  #streamEnded(stream: RpcStream<RaftBatch>, channel: RpcChannel, error: DfsError, openedMs: number): void {
    // A stream of a channel that was closed has been replaced already.
    if (this.#stream !== stream) return;
    const { runtime, deadlineMs } = this.#options;
    this.#stream = null;
    // One that lasted has taken messages: the next one shows whether the other master still does.
    const hasWorked = runtime.clock.nowMs() - openedMs > 2 * deadlineMs;
    if (hasWorked) this.#complainedMs = -Infinity;
    if (isDfsError(error, 'UNIMPLEMENTED')) this.#isWithoutStreams = true;
    else this.#failed(channel, error, hasWorked);
    this.flush();
  }

  #failed(channel: RpcChannel, error: unknown, isQuiet = false): void {
    // Another node answers there: the name may belong to another host by now, so the next batch looks it up again.
    if (isDfsError(error, 'FOREIGN_CLUSTER') && this.#channel === channel) this.#disconnect();
    if (!isQuiet) this.#complain(channel.address, error);
  }

  /** A master that came back elsewhere is followed there. */
  #channelTo(address: string): RpcChannel {
    if (this.#channel?.address === address) return this.#channel;
    this.#disconnect();
    this.#isWithoutStreams = false;
    this.#channel = this.#options.runtime.rpc.connect(address);
    return this.#channel;
  }

  #disconnect(): void {
    this.#stream = null;
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
