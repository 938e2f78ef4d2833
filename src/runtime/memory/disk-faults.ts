/** Active faults of a simulated machine's disk, which outlive the processes that use the disk. */
import { DfsError } from '../../shared/errors.js';
import type { DiskImage } from './disk-image.js';
import { concerns, delayMsOf, hangs, injectedFailure, isLie } from '../faults/disk-fault.js';
import type { DiskFault, DiskOperation, TouchedBytes } from '../faults/disk-fault.js';
import { InjectedFault, type CountedFault } from '../faults/injected-fault.js';
import type { SeededRandom } from '../faults/seeded-random.js';

/** Operations that can fail for lack of space. */
const NEED_ROOM: readonly DiskOperation[] = ['write', 'truncate'];

export class DiskFaults {
  readonly #image: DiskImage;
  readonly #random: SeededRandom;
  #faults: InjectedFault<DiskFault>[] = [];
  /** Maximum usage of the disk while a fault limits its space. */
  readonly #limitsBytes = new Map<InjectedFault<DiskFault>, number>();

  /** Operations that wait for the end of a fault, in order. */
  readonly #hung = new Map<InjectedFault<DiskFault>, (() => void)[]>();

  constructor(image: DiskImage, random: SeededRandom) {
    this.#image = image;
    this.#random = random;
  }

  inject(fault: DiskFault, nowUs: number, onLift: () => void): CountedFault {
    const injected = new InjectedFault(fault, nowUs, () => {
      this.#faults = this.#faults.filter((other) => other !== injected);
      this.#limitsBytes.delete(injected);
      this.#limitImage();
      for (const goOn of this.#hung.get(injected)?.splice(0) ?? []) goOn();
      this.#hung.delete(injected);
      onLift();
    });
    this.#faults.push(injected);
    if (fault.kind === 'enospc') this.#limitsBytes.set(injected, 0);
    if (fault.kind === 'fill') this.#limitsBytes.set(injected, this.#image.usedBytes + fault.freeBytes);
    this.#limitImage();
    return injected;
  }

  /** Resolves when an operation that begins now may go on; undefined: at once. */
  hungUntil(operation: DiskOperation, paths: readonly string[]): Promise<void> | undefined {
    const injected = this.#faults.find(({ fault }) => hangs(fault, operation, paths));
    if (injected === undefined) return undefined;
    injected.hits++;
    return new Promise((resolve) => {
      this.#hung.set(injected, [...(this.#hung.get(injected) ?? []), resolve]);
    });
  }

  /** How much longer than usual an operation that begins now takes, in microseconds. */
  extraLatencyUs(operation: DiskOperation): number {
    let sumUs = 0;
    for (const injected of this.#faults) {
      const delayMs = delayMsOf(injected.fault, operation);
      if (delayMs === undefined) continue;
      injected.hits++;
      sumUs += delayMs * 1_000;
    }
    return sumUs;
  }

  /**
   * The failure of an operation affected by an `eio`. Draws random numbers only for active faults. @param touched the range of a
   * read or write
   */
  failureOf(operation: DiskOperation, paths: readonly string[], touched: TouchedBytes | null): DfsError | undefined {
    for (const injected of this.#faults) {
      const { fault } = injected;
      if (fault.kind !== 'eio' || !concerns(fault, operation, paths, touched)) continue;
      if (!this.#random.chance(fault.probability)) continue;
      injected.hits++;
      return injectedFailure(fault, operation, paths);
    }
    return undefined;
  }

  /** Whether an operation that would succeed is only said to be done; counts it. */
  isLie(operation: DiskOperation): boolean {
    const lies = this.#faults.filter(({ fault }) => isLie(fault, operation));
    for (const injected of lies) injected.hits++;
    return lies.length > 0;
  }

  /** Counts an effect of a lack of space: a failed call, or a call that reported the free space. */
  noteRoom(operation: DiskOperation, error?: unknown): void {
    if (this.#limitsBytes.size === 0) return;
    const isFull = NEED_ROOM.includes(operation) && error instanceof DfsError && error.code === 'NO_SPACE';
    if (!isFull && (operation !== 'space' || error !== undefined)) return;
    for (const injected of this.#limitsBytes.keys()) injected.hits++;
  }

  #limitImage(): void {
    this.#image.limitBytes = Math.min(Infinity, ...this.#limitsBytes.values());
  }
}
