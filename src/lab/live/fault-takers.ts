/** Which nodes of a running lab a fault can do anything to: only those are chosen among by chance. Pure. */
import type { ClusterStatus } from '../../supervisor/api/cluster-status.js';
import type { FaultAction } from '../../supervisor/api/fault.js';
import type { Takers } from '../run/late-steps.js';

/** Those that change nothing on a node that does not run. */
const ON_RUNNING: readonly FaultAction[] = ['kill', 'powercut', 'stop', 'pause', 'slow-cpu'];

/** The nodes that can take a fault, as they are. */
export function faultTakers(action: FaultAction): Takers {
  return { canTake: (name, status) => canTake(action, name, status), what: takerWords(action) };
}

function canTake(action: FaultAction, name: string, { nodes }: ClusterStatus): boolean {
  const state = nodes.find((node) => node.id === name)?.state;
  if (action === 'resume') return state === 'paused';
  if (action === 'pause' && state === 'paused') return false;
  return !ON_RUNNING.includes(action) || state !== 'stopped';
}

/** What such a node is, as it follows "no node". */
function takerWords(action: FaultAction): string {
  if (action === 'resume') return 'is paused';
  return action === 'pause' ? 'can be paused: each is down, or paused already' : 'runs';
}
