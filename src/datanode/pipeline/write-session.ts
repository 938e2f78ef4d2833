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
import { decodeFinish, FrameType, type PacketHeader } from '../../protocol/frames.js';
import type { WriteOpen__Output } from '../../protocol/generated/distrifs/v1/WriteOpen.js';
import { badBlockOffset } from '../../protocol/packet-blocks.js';
import { DfsError, toDfsError } from '../../shared/errors.js';
import { BLOCK_BYTES, MIB } from '../../shared/limits.js';
import type { Timer } from '../../shared/runtime.js';
import { StallTimer } from '../../protocol/stall-timer.js';
import { diskLimitMs } from '../../shared/wait-limits.js';
import type { ReplicaWrite } from '../store/replica-write.js';
import { assertMeantForUs, blaming, type DataPlane, sendInTime } from './data-plane.js';
import { type NodeWrite, openNodeWrite } from './node-write.js';
import { AckSender } from './ack-sender.js';

/** After an ERROR, what still comes from upstream is read and dropped for this long, so that the ERROR is not lost with a reset. */
const LINGER_MS = 1_000;

/** Progress of this much is acknowledged at once. */
const ACK_BYTES = MIB;

export class WriteSession {
  readonly #plane: DataPlane;
  readonly #channel: FrameChannel;
  readonly #open: WriteOpen__Output;
  readonly #ackSender: AckSender;
  /** What the own disk has to do for this write. */
  readonly #disk: StallTimer;
  /** Resolves when it is begun. */
  #beginning: Promise<ReplicaWrite> | null = null;
  #writer: ReplicaWrite | null = null;
  #next: NodeWrite | null = null;
  #failure: DfsError | null = null;
  /** Rejects with #failure. */
  readonly #failed: Promise<never>;
  #announceFailure: (failure: DfsError) => void = () => undefined;
  #lingerTimer: Timer | null = null;
  /** Packets whose data the disk or the next node still needs. */
  #packetsHeld = 0;
  /** Disk calls that have ended, here and on the nodes after this one. */
  #steps = 0;
  #nextSteps = 0;

