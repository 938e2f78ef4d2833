/** A pool of connections to data ports, for reuse between conversations. */
import { DfsError, isDfsError } from '../shared/errors.js';
import type { Clock, Net, Timer } from '../shared/runtime.js';
import { FrameChannel } from './frame-channel.js';
import { withAbort } from './with-abort.js';

export interface ChannelPoolOptions {
  readonly net: Net;
  readonly clock: Clock;
  /** Timeout of a new connection, ms. */
  readonly connectTimeoutMs: number;
  /** Maximum number of idle connections to one address. */
  readonly maxIdlePerAddress: number;
  /** An idle connection is closed after this time, ms: less than the time after which a datanode closes an idle connection. */
  readonly idleMs?: number;
}

export interface ChannelLease {
  readonly channel: FrameChannel;
  /** True for a reused connection, which may have broken while idle. */
  readonly reused: boolean;
  /**
   * Returns the connection to the pool. @param reusable false: the last conversation did not end cleanly, and the connection is
   * destroyed
   */
  release(reusable: boolean): void;
}

interface IdleChannel {
  readonly address: string;
  readonly channel: FrameChannel;
  readonly timer: Timer;
}

const DEFAULT_IDLE_MS = 10_000;
/** Maximum number of idle connections in total; the connection with the longest idle time is closed first. */
const IDLE_MAX = 128;

export class ChannelPool {
  readonly #options: ChannelPoolOptions;
  /** Oldest first. */
  #idle: IdleChannel[] = [];
  #closed = false;

  constructor(options: ChannelPoolOptions) {
    this.#options = options;
  }

  /** An idle connection to `address` or a new one. Rejects with UNAVAILABLE or CANCELLED. */
  async acquire(address: string, signal?: AbortSignal): Promise<ChannelLease> {
    const at = this.#idle.findLastIndex((idle) => idle.address === address);
    const idle = this.#idle[at];
    if (idle === undefined || this.#closed) return this.dial(address, signal);
    this.#idle.splice(at, 1);
    idle.timer.cancel();
    return this.#lease(address, idle.channel, true);
  }

  /** A new connection, even when one is idle. Rejects with UNAVAILABLE or CANCELLED. */
  async dial(address: string, signal?: AbortSignal): Promise<ChannelLease> {
    if (this.#closed) throw new DfsError('CANCELLED', `Cannot connect to ${address}: closed`);
    const { net, clock, connectTimeoutMs } = this.#options;
    const stream = await net.dial(address, { timeoutMs: connectTimeoutMs, ...(signal === undefined ? {} : { signal }) });
    return this.#lease(address, new FrameChannel(stream, clock), false);
  }

  /** Closes the idle connections; a connection that is returned later is closed then. */
  close(): void {
    this.#closed = true;
    for (const idle of this.#idle) {
      idle.timer.cancel();
      idle.channel.destroy();
    }
    this.#idle = [];
  }

  #lease(address: string, channel: FrameChannel, reused: boolean): ChannelLease {
    let isOut = true;
    return {
      channel,
      reused,
      release: (reusable) => {
        if (!isOut) return;
        isOut = false;
        if (reusable && !this.#closed) this.#keep(address, channel);
        else channel.destroy();
      },
    };
  }

  #keep(address: string, channel: FrameChannel): void {
    const { clock, maxIdlePerAddress, idleMs = DEFAULT_IDLE_MS } = this.#options;
    const idle: IdleChannel = { address, channel, timer: clock.setTimer(idleMs, () => this.#drop(idle)) };
    this.#idle.push(idle);
    const ofAddress = this.#idle.filter((other) => other.address === address);
    const [oldest] = ofAddress.length > maxIdlePerAddress ? ofAddress : this.#idle.length > IDLE_MAX ? this.#idle : [];
    if (oldest !== undefined) this.#drop(oldest);
  }

  #drop(idle: IdleChannel): void {
    idle.timer.cancel();
    idle.channel.destroy();
    this.#idle = this.#idle.filter((other) => other !== idle);
  }
}

/**
 * Opens a conversation on a pooled connection. A reused connection that breaks before the first answer is replaced, once, by a new
 * connection. When `open` rejects, the connection is destroyed.
 * @param open for example `(channel) => openChunkRead(channel, …)`
 * @param signal destroys the connection while it is opened; what is open is the caller's
 */
export async function openOnPool<T>(
  pool: ChannelPool,
  address: string,
  open: (channel: FrameChannel) => Promise<T>,
  signal?: AbortSignal,
): Promise<{ readonly opened: T; readonly lease: ChannelLease }> {
  const openOn = async (lease: ChannelLease): Promise<{ opened: T; lease: ChannelLease }> => {
    try {
      const opened = await withAbort(
        signal,
        () => lease.channel.destroy(),
        () => open(lease.channel),
      );
      return { opened, lease };
    } catch (error) {
      lease.release(false);
      throw error;
    }
  };
  const first = await pool.acquire(address, signal);
  const framesBefore = first.channel.receivedFrames;
  try {
    return await openOn(first);
  } catch (error) {
    const provedDead = first.reused && isDfsError(error, 'CONNECTION_LOST') && first.channel.receivedFrames === framesBefore;
    if (!provedDead) throw error;
  }
  return openOn(await pool.dial(address, signal));
}
