/** The data port: takes connections and serves their conversations, one at a time on each. */
import { busyNode } from '../../protocol/busy.js';
import { checksumOpen, errorFrame, quarantineOpen, readOpen, writeOpen } from '../../protocol/data-headers.js';
import { type Frame, FrameChannel } from '../../protocol/frame-channel.js';
import { FrameType, withVersion } from '../../protocol/frames.js';
import { ConnectionPlaces } from '../../shared/connection-places.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import { PeerWarnings } from '../../shared/peer-warnings.js';
import type { ByteStream, Listener, Net } from '../../shared/runtime.js';
import { type DataPlane, sendInTime } from './data-plane.js';
import { serveChecksum } from './checksum-session.js';
import { serveQuarantine } from './quarantine-session.js';
import { serveRead } from './read-session.js';
import { WriteSession } from './write-session.js';

const CONNECTIONS_MAX = 512;
const WRITES_MAX = 128;
/** A connection at rest is closed after this; clients drop theirs earlier. */
const IDLE_MS = 60_000;
/** A whole opening has this long: on a new connection from its beginning, on a used one from its first byte. */
const OPENING_MS = 10_000;
/** Refused connections that may wait until the other side has read the reason. */
const REFUSED_MAX = 64;
const REFUSED_MS = 1_000;

/** A frame that may open a conversation. */
type Opening = Exclude<Frame, { readonly type: typeof FrameType.PACKET }>;

export class DataServer {
  readonly #plane: DataPlane;
  readonly #warnings: PeerWarnings;
  #listener: Listener | null = null;
  readonly #places = new ConnectionPlaces(CONNECTIONS_MAX);
  #refused = 0;
  #reads = 0;
  readonly #writes = new Set<WriteSession>();
  #isStopping = false;
  /** Called when the last conversation has ended, while stopping. */
  #onQuiet: () => void = () => undefined;

  constructor(plane: DataPlane) {
    this.#plane = plane;
    this.#warnings = new PeerWarnings(plane.log, () => plane.clock.nowMs());
  }

  get activeReads(): number {
    return this.#reads;
  }

  get activeWrites(): number {
    return this.#writes.size;
  }

