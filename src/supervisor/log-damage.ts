/** Lets bits of masters' logs rot, where the log has been durable for a while: damage there is never a torn tail. */
import { SeededRandom } from '../runtime/memory/seeded-random.js';
import type { DamageableDisk } from './disk-damage.js';
import { NothingToStrike } from './faults.js';
import type { Injection } from './faults.js';

/** The segment that is being written. */
const ACTIVE = 'master.log';
const CLOSED = /^master-\d{16}\.log$/;

/**
 * Flips one bit on each of the masters' disks: anywhere in a segment that is closed, or in the first half of the one being written.
 * A master finds it when it reads its log again. All or none.
 * @param disks of the masters
 * @param lot decides on file and place
 * @returns damage done: lifting it does nothing
 * @throws NothingToStrike when a master has no log
 */
export function damageLogs(disks: ReadonlyMap<string, DamageableDisk>, masterIds: readonly string[], lot: number): Injection {
  const random = new SeededRandom(String(lot), 'damage');
  const chosen = masterIds.map((masterId) => {
    const disk = disks.get(masterId);
    const places = disk === undefined ? [] : durableParts(disk);
    const place = places[random.integer(0, Math.max(0, places.length - 1))];
    if (disk === undefined || place === undefined) throw new NothingToStrike(`${masterId} has no log`);
    return { masterId, disk, file: place.file, offset: random.integer(0, place.bytes - 1), bit: random.integer(0, 7) };
  });
  for (const { disk, file, offset, bit } of chosen) disk.flipBit(file, offset, bit);
  return {
    counts: `bits flipped: ${chosen.map(({ masterId, file, offset }) => `${masterId} ${file} byte ${offset}`).join(', ')}`,
    effects: () => Promise.resolve(chosen.length),
    lift: () => Promise.resolve(),
  };
}

function durableParts(disk: DamageableDisk): { readonly file: string; readonly bytes: number }[] {
  return disk
    .files()
    .filter((file) => file === ACTIVE || CLOSED.test(file))
    .sort()
    .map((file) => {
      const size = disk.readFile(file).length;
      return { file, bytes: file === ACTIVE ? Math.floor(size / 2) : size };
    })
    .filter(({ bytes }) => bytes > 0);
}
