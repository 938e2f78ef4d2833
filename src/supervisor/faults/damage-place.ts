/** Where in a file damage is done, and how: the same for replicas, logs and checkpoints. */
import type { SeededRandom } from '../../runtime/faults/seeded-random.js';
import type { DamageableDisk } from './good-copies.js';
import { countsOf } from '../api/fault.js';
import type { ActiveFault, DamageFault } from '../api/fault.js';

/** A file to damage. */
export interface DamagePlace {
  readonly disk: DamageableDisk;
  readonly file: string;
  /** The part of it, from its beginning, that may be damaged: more than 0. */
  readonly bytes: number;
}

/** The fault, whatever file it means. */
export type Damage = Pick<DamageFault, 'action' | 'offsetBytes'>;

/** Returns whether a part of a file has the byte that a fault names; a fault that names none may damage any byte. */
export const hasPlace = (bytes: number, { offsetBytes = 0 }: Damage): boolean => offsetBytes < bytes;

/** Damages the file. @returns what was done, for people: `byte 17` */
export function strike({ disk, file, bytes }: DamagePlace, { action, offsetBytes }: Damage, random: SeededRandom): string {
  const offset = offsetBytes ?? random.integer(0, bytes - 1);
  if (action === 'bitflip') disk.flipBit(file, offset, random.integer(0, 7));
  else if (action === 'truncate') disk.writeFile(file, disk.readFile(file).subarray(0, offset));
  else disk.removeFile(file);
  return action === 'remove' ? file : `${file} byte ${offset}`;
}

/** Damage that is done: lifting it does nothing. @param struck what was done to each file, for people */
export function damageDone(fault: DamageFault, struck: readonly string[]): ActiveFault {
  return {
    counts: `${countsOf(fault)}: ${struck.join(', ')}`,
    effects: () => Promise.resolve(struck.length),
    lift: () => Promise.resolve(),
  };
}
