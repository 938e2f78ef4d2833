/** Damages replicas on the disks of datanodes, as corruption or an operator's mistake would: never the last good ones. */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import { damageDone, hasPlace, strike } from './damage-place.js';
import type { DamagePlace } from './damage-place.js';
import { LastCopySpared, NothingToDamage } from '../api/fault.js';
import type { DamageFault, ActiveFault } from '../api/fault.js';
import { COPIES_LEFT_MIN, DiskSurvey } from './good-copies.js';
import type { DamageableDisk, GoodCopy, ReplicaDisk } from './good-copies.js';

/**
 * Damages one committed replica on each of the nodes, each of another chunk, that has at least COPIES_LEFT_MIN other good copies.
 * All nodes or none.
 * @param disks of all datanodes
 * @param choiceSeed decides on chunks, and on the place in the file
 * @param isOfFile which chunks belong to a file: damage of others has no visible effect
 * @returns damage done: lifting it does nothing
 * @throws NothingToDamage when a node has no such replica, or none with the byte that is named
 */
export function damageReplicas(
  disks: ReadonlyMap<string, DamageableDisk>,
  nodeIds: readonly string[],
  fault: DamageFault,
  choiceSeed: number,
  isOfFile: (uuid: string) => boolean,
): ActiveFault {
  const random = new SeededRandom(String(choiceSeed), 'damage');
  const survey = new DiskSurvey(disks);
  const taken = new Set<string>();
  const mayStrike = (uuid: string): boolean => !taken.has(uuid) && isOfFile(uuid);
  const chosen: { readonly copy: GoodCopy; readonly place: DamagePlace }[] = [];
  for (const nodeId of nodeIds) {
    const disk = disks.get(nodeId);
    const place = disk === undefined ? null : pickSpare(survey, { nodeId, disk }, mayStrike, fault, random);
    if (place === null) {
      const where = fault.offsetBytes === undefined ? '' : `, with a byte ${fault.offsetBytes} in its ${fault.file},`;
      throw new NothingToDamage(
        `${nodeId} holds no good replica${where} of a file's chunk with ${COPIES_LEFT_MIN} other good copies`,
      );
    }
    taken.add(place.copy.uuid);
    chosen.push(place);
  }
  const struck = chosen.map(({ copy, place }) => `${copy.nodeId} ${strike(place, fault, random)}`);
  return damageDone(fault, struck);
}

/** The first by chance that will do: what need not be verified is not read. */
function pickSpare(
  survey: DiskSurvey,
  { nodeId, disk }: { readonly nodeId: string; readonly disk: DamageableDisk },
  mayStrike: (uuid: string) => boolean,
  fault: DamageFault,
  random: SeededRandom,
): { readonly copy: GoodCopy; readonly place: DamagePlace } | null {
  const chunks = survey.chunksOn(nodeId).filter(mayStrike);
  const first = random.integer(0, Math.max(0, chunks.length - 1));
  for (const uuid of [...chunks.slice(first), ...chunks.slice(0, first)]) {
    const copies = survey.goodCopies(uuid);
    const copy = copies.find((candidate) => candidate.nodeId === nodeId);
    if (copy === undefined || copies.length <= COPIES_LEFT_MIN) continue;
    const file = fault.file === 'meta' ? copy.metaFile : copy.dataFile;
    const bytes = disk.readFile(file).length;
    if (hasPlace(bytes, fault)) return { copy, place: { disk, file, bytes } };
  }
  return null;
}

/**
 * Checks that every chunk keeps enough good copies when these datanodes lose their disks.
 * @param breathe called between two chunks: to verify many takes long
 * @throws LastCopySpared when one does not
 */
export async function assertWipeable(
  disks: ReadonlyMap<string, ReplicaDisk>,
  nodeIds: readonly string[],
  breathe: () => Promise<unknown>,
): Promise<void> {
  const losing = new Set(nodeIds);
  const survey = new DiskSurvey(disks);
  for (const uuid of new Set(nodeIds.flatMap((nodeId) => survey.chunksOn(nodeId)))) {
    if (!survey.isSpared(uuid, losing)) {
      throw new LastCopySpared(
        `chunk ${uuid} on ${nodeIds.join(', ')} has fewer than ${COPIES_LEFT_MIN} good copies elsewhere; to lose it all the same, ` +
          'wipe with force (force=yes, or lab wipe --force)',
      );
    }
    await breathe();
  }
}
