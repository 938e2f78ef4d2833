/** Kills simulated nodes, or cuts their power, all at one moment: in the middle of a call of one of them, as a seed decides. */
import type { CrashOptions } from '../../supervisor/api/cluster-control.js';
import type { SimulatedNode } from './simulated-node.js';

/** A crash comes at one of this many next calls of the node. */
const CRASH_CALLS = 40;

/** Resolves when the nodes are gone. */
export async function crashNodes(nodes: readonly SimulatedNode[], { power, choiceSeed }: CrashOptions): Promise<void> {
  const running = nodes.filter((node) => node.isAlive);
  const when = Math.floor(choiceSeed / CRASH_CALLS) % 2 === 0 ? 'before' : 'after';
  const first = running[Math.floor(choiceSeed / (2 * CRASH_CALLS)) % running.length];
  await first?.crashAtCall((choiceSeed % CRASH_CALLS) + 1, { power, when });
  for (const node of nodes) {
    if (power) node.cutPower();
    else node.kill();
  }
}
