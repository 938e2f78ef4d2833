/**
 * One write as a node of the pipeline serves it: receive, verify, store and forward at the same time.
 *
 *   upstream --WRITE_OPEN--> this node --WRITE_OPEN--> next node --> …
 *   upstream <--WRITE_READY------------<--WRITE_READY--
 *   upstream --PACKET*, FINISH--------> stored, and forwarded at once
 *   upstream <--WRITE_ACK* = min(written here, acknowledged by the next)
 *   upstream <--WRITE_COMMITTED when both this node and the next have committed
 *
 * Any failure: ERROR to upstream with the node to blame, the next node is dropped, nothing is left on the disk. Without a
 * `nodeId`, an ERROR blames its receiver: what that one sent was wrong.
 */
import { errorFrame, writeCommitted, writeReady } from '../../protocol/data-headers.js';
import type { FrameChannel } from '../../protocol/frame-channel.js';
import { decodeFinish, decodePacket, type Frame, FrameType, receivedBytes } from '../../protocol/frames.js';
import type { WriteOpen__Output } from '../../protocol/generated/distrifs/v1/WriteOpen.js';
import { crc32 } from '../../shared/crc32.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES, KIB } from '../../shared/limits.js';
import type { Timer } from '../../shared/runtime.js';
import type { ChunkWriter } from '../store/chunk-writer.js';
import { assertMeantForUs, blaming, type DataPlane, sendInTime } from './data-plane.js';
import { type NodeWrite, openNodeWrite } from './node-write.js';
import { AckSender } from './ack-sender.js';

/** After an ERROR, what still comes from upstream is read and dropped for this long, so that the ERROR is not lost with a reset. */
const LINGER_MS = 1_000;

/** Progress of this much is acknowledged at once. */
const ACK_BYTES = 256 * KIB;

/** An own disk that makes no progress for this many stream timeouts is given up. */
const DISK_PATIENCE = 6;

export class WriteSession {
  readonly #plane: DataPlane;
  readonly #channel: FrameChannel;
  readonly #open: WriteOpen__Output;
  readonly #ackSender: AckSender;
  #writer: ChunkWriter | null = null;
  #next: NodeWrite | null = null;
  #failure: DfsError | null = null;
  #lingerTimer: Timer | null = null;
  /** What the own disk had written when that last changed, and when that was. */
  #progress = { writtenBytes: 0, atMs: 0 };

  constructor(plane: DataPlane, channel: FrameChannel, open: WriteOpen__Output) {
    this.#plane = plane;
    this.#channel = channel;
    this.#open = open;
    this.#ackSender = new AckSender(channel, plane.clock, plane.timings.streamTimeoutMs / 4, ACK_BYTES, () => this.#tick());
  }

  /** Serves the write. Resolves (never rejects) with null when the channel is at rest, or with the failure after which it is closed. */
  async run(): Promise<DfsError | null> {
    try {
      this.#validate();
      await this.#prepare();
      await this.#receive();
      const nodeIds = await this.#commit();
      this.#ackSender.stop();
      const committed = writeCommitted.encode({ nodeIds, lengthBytes: this.#writerOf().receivedBytes });
      await sendInTime(this.#plane, this.#channel, () => this.#channel.send(committed));
      this.#next?.lease.release(true);
      return null;
    } catch (error) {
      const failure = this.#fail(error);
      await this.#linger();
      return failure;
    } finally {
      this.#ackSender.stop();
    }
  }

  /** Ends the write from outside. */
  abort(reason: DfsError): void {
    this.#fail(blaming(this.#plane.identity.nodeId, reason));
  }

  #validate(): void {
    const { identity } = this.#plane;
    const { clusterId, nodeId, term, purpose, chunkId, version, downstream } = this.#open;
    try {
      assertMeantForUs(this.#plane, clusterId, nodeId);
      // A repair is a command, and commands end with their leader's term. (One that has begun may end: see CommandExecutor.) A client's
      // plan is not: it stands in the log that every later leader has, so a writer may finish under the next one. What fences it is
      // its version: planned again, the chunk has a higher one, which nodes that have it refuse to go below, and CommitVersion takes
      // the version planned last and no other.
      if (purpose === 'REPAIR' && term < identity.acceptedTerm) {
        throw new DfsError('STALE_TERM', `Copy commanded in term ${term} refused: term ${identity.acceptedTerm} has begun`);
      }
      const nodeIds = new Set([nodeId, ...downstream.map((node) => node.nodeId)]);
      if (nodeIds.size !== downstream.length + 1) {
        const text = `Cannot write chunk ${chunkId} version ${version} to the pipeline ${[...nodeIds].join(', ')}: a node is in it twice`;
        throw new DfsError('INVALID_ARGUMENT', text);
      }
    } catch (error) {
      throw blaming(identity.nodeId, error);
    }
  }

  async #prepare(): Promise<void> {
    const { store, identity } = this.#plane;
    const { chunkId, version, reserveBytes } = this.#open;
    try {
      this.#writer = await store.begin(chunkId, version, reserveBytes, () => this.#advance());
    } catch (error) {
      throw blaming(identity.nodeId, error);
    }
    void this.#writer.failed.then((error) => this.#fail(blaming(identity.nodeId, error)));
    this.#throwIfFailed();
    await this.#openNext();
    await this.#channel.send(writeReady.encode({ nodeIds: [identity.nodeId, ...(this.#next?.stream.nodeIds ?? [])] }));
  }

  async #openNext(): Promise<void> {
    const [next, ...downstream] = this.#open.downstream;
    if (next === undefined) return;
    this.#next = await openNodeWrite(this.#plane, next, { ...this.#open, downstream }, () => this.#advance());
    // The write may have failed meanwhile, and what was opened after that would never be dropped.
    if (this.#failure !== null) this.#dropNext();
    this.#throwIfFailed();
    void this.#next.stream.ended.then((failure) => {
      if (failure !== null) this.#fail(blaming(this.#plane.identity.nodeId, failure));
    });
  }

