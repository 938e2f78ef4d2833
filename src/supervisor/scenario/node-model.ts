/** What a fault schedule has done to each node so far: enough to choose the next target without asking a running cluster. */
import type { Timings } from '../../shared/profile.js';
import type { FaultAction, NodeState } from '../types.js';

interface Modelled {
  hasProcess: boolean;
  isPaused: boolean;
  isCut: boolean;
  /** Since when nobody hears from it; null while it is heard. */
  silentSinceMs: number | null;
}

export class NodeModel {
  readonly #nodes: ReadonlyMap<string, Modelled>;
  readonly #timings: Timings;

  constructor(names: readonly string[], timings: Timings) {
    this.#timings = timings;
    this.#nodes = new Map(names.map((name) => [name, { hasProcess: true, isPaused: false, isCut: false, silentSinceMs: null }]));
  }

  /** Tells whether a selector's states (all, when left out) include this node's. */
  isInState(name: string, states: readonly NodeState[] | undefined, nowMs: number): boolean {
    if (states === undefined) return true;
    const node = this.#node(name);
    const silentMs = node.silentSinceMs === null ? 0 : nowMs - node.silentSinceMs;
    const actual: NodeState[] = [];
    if (!node.hasProcess) actual.push('stopped', 'dead');
    else if (node.isPaused) actual.push('paused');
    if (node.silentSinceMs === null) actual.push('live');
    else if (silentMs > this.#timings.deadAfterMs) actual.push('dead');
    else if (node.hasProcess && silentMs > this.#timings.staleAfterMs) actual.push('stale');
    return actual.some((state) => states.includes(state));
  }

  /** Tells whether the action would change anything. */
  canTake(name: string, action: FaultAction): boolean {
    const node = this.#node(name);
    switch (action) {
      case 'kill':
      case 'stop':
        return node.hasProcess;
      case 'restart':
        return true;
      case 'pause':
        return node.hasProcess && !node.isPaused;
      case 'resume':
        return node.hasProcess && node.isPaused;
      case 'partition':
      case 'isolate':
        return !node.isCut;
      case 'heal':
        return node.isCut;
    }
  }

  /** Like canTake, but a running node needs no restart. */
  needs(name: string, action: FaultAction): boolean {
    return action === 'restart' ? !this.#node(name).hasProcess : this.canTake(name, action);
  }

  apply(name: string, action: FaultAction, nowMs: number): void {
    const node = this.#node(name);
    switch (action) {
      case 'kill':
      case 'stop':
        node.hasProcess = false;
        node.isPaused = false;
        break;
      case 'restart':
        node.hasProcess = true;
        node.isPaused = false;
        break;
      case 'pause':
      case 'resume':
        node.isPaused = action === 'pause';
        break;
      case 'partition':
      case 'isolate':
        node.isCut = true;
        break;
      case 'heal':
        node.isCut = false;
        break;
    }
    const isHeard = node.hasProcess && !node.isPaused && !node.isCut;
    node.silentSinceMs = isHeard ? null : (node.silentSinceMs ?? nowMs);
  }

  #node(name: string): Modelled {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new RangeError(`No node "${name}" in the model`);
    return node;
  }
}
