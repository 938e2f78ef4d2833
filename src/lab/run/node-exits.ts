/**
 * Keeps the ends of processes apart: those that were requested, those that a fault of the node's disk or clock explains, and
 * surprises.
 */
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';

type NodeExit = Extract<ClusterEvent, { readonly event: 'node-exit' }>;

/** How a process ended, in a word or two. */
const howOf = ({ signal, code }: NodeExit): string => signal ?? `code ${code ?? 'unknown'}`;

export class NodeExits {
  readonly #surprises: string[] = [];
  /** How many commands are in progress that may end processes of a node. */
  readonly #expected = new Map<string, number>();
  /** How the last process ended, by node, since the last command to it began. */
  readonly #last = new Map<string, string>();
  /** Nodes with such an active fault, and how many. */
  readonly #faulty = new Map<string, number>();
  /** Nodes that had one since they were started: what it broke may show later. */
  readonly #suspect = new Set<string>();
  /** Suspects that ended by themselves and were not started again. */
  readonly #fallen = new Set<string>();

  /** Nodes that ended although nothing explains it. */
  get surprises(): readonly string[] {
    return this.#surprises;
  }

  /** Takes an exit. Returns how, when a suspect fell by itself; else undefined. */
  observe(exit: NodeExit): string | undefined {
    const how = howOf(exit);
    this.#last.set(exit.node, how);
    const isSuspect = this.#suspect.has(exit.node);
    // Also while a command is in progress: a restart, say, that the fault made fail.
    if (isSuspect && exit.signal === null && exit.code !== 0) this.#fallen.add(exit.node);
    if (this.#expected.has(exit.node) || exit.byLab === true) return undefined;
    const what = `${exit.node} ended by itself (${how})`;
    if (isSuspect) return what;
    this.#surprises.push(what);
    return undefined;
  }

  /** How the node's process ended since `expect` last began; undefined when none did. */
  last(name: string): string | undefined {
    return this.#last.get(name);
  }

  /** Exits of these nodes are no surprise while the act is under way. */
  async expect<T>(names: readonly string[], act: () => Promise<T>): Promise<T> {
    for (const name of names) {
      this.#last.delete(name);
      this.#expected.set(name, (this.#expected.get(name) ?? 0) + 1);
    }
    try {
      return await act();
    } finally {
      for (const name of names) countDown(this.#expected, name);
    }
  }

  /** A fault that may end processes is active on these nodes from now on. */
  suspect(names: readonly string[]): void {
    for (const name of names) {
      this.#suspect.add(name);
      this.#faulty.set(name, (this.#faulty.get(name) ?? 0) + 1);
    }
  }

  /** One such fault is over. */
  clear(names: readonly string[]): void {
    for (const name of names) countDown(this.#faulty, name);
  }

  /** The node was started again: what it does from now on has nothing to do with faults that are over. */
  started(name: string): void {
    this.#fallen.delete(name);
    if (!this.#faulty.has(name)) this.#suspect.delete(name);
  }

  /** A fault that may end processes is or was active on the node since it was started. */
  isSuspect(name: string): boolean {
    return this.#suspect.has(name);
  }

  /** Those of the nodes that fell and were not started again. */
  fallen(names: readonly string[]): string[] {
    return names.filter((name) => this.#fallen.has(name));
  }
}

function countDown(counts: Map<string, number>, name: string): void {
  const left = (counts.get(name) ?? 1) - 1;
  if (left > 0) counts.set(name, left);
  else counts.delete(name);
}
