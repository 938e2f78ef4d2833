/** Clones of simulated datanodes: a second node on a copy of the folder, with the same name, on a machine of its own. */
import type { Simulation } from '../../runtime/memory/simulation.js';
import type { RunningNode, Runtime } from '../../shared/runtime.js';
import { countsOf, NothingToDamage } from '../../supervisor/api/fault.js';
import type { ActiveFault, CloneFault } from '../../supervisor/api/fault.js';

export interface ClonesWorld {
  readonly sim: Simulation;
  /** Faults on links concern the machine too. */
  readonly addMachine: (name: string) => void;
  /** Starts a datanode. @param machine that it listens on @param nodeId that it says it is */
  readonly start: (runtime: Runtime, machine: string, nodeId: string) => Promise<RunningNode>;
}

/** A datanode has one at most, so that their number is bounded. */
const cloneOf = (nodeId: string): string => `${nodeId}-clone`;

export class SimulatedClones {
  readonly #world: ClonesWorld;

  constructor(world: ClonesWorld) {
    this.#world = world;
  }

  /** Resolves when they serve. @throws NothingToDamage when one has a clone already @throws DfsError when one does not start */
  async inject(fault: CloneFault, nodeIds: readonly string[]): Promise<ActiveFault> {
    const { sim, addMachine, start } = this.#world;
    const taken = nodeIds.find((id) => sim.machine(cloneOf(id)).isUp);
    if (taken !== undefined) throw new NothingToDamage(`${taken} has a clone already`);
    const machines = nodeIds.map((id) => sim.machine(cloneOf(id)));
    const lift = (): Promise<void> => {
      for (const machine of machines) if (machine.isUp) machine.crash();
      return Promise.resolve();
    };
    const served = nodeIds.map(async (id) => {
      const machine = sim.machine(cloneOf(id));
      machine.disk.replace(sim.machine(id).disk.copy());
      addMachine(machine.name);
      const node = await start(machine.boot(), machine.name, id);
      // One that refuses to go on ends, as a process does.
      void node.failed.then(() => machine.crash());
    });
    try {
      await Promise.all(served);
    } catch (error) {
      await lift();
      throw error;
    }
    return {
      counts: countsOf(fault),
      effects: () => Promise.resolve(nodeIds.length),
      lift,
    };
  }
}
