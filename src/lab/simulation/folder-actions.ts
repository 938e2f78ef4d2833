/** What a simulated cluster does with whole folders of its nodes: empties them, copies them, puts old copies back. */
import { NothingToDamage } from '../../supervisor/api/fault.js';
import type { FaultAction } from '../../supervisor/api/fault.js';
import type { MasterRejoin } from '../../supervisor/cluster/master-rejoin.js';
import { assertMayWipe } from '../../supervisor/faults/disk-strikes.js';
import type { DamageableDisks } from '../../supervisor/faults/disk-strikes.js';
import { assertAllMasters } from '../../supervisor/faults/master-health.js';
import type { SimulatedNode } from './simulated-node.js';

export interface FolderWorld {
  readonly disks: () => DamageableDisks;
  readonly rejoin: MasterRejoin;
  /** @throws DfsError INVALID_ARGUMENT, CANCELLED */
  readonly named: (action: FaultAction, nodeIds: readonly string[]) => readonly SimulatedNode[];
  readonly emitFault: (action: FaultAction, nodes: readonly SimulatedNode[]) => void;
}

/** The methods are those of BreakableCluster. */
export class FolderActions {
  readonly #world: FolderWorld;
  readonly #backups = new Map<SimulatedNode, ReadonlyMap<string, Uint8Array>>();

  constructor(world: FolderWorld) {
    this.#world = world;
  }

  async wipe(nodeIds: readonly string[], isForced: boolean): Promise<void> {
    const { disks, named, rejoin, emitFault } = this.#world;
    const nodes = named('wipe', nodeIds);
    // Time stands still: between two looks the disks do not change.
    await assertMayWipe(disks(), nodeIds, isForced, () => Promise.resolve());
    if (nodes.some(({ role }) => role === 'master')) rejoin.founded();
    emitFault('wipe', nodes);
    for (const node of nodes) node.wipe();
  }

  backup(nodeIds: readonly string[]): void {
    const nodes = this.#world.named('backup', nodeIds);
    for (const node of nodes) this.#backups.set(node, node.copyFolder());
    this.#world.emitFault('backup', nodes);
  }

  /** @throws NothingToDamage */
  restoreOld(nodeIds: readonly string[]): void {
    const nodes = this.#world.named('restore-old', nodeIds);
    const folders = nodes.map((node) => [node, this.#backups.get(node)] as const);
    const restored = folders.map(([node, files]) => {
      if (files === undefined) throw new NothingToDamage(`${node.id} has no backup`);
      return () => node.replaceFolder(files);
    });
    this.#world.emitFault('restore-old', nodes);
    for (const restore of restored) restore();
  }

  /** @throws NothingToDamage */
  refound(nodeIds: readonly string[]): void {
    const { named, rejoin, emitFault, disks } = this.#world;
    const nodes = named('refound', nodeIds);
    assertAllMasters(nodeIds, [...disks().masters.keys()]);
    emitFault('refound', nodes);
    for (const node of nodes) node.wipe();
    rejoin.refound();
  }
}
