/** Faults of clocks, felt in the times that masters give to files. */
import { expect } from 'vitest';
import type { ClockAction } from '../../../src/supervisor/api/fault.js';
import type { EffectLab } from './effect-lab.js';
import { ended } from './prove-effects.js';
import type { Proof } from './prove-effects.js';

const HOUR_MS = 3_600_000;
/** A busy machine gives a file its time late. */
const LATE_MS = 60_000;

/** How far ahead of this machine's clock the master's is, by what it writes to a file. */
async function aheadMs(lab: EffectLab): Promise<number> {
  const path = lab.newPath();
  await lab.client.writeFile(path, 'x');
  const mtimeMs = (await lab.client.stat(path)).mtime.getTime();
  return mtimeMs - Date.now();
}

async function proveAhead(lab: EffectLab, command: string, isWrong: (ms: number) => boolean): Promise<void> {
  expect(isWrong(await aheadMs(lab))).toBe(false);
  const fault = await lab.order(command);
  await lab.until(async () => isWrong(await aheadMs(lab)), 'files have the wrong time');
  await ended(lab, fault);
  expect(isWrong(await aheadMs(lab))).toBe(false);
}

export const CLOCK_PROOFS: Readonly<Record<ClockAction, Proof>> = {
  jump: (lab) => proveAhead(lab, 'jump role=master by=1h', (ms) => Math.abs(ms - HOUR_MS) < LATE_MS),
  skew: (lab) => proveAhead(lab, 'skew role=master by=-1h', (ms) => Math.abs(ms + HOUR_MS) < LATE_MS),
  // Half as fast again: a clock that is right never runs ahead.
  drift: (lab) => proveAhead(lab, 'drift role=master ppm=500000', (ms) => ms > 200),
};