  constructor(plane: DataPlane, channel: FrameChannel, open: WriteOpen__Output) {
    this.#plane = plane;
    this.#channel = channel;
    this.#open = open;
    this.#ackSender = new AckSender(channel, plane.clock, plane.timings.streamTimeoutMs / 4, ACK_BYTES);
    this.#disk = new StallTimer(plane.clock, (limitMs) => this.#diskHangs(limitMs));
    this.#failed = new Promise((_, reject) => {
      this.#announceFailure = reject;
    });
    // It is waited for at times only.
    this.#failed.catch(() => undefined);
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
      this.#disk.end();
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
    const { store, identity, timings, diskWaits } = this.#plane;
    const { chunkId, version, reserveBytes } = this.#open;
    try {
      diskWaits.assertResponsive();
      this.#disk.begin(diskLimitMs(timings));
      this.#beginning = store.begin(chunkId, version, reserveBytes, () => this.#progressed());
      this.#writer = await Promise.race([this.#beginning, this.#failed]);
      this.#disk.end();
    } catch (error) {
      throw blaming(identity.nodeId, error);
    }
    void this.#writer.failed.then((error) => this.#fail(blaming(identity.nodeId, error)));
    this.#throwIfFailed();
    await this.#openNext();
    const ready = writeReady.encode({ nodeIds: [identity.nodeId, ...(this.#next?.stream.nodeIds ?? [])] });
    await sendInTime(this.#plane, this.#channel, () => this.#channel.send(ready));
  }

  async #openNext(): Promise<void> {
    const [next, ...downstream] = this.#open.downstream;
    if (next === undefined) return;
    this.#next = await openNodeWrite(this.#plane, next, { ...this.#open, downstream }, (_ackedBytes, steps) => {
      this.#nextSteps = steps;
      this.#advance();
    });
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
      await this.#takePacket(writer, frame.packet);
    }
  }

  async #takePacket(writer: ReplicaWrite, packet: PacketHeader): Promise<void> {
    const { offset, dataBytes } = packet;
    if (offset !== writer.receivedBytes) {
      throw new DfsError('PROTOCOL_ERROR', `Packet at offset ${offset} where ${writer.receivedBytes} was due`);
    }
    // A sign of life.
    if (dataBytes === 0) return;
    if (offset % BLOCK_BYTES !== 0) throw new DfsError('PROTOCOL_ERROR', `Packet at offset ${offset}, after a shorter block`);
    if (offset + dataBytes > writer.target.reserveBytes) {
      const text = `Packet up to offset ${offset + dataBytes} of a write that set ${writer.target.reserveBytes} bytes aside`;
      throw new DfsError('PROTOCOL_ERROR', text);
    }
    const isOnly = this.#packetsHeld === 0;
    const buffer = await this.#plane.memory.takeBuffer(dataBytes, isOnly);
    this.#packetsHeld++;
    let holders = 1;
    const release = (): void => {
      holders--;
      if (holders === 0) this.#packetsHeld--;
      buffer.release();
    };
    try {
      await this.#channel.receiveData(buffer.bytes, this.#plane.timings.streamTimeoutMs);
      this.#throwIfFailed();
      await this.#passOn(writer, packet, buffer.bytes, () => {
        holders++;
        buffer.retain();
        return release;
      });
    } finally {
      release();
    }
  }

  /** Verifies a packet, forwards it and stores it. @param hold adds a holder of the data; returns what ends that */
  async #passOn(writer: ReplicaWrite, packet: PacketHeader, data: Uint8Array, hold: () => () => void): Promise<void> {
    const { offset, checksums } = packet;
    const bad = badBlockOffset(offset, data, checksums);
    if (bad !== null) {
      throw new DfsError('DATA_CORRUPT', `Packet at offset ${bad} of chunk ${this.#open.chunkId} does not match its checksum`);
    }
    // The next node waits for it; the own disk has time until the last one has written it.
    const next = this.#next?.stream;
    const forwarded = next?.write([data], checksums, hold());
    writer.append(data, checksums, hold());
    this.#disk.begin(diskLimitMs(this.#plane.timings));
    await forwarded;
    await writer.ready();
  }

  async #commit(): Promise<string[]> {
    const { identity, timings } = this.#plane;
    const { nodeId } = identity;
    const writer = this.#writerOf();
    this.#disk.begin(diskLimitMs(timings, writer.receivedBytes));
    // FINISH goes on at once: all nodes commit at the same time. A failure of either ends the other.
    const downstream = this.#next?.stream.finish();
    const own = writer.commit();
    own.then(
      () => this.#disk.end(),
      (error: unknown) => this.#fail(blaming(nodeId, error)),
    );
    const [, committed] = await Promise.race([Promise.allSettled([own, downstream]), this.#failed]);
    this.#throwIfFailed();
    if (committed.status === 'rejected') throw blaming(nodeId, committed.reason);
    return [nodeId, ...(committed.value?.nodeIds ?? [])];
  }

  /** A call of the own disk has ended. */
  #progressed(): void {
    this.#steps++;
    this.#disk.progressed();
    // Before the commit, a disk that has written everything has nothing to do.
    if (this.#writer?.isIdle === true) this.#disk.end();
    this.#advance();
  }

  #advance(): void {
    const written = this.#writer?.writtenBytes ?? 0;
    const acked = this.#next === null ? written : Math.min(written, this.#next.stream.ackedBytes);
    this.#ackSender.acknowledge(acked, this.#steps + this.#nextSteps);
  }

  #diskHangs(limitMs: number): void {
    const { diskWaits } = this.#plane;
    const failure = this.#fail(diskWaits.hung(limitMs));
    diskWaits.leave(this.#cleanedUp(failure));
  }

  /** Resolves when nothing is left of the write on the own disk, also of one that began too late. */
  async #cleanedUp(failure: DfsError): Promise<void> {
    const writer = await this.#beginning?.catch(() => null);
    await writer?.abort(failure);
  }

  /** The first failure stands, and is sent upstream at once; both ends of the write are dropped. */
  #fail(error: unknown): DfsError {
    if (this.#failure !== null) return this.#failure;
    const failure = toDfsError(error, 'Write failed');
    this.#failure = failure;
    this.#announceFailure(failure);
    this.#ackSender.stop();
    this.#disk.end();
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
    // What cannot be removed now goes with a later scan.
    if (this.#failure !== null) await this.#plane.diskWaits.cleanedUp(this.#cleanedUp(this.#failure)).catch(() => undefined);
  }

  #writerOf(): ReplicaWrite {
    if (this.#writer === null) throw new DfsError('INTERNAL', 'A write session has no writer yet');
    return this.#writer;
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
