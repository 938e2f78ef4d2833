/** Proves effects on nodes that are processes, and on nodes that are threads. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultWord } from '../../../src/supervisor/api/fault.js';
import type { ClusterOptions } from '../../../src/supervisor/api/cluster-options.js';
import type { RuntimeKind } from '../../../src/supervisor/api/cluster-status.js';
import type { FaultAnswer } from '../../../src/supervisor/api/lab-faults.js';
import { EffectLab } from './effect-lab.js';

/** Orders the fault, shows that it is felt, ends it, and shows that it is not felt any more. */
export type Proof = (lab: EffectLab) => Promise<void>;

export const RUNTIMES: readonly RuntimeKind[] = ['process', 'thread'];

/** @param proofs by word, on one cluster one after the other: each leaves it whole */
export function proveEffects(proofs: Readonly<Partial<Record<FaultWord, Proof>>>, options: ClusterOptions): void {
  describe.each(RUNTIMES)('%s', (runtime) => {
    let lab: EffectLab;
    beforeAll(async () => {
      lab = await EffectLab.start({ ...options, runtime });
      await lab.put();
    });
    afterAll(() => lab.close());

    for (const [word, prove] of Object.entries(proofs)) {
      test(`${word} is felt, and is over`, async () => {
        await prove(lab);
        expect(await lab.cluster.faults.list()).toEqual([]);
        await lab.isWhole();
      });
    }
  });
}

/** Lifts, and looks that it struck, and strikes no more. */
export async function ended(lab: EffectLab, fault: FaultAnswer): Promise<void> {
  expect(await lab.lift(fault)).toMatchObject({ id: fault.id, effect: 'seen' });
}