  /** Takes packets until FINISH. */
  async #receive(): Promise<void> {
    const writer = this.#writerOf();
    for (;;) {
      const frame = await this.#channel.receive(this.#plane.timings.streamTimeoutMs);
      this.#throwIfFailed();
      if (frame === null) throw new DfsError('CONNECTION_LOST', `${this.#channel.remoteAddress} gave the write up`);
      if (frame.type === FrameType.FINISH) {
        const lengthBytes = decodeFinish(frame.body);
        if (lengthBytes === writer.receivedBytes) return;
        throw new DfsError('PROTOCOL_ERROR', `FINISH at ${lengthBytes} bytes, after ${writer.receivedBytes} bytes of data`);
      }
      if (frame.type !== FrameType.PACKET) throw new DfsError('PROTOCOL_ERROR', `Frame of type ${frame.type} in a write`);
      await this.#takePacket(writer, frame);
    }
  }

  async #takePacket(writer: ChunkWriter, frame: Frame): Promise<void> {
    const { offset, crc32: checksum, data } = decodePacket(frame.body);
    if (offset !== writer.receivedBytes) {
      throw new DfsError('PROTOCOL_ERROR', `Packet at offset ${offset} where ${writer.receivedBytes} was due`);
    }
    // A sign of life.
    if (data.length === 0) return;
    if (offset % BLOCK_BYTES !== 0) throw new DfsError('PROTOCOL_ERROR', `Packet at offset ${offset}, after a shorter block`);
    if (offset + data.length > writer.target.reserveBytes) {
      const text = `Packet up to offset ${offset + data.length} of a write that set ${writer.target.reserveBytes} bytes aside`;
      throw new DfsError('PROTOCOL_ERROR', text);
    }
    if (crc32(data) !== checksum) {
      throw new DfsError('DATA_CORRUPT', `Packet at offset ${offset} of chunk ${this.#open.chunkId} does not match its checksum`);
    }
    writer.append(data, checksum);
    await this.#next?.stream.forward(receivedBytes(frame), data.length);
    await writer.ready();
  }

  async #commit(): Promise<string[]> {
    const { nodeId } = this.#plane.identity;
    this.#progress.atMs = this.#plane.clock.nowMs();
    // FINISH goes on at once: all nodes commit at the same time. A failure of either ends the other.
    const downstream = this.#next?.stream.finish();
    const own = this.#writerOf().commit();
    own.catch((error: unknown) => this.#fail(blaming(nodeId, error)));
    const [, committed] = await Promise.allSettled([own, downstream]);
    this.#throwIfFailed();
    if (committed.status === 'rejected') throw blaming(nodeId, committed.reason);
    return [nodeId, ...(committed.value?.nodeIds ?? [])];
  }

  #advance(): void {
    const written = this.#writerOf().writtenBytes;
    this.#ackSender.acknowledge(this.#next === null ? written : Math.min(written, this.#next.stream.ackedBytes));
  }

  /** Watches the own disk. */
  #tick(): void {
    const writer = this.#writer;
    const nowMs = this.#plane.clock.nowMs();
    const patienceMs = DISK_PATIENCE * this.#plane.timings.streamTimeoutMs;
    if (writer === null) return;
    if (!writer.isBusy || writer.writtenBytes !== this.#progress.writtenBytes || this.#progress.atMs === 0) {
      this.#progress = { writtenBytes: writer.writtenBytes, atMs: nowMs };
    } else if (nowMs - this.#progress.atMs > patienceMs) {
      const text = `The disk of node "${this.#plane.identity.nodeId}" has made no progress for ${patienceMs} ms`;
      this.#fail(new DfsError('IO_ERROR', text, { nodeId: this.#plane.identity.nodeId, retriable: true }));
    }
  }

  /** The first failure stands, and is sent upstream at once; both ends of the write are dropped. */
  #fail(error: unknown): DfsError {
    if (this.#failure !== null) return this.#failure;
    const failure = toDfsError(error, 'Write failed');
    this.#failure = failure;
    this.#ackSender.stop();
    this.#dropNext();
    void this.#writer?.abort(failure);
    void this.#sayGoodbye(failure);
    return failure;
  }

  #dropNext(): void {
    this.#next?.stream.abort();
    this.#next?.lease.release(false);
  }

  async #sayGoodbye(failure: DfsError): Promise<void> {
    this.#lingerTimer = this.#plane.clock.setTimer(LINGER_MS, () => this.#channel.destroy());
    try {
      await this.#channel.send(errorFrame.encode(failure));
      await this.#channel.end();
    } catch {
      // Upstream is gone: there is nowhere to send it.
      this.#channel.destroy();
    }
  }

  /** Reads and drops what is on its way until upstream hangs up; bounded by the timer of #sayGoodbye. */
  async #linger(): Promise<void> {
    try {
      while ((await this.#channel.receive()) !== null);
    } catch {
      // Lost or garbage: it is over either way.
    }
    this.#lingerTimer?.cancel();
    this.#channel.destroy();
    if (this.#writer !== null && this.#failure !== null) await this.#writer.abort(this.#failure);
  }

  #writerOf(): ChunkWriter {
    if (this.#writer === null) throw new DfsError('INTERNAL', 'A write session has no writer yet');
    return this.#writer;
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
