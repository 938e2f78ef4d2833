/**
 * When each writer's session was last heard of: the leader's memory of write leases. Soft: a new leader counts from its start.
 *
 *   held ── its call ends because the client goes ─▶ lost ── lostMs ─▶ lapsed: another writer may have what it writes
 *    ▲ └─── it is silent for softMs ──────────────────────────────────────▲
 *    └───── any call of the session ◀── from everywhere
 */
import { DfsError } from '../../shared/errors.js';
import type { Clock, Timer } from '../../shared/runtime.js';
import type { Timings } from '../../shared/profile.js';
import type { SessionTable } from '../state/tables/session-table.js';

/** Entries of ended sessions that may lie around before they are cleared. */
const LEFTOVERS_MAX = 1_024;

interface Lease {
  renewedMs: number;
  /** When the connection of its client ended; null: it has not, as far as known. */
  lostMs: number | null;
  /** host:port of its client; '': unknown. */
  peer: string;
  /** Ends the call that holds it. */
  release: (() => void) | null;
}

/** What the leader knows of a session's client. */
export interface LeaseView {
  /** host:port; '': unknown. */
  readonly peer: string;
  /** held: its client is there; lost: its connection has ended; silent: nothing is known but when it was heard. */
  readonly state: 'held' | 'lost' | 'silent';
  /** When it was heard, in ms before now. */
  readonly heardAgoMs: number;
  /** When another writer may have its paths if nothing more is heard, in ms from now. */
  readonly freeAfterMs: number;
}

export class Leases {
  readonly #sessions: SessionTable;
  readonly #clock: Clock;
  readonly #softMs: number;
  readonly #lostMs: number;
  readonly #startedMs: number;
  readonly #leases = new Map<number, Lease>();
  #hasEnded = false;

  /** @param timings leaseSoftMs, lostAfterMs: how long a writer may be unheard, and without a connection, before another may replace it */
  constructor(sessions: SessionTable, clock: Clock, timings: Pick<Timings, 'leaseSoftMs' | 'lostAfterMs'>) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#softMs = timings.leaseSoftMs;
    this.#lostMs = timings.lostAfterMs;
    this.#startedMs = clock.nowMs();
  }

  /** The session was heard. @param peer host:port of its client, where it is known */
  renew(sessionId: number, peer?: string): void {
    const lease = this.#of(sessionId);
    lease.renewedMs = this.#clock.nowMs();
    lease.lostMs = null;
    if (peer !== undefined) lease.peer = peer;
  }

  /**
   * Renews the session, and resolves after `holdMs`, when a later call holds the session, or when this leadership ends.
   * @param signal fires when the client is gone: the lease is lost, until the session is heard again
   * @throws DfsError UNAVAILABLE once this leadership has ended
   */
  async hold(sessionId: number, holdMs: number, peer: string, signal: AbortSignal): Promise<void> {
    if (this.#hasEnded) throw new DfsError('UNAVAILABLE', 'This leadership has ended: another master leads soon');
    this.renew(sessionId, peer);
    const lease = this.#of(sessionId);
    lease.release?.();
    await new Promise<void>((resolve) => {
      let timer: Timer | null = null;
      const release = (): void => {
        timer?.cancel();
        signal.removeEventListener('abort', onGone);
        if (lease.release === release) lease.release = null;
        resolve();
      };
      const onGone = (): void => {
        lease.lostMs = this.#clock.nowMs();
        release();
      };
      if (signal.aborted) onGone();
      else {
        timer = this.#clock.setTimer(holdMs, release);
        signal.addEventListener('abort', onGone);
        lease.release = release;
      }
    });
  }

  /** This leadership has ended: all calls that hold a session end. */
  end(): void {
    this.#hasEnded = true;
    for (const { release } of this.#leases.values()) release?.();
  }

  /** True when another writer may take over what this session has open. */
  hasLapsed(sessionId: number): boolean {
    return this.#freeInMs(this.#leases.get(sessionId)) < 0;
  }

  viewOf(sessionId: number): LeaseView {
    const lease = this.#leases.get(sessionId);
    const isLost = lease !== undefined && lease.lostMs !== null;
    return {
      peer: lease?.peer ?? '',
      state: isLost ? 'lost' : lease?.release ? 'held' : 'silent',
      heardAgoMs: Math.round(this.#clock.nowMs() - (lease?.renewedMs ?? this.#startedMs)),
      freeAfterMs: Math.max(0, Math.round(this.#freeInMs(lease))),
    };
  }

  /** Below 0: it has lapsed. */
  #freeInMs(lease: Lease | undefined): number {
    const silentUntilMs = (lease?.renewedMs ?? this.#startedMs) + this.#softMs;
    const lostMs = lease?.lostMs ?? null;
    return (lostMs === null ? silentUntilMs : Math.min(silentUntilMs, lostMs + this.#lostMs)) - this.#clock.nowMs();
  }

  #of(sessionId: number): Lease {
    const known = this.#leases.get(sessionId);
    if (known !== undefined) return known;
    if (this.#leases.size > this.#sessions.size + LEFTOVERS_MAX) this.#forgetEnded();
    const lease: Lease = { renewedMs: this.#clock.nowMs(), lostMs: null, peer: '', release: null };
    this.#leases.set(sessionId, lease);
    return lease;
  }

  #forgetEnded(): void {
    for (const [id, { release }] of this.#leases) {
      if (this.#sessions.get(id) !== undefined) continue;
      release?.();
      this.#leases.delete(id);
    }
  }
}