  /** Starts to listen; resolves with the bound host:port. Rejects with ADDRESS_IN_USE. */
  async listen(net: Net, listen: string): Promise<string> {
    this.#listener = await net.listen(listen, (stream) => {
      void this.#serve(stream);
    });
    return this.#listener.address;
  }

  /** Refuses new conversations, lets those under way end for `graceMs`, then cuts them and waits for what they leave to be cleaned up, as long again at most. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    await this.#quiet(graceMs);
    const { nodeId } = this.#plane.identity;
    for (const write of this.#writes) write.abort(new DfsError('UNAVAILABLE', `Node "${nodeId}" is stopping`));
    await this.#listener?.close();
    await this.#quiet(graceMs);
  }

  /** Resolves when no conversation is under way, or after `timeoutMs`. */
  async #quiet(timeoutMs: number): Promise<void> {
    if (this.#reads + this.#writes.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#plane.clock.setTimer(timeoutMs, resolve);
      this.#onQuiet = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  async #serve(stream: ByteStream): Promise<void> {
    const channel = new FrameChannel(stream, this.#plane.clock);
    const use = { conversations: 0, isOver: false };
    const place = this.#places.take(stream.remoteAddress, () => {
      use.isOver = true;
      // One that was used is in a pool, where another one takes its place.
      if (use.conversations > 0) channel.destroy();
      else void this.#sayBusy(channel);
    });
    if (place === null) {
      this.#warn(channel, `it would be one more than ${this.#places.size} connections, which are in use`);
      await this.#sayBusy(channel);
    }
    try {
      for (let mayFollow = true; mayFollow; use.conversations++) {
        const frame = await channel.receive(use.conversations === 0 ? OPENING_MS : IDLE_MS, OPENING_MS);
        if (frame === null || place === null || use.isOver) break;
        place.inUse();
        try {
          mayFollow = await this.#converse(channel, frame);
        } finally {
          place.atRest();
        }
      }
    } catch (error) {
      this.#closed(channel, error);
      await this.#answerForeign(channel, error);
    } finally {
      place?.leave();
      channel.destroy();
    }
  }

  /** Tells the other side that this node is busy, and closes the connection when there was time to read that. */
  async #sayBusy(channel: FrameChannel): Promise<void> {
    if (this.#refused >= REFUSED_MAX) {
      channel.destroy();
      return;
    }
    this.#refused++;
    this.#plane.clock.setTimer(REFUSED_MS, () => {
      this.#refused--;
      channel.destroy();
    });
    try {
      const { nodeId } = this.#plane.identity;
      await channel.send(errorFrame.encode(busyNode(nodeId, `has ${CONNECTIONS_MAX} connections`)));
      await channel.end();
    } catch {
      // It is gone.
    }
  }

  /** One conversation. Tells whether another may follow. */
  async #converse(channel: FrameChannel, frame: Frame): Promise<boolean> {
    if (frame.type === FrameType.READ_OPEN) return this.#answer(channel, () => readOpen.decode(frame.body), serveRead);
    if (frame.type === FrameType.WRITE_OPEN) return this.#write(channel, frame);
    if (frame.type === FrameType.QUARANTINE_OPEN)
      return this.#answer(channel, () => quarantineOpen.decode(frame.body), serveQuarantine);
    if (frame.type === FrameType.CHECKSUM_OPEN)
      return this.#answer(channel, () => checksumOpen.decode(frame.body), serveChecksum);
    throw new DfsError('PROTOCOL_ERROR', `frame of type ${frame.type} where a conversation should begin`);
  }

  /** Tells a peer that speaks another version what is wrong, in a frame of its own version. */
  async #answerForeign(channel: FrameChannel, error: unknown): Promise<void> {
    const version = channel.foreignVersion;
    if (version === null || channel.receivedFrames > 0) return;
    const frame = withVersion(errorFrame.encode(toDfsError(error, 'Cannot open a conversation')), version);
    await sendInTime(this.#plane, channel, async () => {
      await channel.send(frame);
      await channel.end();
    }).catch(() => undefined);
  }

  /** A conversation that changes nothing, or what only this node knows. */
  async #answer<Open>(
    channel: FrameChannel,
    decode: () => Open,
    serve: (plane: DataPlane, channel: FrameChannel, open: Open) => Promise<void>,
  ): Promise<boolean> {
    const open = await this.#opened(channel, decode);
    if (await this.#isRefused(channel)) return false;
    this.#reads++;
    try {
      await serve(this.#plane, channel, open);
      return true;
    } finally {
      this.#reads--;
      this.#conversationEnded();
    }
  }

  async #write(channel: FrameChannel, frame: Opening): Promise<boolean> {
    const open = await this.#opened(channel, () => writeOpen.decode(frame.body));
    if (await this.#isRefused(channel)) return false;
    if (this.#writes.size >= WRITES_MAX) {
      await this.#refuse(channel, busyNode(this.#plane.identity.nodeId, `serves ${WRITES_MAX} writes`));
      return false;
    }
    const session = new WriteSession(this.#plane, channel, open);
    this.#writes.add(session);
    try {
      const failure = await session.run();
      if (failure === null) return true;
      const { chunkId, version } = open;
      this.#plane.log.warn('Write failed', {
        chunkId,
        version,
        peer: channel.remoteAddress,
        blame: failure.nodeId ?? 'upstream',
        error: failure,
      });
      if (failure.code === 'PROTOCOL_ERROR' && failure.nodeId === undefined) this.#warn(channel, failure.message);
      return false;
    } finally {
      this.#writes.delete(session);
      this.#conversationEnded();
    }
  }

  async #isRefused(channel: FrameChannel): Promise<boolean> {
    if (!this.#isStopping) return false;
    const { nodeId } = this.#plane.identity;
    await this.#refuse(channel, new DfsError('UNAVAILABLE', `Node "${nodeId}" is stopping`, { nodeId }));
    return true;
  }

  /** What opens a conversation. One that cannot be understood, or is beyond its limits, is answered with the reason, and ends the connection. */
  async #opened<Open>(channel: FrameChannel, decode: () => Open): Promise<Open> {
    try {
      return decode();
    } catch (error) {
      await this.#refuse(channel, toDfsError(error, 'Cannot open a conversation'));
      throw error;
    }
  }

  async #refuse(channel: FrameChannel, refusal: DfsError): Promise<void> {
    await sendInTime(this.#plane, channel, async () => {
      await channel.send(errorFrame.encode(refusal));
      await channel.end();
    });
  }

  #conversationEnded(): void {
    if (this.#reads + this.#writes.size === 0) this.#onQuiet();
  }

  #closed(channel: FrameChannel, error: unknown): void {
    const isIdle = isDfsError(error, 'DEADLINE_EXCEEDED');
    const isCutMidFrame = isDfsError(error, 'CONNECTION_LOST') && channel.receivedFrames === 0;
    if (isDfsError(error, 'PROTOCOL_ERROR', 'INVALID_ARGUMENT') || isCutMidFrame) this.#warn(channel, error.message);
    else if (isIdle || isDfsError(error)) this.#plane.log.debug('Connection closed', { peer: channel.remoteAddress, error });
    else this.#plane.log.error('Connection closed by a failure of this node', { peer: channel.remoteAddress, error });
  }

  #warn(channel: FrameChannel, reason: string): void {
    const peer = channel.remoteAddress;
    this.#warnings.warn(peer.slice(0, peer.lastIndexOf(':')), peer, reason);
  }
}
