/**
 * Damages logs and checkpoints of masters so that a master which reads them again finds it: what a crash could have left as well (a torn
 * tail) is no damage that could be detected.
 *
 *   bit flipped   in a closed segment, the older half of the one being written, a checkpoint: found by checksums
 *   cut off       in a closed segment: the next one says how long it was. In a checkpoint: its end is missing
 *   removed       any segment: the next one says that it was there, and there is always one being written. A checkpoint: the older one
 *                 and the log since serve, as they do for one that is damaged
 */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import { damageDone, hasPlace, strike } from './damage-place.js';
import type { DamagePlace } from './damage-place.js';
import type { DamageableDisk } from './good-copies.js';
import { NothingToDamage } from '../api/fault.js';
import type { DamagedFile, DamageFault, ActiveFault } from '../api/fault.js';

/** The segment that is being written. */
const ACTIVE = 'master.log';
const CLOSED = /^master-\d{16}\.log$/;
const CHECKPOINT = /^checkpoint-\d{16}-[0-9A-Za-z-]+\.ckpt$/;

/** The faults of files of masters. */
export type MasterFault = DamageFault & { readonly file: 'log' | 'checkpoint' };

export const isOfMasters = (fault: DamageFault): fault is MasterFault => fault.file === 'log' || fault.file === 'checkpoint';

/**
 * Damages one file on each of the masters' disks. All or none.
 * @param disks of the masters
 * @param choiceSeed decides on file and place, where the fault does not name it
 * @returns damage done: lifting it does nothing
 * @throws NothingToDamage when a master has no such file, or none with the byte that is named
 */
export function damageMasters(
  disks: ReadonlyMap<string, DamageableDisk>,
  masterIds: readonly string[],
  fault: MasterFault,
  choiceSeed: number,
): ActiveFault {
  const random = new SeededRandom(String(choiceSeed), 'damage');
  const chosen = masterIds.map((masterId) => {
    const disk = disks.get(masterId);
    const places = disk === undefined ? [] : placesOf(disk, fault).filter(({ bytes }) => hasPlace(bytes, fault));
    const place = places[random.integer(0, Math.max(0, places.length - 1))];
    if (place === undefined) throw new NothingToDamage(`${masterId} ${whyNot(fault)}`);
    return { masterId, place };
  });
  const struck = chosen.map(({ masterId, place }) => `${masterId} ${strike(place, fault, random)}`);
  return damageDone(fault, struck);
}

function placesOf(disk: DamageableDisk, { file, action }: MasterFault): DamagePlace[] {
  const names = disk.files().filter((name) => isStruck(name, file, action));
  // Of checkpoints the newest: it is the one that is read.
  return (file === 'log' ? names.sort() : names.sort().slice(-1))
    .map((name) => {
      const size = disk.readFile(name).length;
      return { disk, file: name, bytes: name === ACTIVE && action === 'bitflip' ? Math.floor(size / 2) : size };
    })
    .filter(({ bytes }) => bytes > 0);
}

function isStruck(name: string, file: DamagedFile, action: DamageFault['action']): boolean {
  if (file === 'checkpoint') return CHECKPOINT.test(name);
  return CLOSED.test(name) || (name === ACTIVE && action !== 'truncate');
}

function whyNot({ file, action, offsetBytes }: MasterFault): string {
  const where = offsetBytes === undefined ? '' : ` with a byte ${offsetBytes} that may be damaged`;
  if (file === 'checkpoint') return `has no checkpoint${where}`;
  if (action !== 'truncate') return `has no log${where}`;
  return (
    `has no closed segment${where} of its log: only master.log.durable, which is never fsynced, would show that the end of the one being ` +
    'written is missing, and a master that does not notice may lose what it has acknowledged'
  );
}
