/** The end of a node whose power is cut, in a process or a thread. */
import { DfsError } from '../../shared/errors.js';
import { POWER_CUT } from './node-host.js';
import type { NodeExit } from './node-host.js';

/** Timeout for a node to leave its disk as a power cut would; after the timeout the node is killed, and the failure is reported. */
const WITHIN_MS = 20_000;

/** A life that was ordered to leave its disk as a power cut would. */
export interface DyingNode {
  readonly id: string;
  readonly exited: Promise<NodeExit>;
  readonly kill: () => void;
  /** The reason that the node reported for a failure. */
  readonly failure: () => string | null;
}

/** Resolves when the node is gone. @throws DfsError INTERNAL when its disk is not as a power cut would leave it */
export async function endOfPowerCut({ id, exited, kill, failure }: DyingNode): Promise<void> {
  const timer = setTimeout(kill, WITHIN_MS);
  const { signal } = await exited;
  clearTimeout(timer);
  if (signal === POWER_CUT) return;
  const why = failure() ?? `the node ended by ${String(signal)}, or not within ${WITHIN_MS / 1_000} s`;
  throw new DfsError('INTERNAL', `The disk of ${id} is not as a power cut would leave it: ${why}`);
}
