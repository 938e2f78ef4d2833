/** Faults in force on a simulated machine's disk: they outlive the processes that use it. */
import { DfsError } from '../../shared/errors.js';
import type { DiskImage } from './disk-image.js';
import { concerns, delayMsOf } from '../faults/disk-fault.js';
import type { DiskFault, DiskOperation, TouchedBytes } from '../faults/disk-fault.js';
import { InjectedFault, type CountedFault } from '../faults/injected-fault.js';
import type { SeededRandom } from '../faults/seeded-random.js';

/** Operations that a lack of room can fail. */
const NEED_ROOM: readonly DiskOperation[] = ['write', 'truncate'];

export class DiskFaults {
  readonly #image: DiskImage;
  readonly #random: SeededRandom;
  #faults: InjectedFault<DiskFault>[] = [];
  /** What the disk may hold in all while a fault takes room away. */
  readonly #limitsBytes = new Map<InjectedFault<DiskFault>, number>();

  constructor(image: DiskImage, random: SeededRandom) {
    this.#image = image;
    this.#random = random;
  }

  inject(fault: DiskFault, nowUs: number, onLift: () => void): CountedFault {
    const inForce = new InjectedFault(fault, nowUs, () => {
      this.#faults = this.#faults.filter((other) => other !== inForce);
      this.#limitsBytes.delete(inForce);
      this.#limitImage();
      onLift();
    });
    this.#faults.push(inForce);
    if (fault.kind === 'enospc') this.#limitsBytes.set(inForce, 0);
    if (fault.kind === 'fill') this.#limitsBytes.set(inForce, this.#image.usedBytes + fault.freeBytes);
    this.#limitImage();
    return inForce;
  }

  /** How much longer than usual an operation that begins now takes, in microseconds. */
  extraLatencyUs(operation: DiskOperation): number {
    let sumUs = 0;
    for (const inForce of this.#faults) {
      const delayMs = delayMsOf(inForce.fault, operation);
      if (delayMs === undefined) continue;
      inForce.hits++;
      sumUs += delayMs * 1_000;
    }
    return sumUs;
  }

  /** The failure of an operation that an `eio` strikes. Draws chance only for those that are in force. @param touched of a read or a write */
  failureOf(operation: DiskOperation, paths: readonly string[], touched: TouchedBytes | null): DfsError | undefined {
    for (const inForce of this.#faults) {
      const { fault } = inForce;
      if (fault.kind !== 'eio' || !concerns(fault, operation, paths, touched)) continue;
      if (!this.#random.chance(fault.probability)) continue;
      inForce.hits++;
      return new DfsError('IO_ERROR', `Disk operation ${operation} of "${paths.join('", "')}" failed: a fault in force`);
    }
    return undefined;
  }

  /** Counts what a lack of room did: failed a call, or was told to one that asked. */
  noteRoom(operation: DiskOperation, error?: unknown): void {
    if (this.#limitsBytes.size === 0) return;
    const isFull = NEED_ROOM.includes(operation) && error instanceof DfsError && error.code === 'NO_SPACE';
    if (!isFull && (operation !== 'space' || error !== undefined)) return;
    for (const inForce of this.#limitsBytes.keys()) inForce.hits++;
  }

  #limitImage(): void {
    this.#image.limitBytes = Math.min(Infinity, ...this.#limitsBytes.values());
  }
}
