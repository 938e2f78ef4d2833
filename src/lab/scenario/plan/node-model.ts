/** What a fault schedule has done to each node so far: enough to choose the next target without asking a running cluster. */
import { isLasting } from '../../../supervisor/api/fault.js';
import type { FaultAction, PlannedFault } from '../../../supervisor/api/fault.js';
import { actsOn, rowOf } from '../../../supervisor/api/fault-table.js';
import type { FaultRow } from '../../../supervisor/api/fault-row.js';

interface Modelled {
  hasProcess: boolean;
  isPaused: boolean;
}

/** After one of these a node may end by itself. */
const unsettles = (row: FaultRow): boolean => row.unsettles === true;
const silences = (row: FaultRow): boolean => row.silences === true;

export class NodeModel {
  readonly #nodes = new Map<string, Modelled>();
  /** Active faults, by id. */
  readonly #open = new Map<number, PlannedFault>();
  /** Ends of faults whose nodes are chosen when they are injected. */
  #lateUntilMs: number[] = [];

  constructor(names: readonly string[]) {
    for (const name of names) this.add(name);
  }

  /** A node that is new, and runs. */
  add(name: string): void {
    this.#nodes.set(name, { hasProcess: true, isPaused: false });
  }

  /** A fault will affect some node until then; the node is chosen when the fault is injected. */
  expectLate(untilMs: number): void {
    this.#lateUntilMs.push(untilMs);
  }

  /** The number of active faults whose nodes are not known. */
  lateStrikes(nowMs: number): number {
    this.#lateUntilMs = this.#lateUntilMs.filter((untilMs) => untilMs > nowMs);
    return this.#lateUntilMs.length;
  }

  /** Tells whether the action would change anything. */
  canTake(name: string, action: FaultAction): boolean {
    const node = this.#node(name);
    const row = rowOf(action);
    if (row?.silences === true) return !this.#has(name, silences);
    if (action === 'heal') return this.#has(name, ({ scope }) => scope === 'network');
    if (action === 'resume') return node.hasProcess && node.isPaused;
    if (action === 'pause') return node.hasProcess && !node.isPaused;
    // With two faults of a kind it would be unknown which of them had an effect.
    if (this.#has(name, (other) => other === row)) return false;
    return row?.withoutProcess === undefined || node.hasProcess;
  }

  /** Tells whether it serves undisturbed, as far as processes, partitions and failing disks go. */
  isWell(name: string): boolean {
    const { hasProcess, isPaused } = this.#node(name);
    return hasProcess && !isPaused && !this.#has(name, (row) => row.disables === 'node' || unsettles(row));
  }

  /** It may have ended by itself since. */
  isUnsettled(name: string): boolean {
    return this.#has(name, unsettles);
  }

  /** Like canTake, but a running node needs no restart. */
  needs(name: string, action: 'restart' | 'resume'): boolean {
    return action === 'restart' ? !this.#node(name).hasProcess : this.canTake(name, action);
  }

  /** Returns whether a fault is active. */
  isOpen(id: number): boolean {
    return this.#open.has(id);
  }

  apply(fault: PlannedFault): void {
    if (fault.action === 'lift') this.#open.delete(fault.of);
    else if (fault.action === 'heal') this.#heal(fault.nodes);
    else if (isLasting(fault)) this.#open.set(fault.id, fault);
    for (const name of fault.nodes) this.#applyTo(this.#node(name), fault.action);
  }

  #applyTo(node: Modelled, action: FaultAction): void {
    // A process is taken away by what restart undoes.
    const undo = rowOf(action)?.undo;
    if (action === 'restart' || undo === 'restart') {
      node.hasProcess = action === 'restart';
      node.isPaused = false;
    }
    if (action === 'resume' || undo === 'resume') node.isPaused = undo === 'resume';
  }

  /** @param nodes empty: all */
  #heal(nodes: readonly string[]): void {
    for (const [id, fault] of this.#open) {
      const isHealed = nodes.length === 0 || fault.nodes.every((name) => nodes.includes(name));
      if (isHealed && actsOn(fault.action, 'network')) this.#open.delete(id);
    }
  }

  /** A fault of such a kind is active on the node. */
  #has(name: string, isSuch: (row: FaultRow) => boolean): boolean {
    for (const fault of this.#open.values()) {
      const row = rowOf(fault.action);
      if (row !== undefined && isSuch(row) && fault.nodes.includes(name)) return true;
    }
    return false;
  }

  #node(name: string): Modelled {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new RangeError(`No node "${name}" in the model`);
    return node;
  }
}
