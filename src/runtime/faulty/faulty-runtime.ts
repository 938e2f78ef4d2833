/**
 * A runtime whose disk and wall clock can be made faulty while a node runs on it, which does not know. The same faults as those of
 * simulated machines, with the same meaning.
 *
 *   node ──▶ FaultyDisk ──▶ UndoDisk ──▶ the disk           UndoDisk only where power cuts are to be played: real folders
 */
import { DfsError } from '../../shared/errors.js';
import type { Clock, Runtime } from '../../shared/runtime.js';
import type { DiskFault } from '../faults/disk-fault.js';
import type { CountedFault } from '../faults/injected-fault.js';
import { SeededRandom } from '../faults/seeded-random.js';
import { WallClock } from '../faults/wall-clock.js';
import type { ClockFault } from '../faults/wall-clock.js';
import { UnlinkedFiles } from './unlinked-files.js';
import { FaultyDisk } from './faulty-disk.js';
import { UndoDisk } from './undo-disk.js';
import { UndoFile } from './undo-file.js';

export type MachineFault = { readonly disk: DiskFault } | { readonly clock: ClockFault };

export interface InjectOptions {
  /** Of `fill`: how much the folder may hold in all, bytes. Left out: what it holds now, and `freeBytes`. */
  readonly limitBytes?: number;
  /** Of a clock: how long the fault is in force already. */
  readonly ageMs?: number;
}

export class FaultyRuntime {
  /** For the node. */
  readonly runtime: Runtime;
  readonly #disk: FaultyDisk;
  readonly #undo: UndoDisk | null;
  readonly #wall: WallClock;
  /** Of the clock, by id. */
  readonly #clockFaults = new Map<number, CountedFault>();

  /** @param dataDir of a real folder, whose power can then be cut; null: the runtime's disk plays that itself */
  constructor(runtime: Runtime, dataDir: string | null) {
    this.#undo = dataDir === null ? null : new UndoDisk(runtime.disk, new UnlinkedFiles(dataDir));
    const { clock, random } = runtime;
    this.#disk = new FaultyDisk({
      disk: this.#undo ?? runtime.disk,
      clock,
      chance: () => random.float(),
      onFailedSync: async (file) => {
        if (file instanceof UndoFile) await file.failSync(new SeededRandom(String(random.uint32()), 'failed fsync'));
      },
      isCut: () => this.#undo?.isCut === true,
    });
    const time = {
      get nowUs(): number {
        return clock.nowMs() * 1_000;
      },
    };
    this.#wall = new WallClock(time, () => undefined);
    this.runtime = { ...runtime, disk: this.#disk, clock: faultyClock(clock, this.#wall) };
  }

  /** Puts a fault in force. @param id of no other one that is @throws DfsError of the disk, which is asked how full it is */
  async inject(id: number, fault: MachineFault, { limitBytes, ageMs }: InjectOptions = {}): Promise<void> {
    if ('disk' in fault) await this.#disk.inject(id, fault.disk, limitBytes);
    else this.#clockFaults.set(id, this.#wall.inject(fault.clock, ageMs));
  }

  /** How often a fault struck so far; 0 when it is not in force. */
  hits(id: number): number {
    return this.#disk.hits(id) ?? this.#clockFaults.get(id)?.hits ?? 0;
  }

  /** Ends a fault; harmless when it is not in force. @returns how often it struck */
  lift(id: number): number {
    const hits = this.hits(id);
    this.#disk.lift(id);
    this.#clockFaults.get(id)?.lift();
    this.#clockFaults.delete(id);
    return hits;
  }

  /**
   * Cuts the power of the disk: from now on no call of it begins or settles; resolves when the folder is, durably, what is left of it.
   * @param lot decides that
   * @throws DfsError of the disk, or UNIMPLEMENTED where it is no real one
   */
  async powerCut(choiceSeed: number): Promise<void> {
    if (this.#undo === null) throw new DfsError('UNIMPLEMENTED', 'The power of this disk cannot be cut: it has no undo journal');
    await this.#undo.powerCut(choiceSeed);
  }

  /** Lets go of what an undo would need. */
  async close(): Promise<void> {
    await this.#undo?.close();
  }
}

function faultyClock(clock: Clock, wall: WallClock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => Math.floor(clock.wallMs() + wall.readAheadMs(0)),
    setTimer: (delayMs, callback) => clock.setTimer(delayMs, callback),
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
  };
}
