/** Clones of datanodes: a second node on a copy of the folder, with the same name, at another address. */
import { rmSync } from 'node:fs';
import { countsOf, NothingToDamage } from '../api/fault.js';
import type { ActiveFault, CloneFault } from '../api/fault.js';
import type { LabNetwork } from '../network/cluster-network.js';
import type { ClusterLauncher } from './cluster-launcher.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { copyFolder } from './folder-disk.js';
import type { ManagedNode } from './managed-node.js';

/** A clone that has not stopped by then is killed. */
const STOP_WITHIN_MS = 1_500;

export interface ClonesWorld {
  readonly nodes: ClusterNodes;
  readonly launcher: ClusterLauncher;
  /** @throws DfsError CANCELLED when the cluster does not run */
  readonly network: () => LabNetwork;
}

export class Clones {
  readonly #world: ClonesWorld;

  constructor(world: ClonesWorld) {
    this.#world = world;
  }

  /** Resolves when they serve. @throws NothingToDamage when one has a clone already @throws DfsError when one does not start */
  async inject(fault: CloneFault, sources: readonly ManagedNode[]): Promise<ActiveFault> {
    const { nodes } = this.#world;
    const hasClone = ({ id }: ManagedNode): boolean => [...nodes.clones].some((clone) => clone.id === `${id}-clone`);
    const taken = sources.find(hasClone);
    if (taken !== undefined) throw new NothingToDamage(`${taken.id} has a clone already`);
    const pairs = sources.map((source) => ({ source, clone: nodes.addClone(source) }));
    const lift = async (): Promise<void> => {
      await Promise.all(pairs.map(({ clone }) => this.#end(clone)));
    };
    try {
      await Promise.all(pairs.map(({ source, clone }) => this.#start(source, clone)));
    } catch (error) {
      await lift();
      throw error;
    }
    return { counts: countsOf(fault), effects: () => Promise.resolve(pairs.length), lift };
  }

  async #start(source: ManagedNode, clone: ManagedNode): Promise<void> {
    const { launcher, network: networkNow } = this.#world;
    const network = networkNow();
    await network.add([{ ...clone.place, addressBefore: undefined }]);
    clone.setAddress(network.addresses.get(clone.id) ?? '');
    const wasAwake = source.isAwake;
    if (wasAwake) source.pause();
    try {
      copyFolder(source.dataDir, clone.dataDir);
    } finally {
      if (wasAwake && source.process !== null) source.resume();
    }
    // Closed meanwhile: nothing would end what is started now.
    networkNow();
    clone.spawn();
    await launcher.launchClone(clone, source);
  }

  async #end(clone: ManagedNode): Promise<void> {
    await clone.end(STOP_WITHIN_MS);
    this.#world.nodes.clones.delete(clone);
    rmSync(clone.dataDir, { recursive: true, force: true });
  }
}
