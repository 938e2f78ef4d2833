/** Power cuts of real nodes: their links first, so that no other node notices their end; then their disks, and the nodes too. */
import { DfsError } from '../../shared/errors.js';
import type { LabNetwork } from '../network/cluster-network.js';
import type { ManagedNode } from './managed-node.js';

export class PowerCuts {
  readonly #network: () => LabNetwork;
  /** Gives the links of a node that has no power back. */
  readonly #thaws = new Map<string, Promise<() => Promise<void>>>();

  constructor(network: () => LabNetwork) {
    this.#network = network;
  }

  /**
   * Cuts the power of all of them, those that run. Resolves when they are gone; they stay down.
   * @param choiceSeed decides what is left on their disks
   * @throws DfsError when a disk is not as a power cut would leave it
   */
  async cut(nodes: readonly ManagedNode[], choiceSeed: number): Promise<void> {
    const running = nodes.filter((node) => node.process !== null);
    await Promise.all(running.map(({ id }) => this.#freeze(id)));
    const cuts = await Promise.allSettled(running.map((node, index) => node.cutPower((choiceSeed + index) >>> 0)));
    const failed = cuts.find((cut) => cut.status === 'rejected');
    if (failed?.status !== 'rejected') return;
    throw failed.reason instanceof Error ? failed.reason : new DfsError('INTERNAL', String(failed.reason));
  }

  /** The node's machine has power again: peers that had connections hear of it now. */
  async powerReturns(nodeId: string): Promise<void> {
    const thaw = this.#thaws.get(nodeId);
    this.#thaws.delete(nodeId);
    await (
      await thaw
    )?.();
  }

  /** Once, also of one that is cut twice at the same time: each freeze has to be given back. */
  async #freeze(nodeId: string): Promise<void> {
    const frozen = this.#thaws.get(nodeId) ?? this.#network().freeze([nodeId]);
    this.#thaws.set(nodeId, frozen);
    try {
      await frozen;
    } catch (error) {
      if (this.#thaws.get(nodeId) === frozen) this.#thaws.delete(nodeId);
      throw error;
    }
  }
}
