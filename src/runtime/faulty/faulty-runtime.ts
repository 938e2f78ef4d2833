/**
 * A runtime that injects faults of disk and wall clock into a running node, without the node's knowledge. The faults are the same
 * as those of simulated machines.
 *
 *   node ──▶ FaultyDisk ──▶ UndoDisk ──▶ the disk           UndoDisk only where power cuts are simulated: real folders
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
  /** For `fill`: maximum size of the folder, bytes. Default: its current size plus `freeBytes`. */
  readonly limitBytes?: number;
  /** For a clock fault: how long the fault has been active already. */
  readonly ageMs?: number;
}

export class FaultyRuntime {
  /** The runtime to pass to the node. */
  readonly runtime: Runtime;
  readonly #disk: FaultyDisk;
  readonly #undo: UndoDisk | null;
  readonly #wall: WallClock;
  /** Active faults of the clock, by id. */
  readonly #clockFaults = new Map<number, CountedFault>();

  /** @param dataDir path of a real folder, for power cuts; null: the runtime's disk simulates power cuts itself */
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

  /** Injects a fault. @param id an id that no active fault has @throws DfsError of the disk, whose usage is determined */
  async inject(id: number, fault: MachineFault, { limitBytes, ageMs }: InjectOptions = {}): Promise<void> {
    if ('disk' in fault) await this.#disk.inject(id, fault.disk, limitBytes);
    else this.#clockFaults.set(id, this.#wall.inject(fault.clock, ageMs));
  }

  /** Number of effects of a fault so far; 0 when it is not active. */
  hits(id: number): number {
    return this.#disk.hits(id) ?? this.#clockFaults.get(id)?.hits ?? 0;
  }

  /** Ends a fault; has no effect on an inactive fault. @returns the number of its effects */
  lift(id: number): number {
    const hits = this.hits(id);
    this.#disk.lift(id);
    this.#clockFaults.get(id)?.lift();
    this.#clockFaults.delete(id);
    return hits;
  }

  /**
   * Cuts the power of the disk: from now on none of its calls begins or settles. Resolves when the folder durably has its state
   * after the power cut.
   * @param choiceSeed seed of the choice of that state
   * @throws DfsError of the disk, or UNIMPLEMENTED where the disk is not a real one
   */
  async powerCut(choiceSeed: number): Promise<void> {
    if (this.#undo === null) throw new DfsError('UNIMPLEMENTED', 'The power of this disk cannot be cut: it has no undo journal');
    await this.#undo.powerCut(choiceSeed);
  }

  /** Releases the data kept for an undo. */
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
