/**
 * Refuses what makes the state of the cluster grow while this master is short of space on its disk or in its heap. All masters hold the
 * same state: without a reserve all of them reach their limit in the same moment, and end together.
 *
 *   sample (1 s): free bytes of the disk, bytes of the heap ─▶ below the reserve ─▶ short: growth is refused, all else goes on
 *                                                              an eighth above it ─▶ enough again
 */
import { messageOf } from '../../shared/error-text.js';
import { DfsError } from '../../shared/errors.js';
import { MIB } from '../../shared/limits.js';
import type { Runtime, Timer } from '../../shared/runtime.js';
import { formatBytes } from '../../shared/units.js';
import type { DiskRoom } from './disk-room.js';

const SAMPLE_MS = 1_000;
/** Of the disk, for elections, deletions and the log that a checkpoint replaces; on a small disk, a part of it. */
const DISK_RESERVE_BYTES = 64 * MIB;
const DISK_RESERVE_PART = 1 / 8;
/** Of the heap: deletions, elections and the copy that a checkpoint is written from need some, and garbage fills some. */
const HEAP_RESERVE_PART = 0.15;
/** Above the reserve by this part of it, growth is accepted again: no change of state for each byte. */
const RELIEF_PART = 1 / 8;

/** What the log and its checkpoints take, in bytes. */
export interface StorageUse {
  readonly logBytes: number;
  /** Given to the log, and not on the disk yet. */
  readonly queuedBytes: number;
  /** What the next checkpoint will need at most, roughly. */
  readonly nextCheckpointBytes: number;
}

/** What the services ask before they accept something that grows. */
export interface Growth {
  /** Why nothing that grows is accepted; null: there is enough of everything. */
  readonly shortage: string | null;
  /** @throws DfsError NO_SPACE, which is not retriable; RESOURCE_EXHAUSTED: nothing was done */
  assertMayGrow(): void;
}

interface Shortage {
  readonly code: 'NO_SPACE' | 'RESOURCE_EXHAUSTED';
  readonly text: string;
}

export class GrowthReserve implements Growth {
  readonly #runtime: Pick<Runtime, 'clock' | 'disk' | 'log' | 'memory'>;
  readonly #room: DiskRoom;
  readonly #use: () => StorageUse;
  /** As of the last sample. */
  #free: { readonly freeBytes: number; readonly totalBytes: number; readonly takenThenBytes: number } | null = null;
  #isDiskShort = false;
  #heapText: string | null = null;
  #timer: Timer | null = null;
  #isStopped = false;
  #loggedCode: string | null = null;

  /** @param use of the log, at any time */
  constructor(runtime: Pick<Runtime, 'clock' | 'disk' | 'log' | 'memory'>, room: DiskRoom, use: () => StorageUse) {
    this.#runtime = runtime;
    this.#room = room;
    this.#use = use;
  }

  /** Takes the first sample, and others from time to time. Never rejects. */
  async start(): Promise<void> {
    await this.#sample();
    if (this.#isStopped) return;
    this.#timer = this.#runtime.clock.setTimer(SAMPLE_MS, () => void this.start());
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  get shortage(): string | null {
    return this.#now()?.text ?? null;
  }

  assertMayGrow(): void {
    const shortage = this.#now();
    if (shortage === null) return;
    const { code, text } = shortage;
    throw new DfsError(code, `${text}. Nothing was done`, code === 'NO_SPACE' ? { retriable: false } : {});
  }

  async #sample(): Promise<void> {
    const { disk, log, memory } = this.#runtime;
    try {
      const { freeBytes, totalBytes } = await disk.space();
      this.#free = { freeBytes, totalBytes, takenThenBytes: this.#takenBytes() };
    } catch (error) {
      // What was known, and what the log has taken since, is still true.
      log.debug('The free space of the disk is not known', { reason: messageOf(error) });
    }
    const { usedBytes, limitBytes } = memory.heap();
    const reserveBytes = limitBytes * HEAP_RESERVE_PART * (this.#heapText === null ? 1 : 1 + RELIEF_PART);
    const leftBytes = Math.max(0, limitBytes - usedBytes);
    this.#heapText =
      leftBytes >= reserveBytes
        ? null
        : `The heap of the master has ${formatBytes(leftBytes)} of ${formatBytes(limitBytes)} left, which it keeps in reserve: it accepts ` +
          'nothing that grows. Delete files, or start the masters with a larger heap (--max-old-space-size)';
    const shortage = this.#now();
    this.#room.isTight = this.#isDiskShort;
    if (shortage === null) await this.#room.refill();
    this.#tell(shortage);
  }

  #now(): Shortage | null {
    const disk = this.#diskText();
    this.#isDiskShort = disk !== null;
    if (disk !== null) return { code: 'NO_SPACE', text: disk };
    return this.#heapText === null ? null : { code: 'RESOURCE_EXHAUSTED', text: this.#heapText };
  }

  #diskText(): string | null {
    const { root } = this.#runtime.disk;
    if (this.#room.isWaiting) return `The disk of the master's log (${root}) is full: it accepts nothing that grows`;
    if (this.#free === null) return null;
    const { freeBytes, totalBytes, takenThenBytes } = this.#free;
    const leftBytes = Math.max(0, freeBytes - Math.max(0, this.#takenBytes() - takenThenBytes));
    const base = Math.min(DISK_RESERVE_BYTES, totalBytes * DISK_RESERVE_PART);
    const reserveBytes = (base + this.#use().nextCheckpointBytes) * (this.#isDiskShort ? 1 + RELIEF_PART : 1);
    if (leftBytes >= reserveBytes) return null;
    return (
      `The disk of the master's log (${root}) has ${formatBytes(leftBytes)} left, less than the reserve of ${formatBytes(reserveBytes)}: ` +
      'it accepts nothing that grows. Delete files, or make space on that disk'
    );
  }

  #takenBytes(): number {
    const { logBytes, queuedBytes } = this.#use();
    return logBytes + queuedBytes;
  }

  /** Logs that a shortage begins, and that it is over. */
  #tell(shortage: Shortage | null): void {
    const code = shortage?.code ?? null;
    if (code === this.#loggedCode) return;
    this.#loggedCode = code;
    const { log } = this.#runtime;
    if (shortage === null) log.info('The master has enough space again, and accepts everything');
    else log.error(shortage.text, { code });
  }
}
