/** Waits for a node whose power is being cut. */
import { DfsError } from '../../shared/errors.js';
import { POWER_CUT } from '../scenario/process-faults.js';
import type { NodeProcess } from './node-host.js';

/** Longer than a node may take to leave its disk as a power cut would; then it is killed, and that is said. */
const POWER_CUT_WITHIN_MS = 20_000;

/** @param failure what the node said of it @throws DfsError INTERNAL when its disk is not as a power cut would leave it */
export async function powerIsCut(
  process: Pick<NodeProcess, 'kill' | 'exited'>,
  nodeId: string,
  failure: () => string | null,
): Promise<void> {
  const timer = setTimeout(() => process.kill(), POWER_CUT_WITHIN_MS);
  const { signal } = await process.exited;
  clearTimeout(timer);
  if (signal === POWER_CUT) return;
  const why = failure() ?? `it ended by ${String(signal)}, or not within ${POWER_CUT_WITHIN_MS / 1_000} s`;
  throw new DfsError('INTERNAL', `The disk of ${nodeId} is not as a power cut would leave it: ${why}`);
}
