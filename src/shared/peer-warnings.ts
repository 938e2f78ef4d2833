/** Logs invalid data from the network: at most one warning a minute for each host. */
import type { Logger } from './runtime.js';

const INTERVAL_MS = 60_000;
/** Number of remembered hosts; the host with the oldest warning is dropped first. */
const HOSTS_MAX = 1_024;

interface HostState {
  readonly warnedAtMs: number;
  /** Warnings suppressed since that warning. */
  silenced: number;
}

export class PeerWarnings {
  readonly #log: Logger;
  readonly #nowMs: () => number;
  /** In the order of `warnedAtMs`. */
  readonly #hosts = new Map<string, HostState>();

  /** @param nowMs monotonic */
  constructor(log: Logger, nowMs: () => number) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /**
   * Logs that a peer violated the protocol, unless a warning about its host was logged within the last minute.
   * @param peer host:port
   * @param reason what the peer did
   */
  warn(host: string, peer: string, reason: string): void {
    const nowMs = this.#nowMs();
    const before = this.#hosts.get(host);
    if (before !== undefined && nowMs - before.warnedAtMs < INTERVAL_MS) {
      before.silenced++;
      return;
    }
    this.#hosts.delete(host);
    this.#hosts.set(host, { warnedAtMs: nowMs, silenced: 0 });
    for (const oldest of this.#hosts.keys()) {
      if (this.#hosts.size <= HOSTS_MAX) break;
      this.#hosts.delete(oldest);
    }
    this.#log.warn(`Closed a connection from ${peer}: ${reason}`, { peer, silencedBefore: before?.silenced ?? 0 });
  }
}
