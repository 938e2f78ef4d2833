/**
 * Damages a different block of each replica of one chunk. No replica may be good afterwards, but each block is good in one of them: a
 * file system that takes blocks from where they are good still has the whole chunk, and must give exactly that.
 */
import { SeededRandom } from '../../runtime/faults/seeded-random.js';
import { pickOne } from '../../shared/choices.js';
import { NothingToDamage } from '../api/fault.js';
import type { ActiveFault, DamageFault } from '../api/fault.js';
import { damageDone, strike } from './damage-place.js';
import { DiskSurvey } from './good-copies.js';
import type { BlockCopy, DamageableDisk } from './good-copies.js';

interface ChosenBlock {
  readonly copy: BlockCopy;
  readonly block: number;
}

/**
 * Flips a bit in each replica that the nodes have of one chunk.
 * @param disks of all datanodes
 * @param choiceSeed decides on the chunk, and on the places
 * @param isOfFile which chunks belong to a file
 * @returns damage done: lifting it does nothing
 * @throws NothingToDamage when of no chunk two of the nodes have a replica with a block that is good elsewhere
 */
export function damageBlocks(
  disks: ReadonlyMap<string, DamageableDisk>,
  nodeIds: readonly string[],
  fault: DamageFault,
  choiceSeed: number,
  isOfFile: (uuid: string) => boolean,
): ActiveFault {
  const random = new SeededRandom(String(choiceSeed), 'damage');
  const survey = new DiskSurvey(disks);
  const chunks = [...new Set(nodeIds.flatMap((nodeId) => survey.chunksOn(nodeId)))].filter(isOfFile).sort();
  const first = random.integer(0, Math.max(0, chunks.length - 1));
  for (const uuid of [...chunks.slice(first), ...chunks.slice(0, first)]) {
    const chosen = chooseBlocks(survey.blockCopies(uuid), nodeIds, random);
    if (chosen.length < 2) continue;
    const struck = chosen.map(({ copy, block }) => {
      const { nodeId, dataFile, blockBytes } = copy;
      const disk = disks.get(nodeId);
      if (disk === undefined) throw new NothingToDamage(`${nodeId} is no datanode`);
      const bytes = Math.min(blockBytes, disk.readFile(dataFile).length - block * blockBytes);
      const offsetBytes = block * blockBytes + random.integer(0, bytes - 1);
      return `${nodeId} ${strike({ disk, file: dataFile, bytes }, { action: fault.action, offsetBytes }, random)}`;
    });
    return damageDone(fault, struck);
  }
  throw new NothingToDamage(`${nodeIds.join(', ')} hold no chunk of a file in two replicas with blocks that are good elsewhere`);
}

/** A block in each replica on these nodes, where each block stays good in some replica. */
function chooseBlocks(copies: readonly BlockCopy[], nodeIds: readonly string[], random: SeededRandom): ChosenBlock[] {
  const goodIn = new Map<number, number>();
  for (const { areGood } of copies) {
    for (const [block, isGood] of areGood.entries()) if (isGood) goodIn.set(block, (goodIn.get(block) ?? 0) + 1);
  }
  const chosen: ChosenBlock[] = [];
  for (const copy of copies.filter(({ nodeId }) => nodeIds.includes(nodeId))) {
    const isSpare = (block: number): boolean =>
      copy.areGood[block] === true && (goodIn.get(block) ?? 0) > 1 && !chosen.some((other) => other.block === block);
    const block = pickOne(random, [...copy.areGood.keys()].filter(isSpare));
    if (block === undefined) continue;
    goodIn.set(block, (goodIn.get(block) ?? 0) - 1);
    chosen.push({ copy, block });
  }
  return chosen;
}
