/** Does to processes what a plan says, and looks at the processes themselves whether it was done. */
import { toDfsError } from '../../shared/errors.js';
import type { NodeAction, PlannedFault } from '../faults.js';
import { THREAD_KILLED } from '../host/node-host.js';
import type { BreakableCluster } from '../types.js';
import { nothingStruck, struck } from './fault-record.js';
import type { Finding } from './fault-record.js';
import type { NodeExits } from './node-exits.js';
import type { RunClock } from './run-clock.js';

/** An effect that does not show by then does not show. */
const EFFECT_TIMEOUT_MS = 3_000;
const POLL_MS = 25;

/** How the exit of a process shows that its machine lost power, in place of a signal. */
export const POWER_CUT = 'power cut';

export type PlannedProcessFault = PlannedFault & { readonly action: NodeAction };

/** What faults act on. */
export interface FaultWorld {
  readonly control: BreakableCluster;
  readonly clock: RunClock;
}

export class ProcessFaults {
  readonly #world: FaultWorld;
  readonly #exits: NodeExits;

  constructor(world: FaultWorld, exits: NodeExits) {
    this.#world = world;
    this.#exits = exits;
  }

  /** Carries a fault out. Rejects with what the cluster says, NothingToStrike too. */
  carryOut(fault: PlannedProcessFault): Promise<Finding> {
    return this.#exits.expect(fault.nodes, () => {
      if (fault.action === 'add') return this.#add(fault);
      return fault.action === 'restart' ? this.#restart(fault) : this.#strike(fault);
    });
  }

  /** Starts nodes anew; those that do not start stay as they are. @returns why one did not; null when all did */
  async revive(names: readonly string[]): Promise<Error | null> {
    const revive = async (name: string): Promise<Error | null> => {
      try {
        await this.#world.control.restart(name);
        this.#exits.started(name);
        return null;
      } catch (error) {
        return toDfsError(error, `Starting ${name} again`);
      }
    };
    const failures = await this.#exits.expect(names, () => Promise.all(names.map(revive)));
    return failures.find((failure) => failure !== null) ?? null;
  }

  /** The node has a process, and it is not suspended. */
  isRunning(name: string): boolean {
    return this.life(name) !== null && !this.#isSuspended(name, false);
  }

  life(name: string): number | null {
    const { control } = this.#world;
    return [...control.masters(), ...control.datanodes()].find((node) => node.id === name)?.life ?? null;
  }

  async #strike(fault: PlannedProcessFault): Promise<Finding> {
    const present = fault.nodes.filter((name) => this.life(name) !== null);
    const absent = fault.nodes.filter((name) => this.life(name) === null);
    const missing = `${absent.join(', ')} had no process`;
    if (present.length === 0) return nothingStruck(fault, missing);
    const livesBefore = new Map(present.map((name) => [name, this.life(name)]));
    const isGone = (name: string): boolean => !this.#isAlive(livesBefore.get(name) ?? null);
    const { evidence, holds } = await this.#order(fault, present, isGone);
    await this.until(async () => present.every(holds));
    const failed = present.filter((name) => !holds(name));
    const unfit = failed.map((name) => (isGone(name) ? `${name} ended otherwise (${this.#exits.last(name) ?? 'unseen'})` : name));
    if (failed.some((name) => !isGone(name))) {
      return {
        effect: 'none',
        effects: present.length - failed.length,
        evidence: `not seen on ${unfit.join(', ')}: ${evidence}`,
      };
    }
    if (failed.length === present.length) return nothingStruck(fault, unfit.join(', '));
    const doubts = [...unfit, ...(absent.length > 0 ? [missing] : [])];
    const effects = present.length - failed.length;
    if (doubts.length > 0 && fault.source === 'step') return { effect: 'none', effects, evidence: doubts.join(', ') };
    return struck(fault, effects, evidence);
  }

  /** @returns what has to be seen on each of the nodes */
  async #order(
    { action, lot }: PlannedProcessFault,
    names: readonly string[],
    isGone: (name: string) => boolean,
  ): Promise<{ readonly evidence: string; readonly holds: (name: string) => boolean }> {
    const { control } = this.#world;
    switch (action) {
      case 'kill':
      case 'powercut': {
        const power = action === 'powercut';
        await control.strike(names, { power, lot });
        const by = power ? [POWER_CUT] : ['SIGKILL', THREAD_KILLED];
        return {
          evidence: `process gone by ${by[0]}`,
          holds: (name) => isGone(name) && by.includes(this.#exits.last(name) ?? ''),
        };
      }
      case 'stop':
        await control.stop(...names);
        return { evidence: 'process ended', holds: (name) => isGone(name) && this.#exits.last(name) !== undefined };
      case 'wipe':
        await control.wipe(...names);
        return { evidence: 'process gone, disk empty', holds: isGone };
      case 'pause':
        await control.pause(...names);
        return { evidence: 'process suspended', holds: (name) => this.#isSuspended(name, true) };
      case 'resume':
        await control.resume(...names);
        return { evidence: 'process runs', holds: (name) => this.#isAlive(this.life(name)) && !this.#isSuspended(name, false) };
      case 'add':
      case 'restart':
        throw new RangeError(`${action} is no strike`);
    }
  }

  /** An `undo` restarts what is still down, and nobody minds when that is nothing. */
  async #restart(fault: PlannedProcessFault): Promise<Finding> {
    const names = fault.source === 'undo' ? fault.nodes.filter((name) => this.life(name) === null) : fault.nodes;
    if (names.length === 0) return nothingStruck(fault, 'runs already');
    const livesBefore = new Map(names.map((name) => [name, this.life(name)]));
    try {
      await this.#world.control.restart(...names);
    } catch (error) {
      // Whoever ends the fault that keeps it down starts it then.
      if (fault.source !== 'undo' || !names.every((name) => this.life(name) !== null || this.#exits.isSuspect(name))) throw error;
      return nothingStruck(fault, error instanceof Error ? error.message : String(error));
    }
    for (const name of names) this.#exits.started(name);
    const isNew = (name: string): boolean => this.life(name) !== livesBefore.get(name) && this.#isAlive(this.life(name));
    await this.until(async () => names.every(isNew));
    const failed = names.filter((name) => !isNew(name) && !this.#exits.isSuspect(name));
    if (failed.length > 0) return { effect: 'none', effects: 0, evidence: `not seen on ${failed.join(', ')}: new process` };
    return struck(fault, names.length, 'new process');
  }

  async #add(fault: PlannedProcessFault): Promise<Finding> {
    const isThere = (name: string): boolean => this.#isAlive(this.life(name));
    try {
      await this.#world.control.add(...fault.nodes);
    } catch (error) {
      const started = fault.nodes.filter(isThere);
      if (started.length === 0) throw error;
      // They stay, and may yet be live: the error says which are not.
      const reason = error instanceof Error ? error.message : String(error);
      return { effect: 'none', effects: started.length, evidence: `started: ${started.join(', ')}. ${reason}` };
    }
    await this.until(async () => fault.nodes.every(isThere));
    const failed = fault.nodes.filter((name) => !isThere(name));
    if (failed.length > 0)
      return { effect: 'none', effects: 0, evidence: `not seen on ${failed.join(', ')}: new process serves` };
    return struck(fault, fault.nodes.length, 'new process serves');
  }

  /** False when the condition does not come true while effects may still show. */
  async until(condition: () => Promise<boolean>): Promise<boolean> {
    const { clock } = this.#world;
    const deadlineMs = clock.nowMs() + EFFECT_TIMEOUT_MS;
    while (!(await condition())) {
      if (clock.nowMs() >= deadlineMs) return false;
      await clock.sleep(POLL_MS);
    }
    return true;
  }

  #isAlive(life: number | null): boolean {
    return life !== null && this.#world.control.probe.isAlive(life);
  }

  /** Where the system does not say, the order is believed. */
  #isSuspended(name: string, ordered: boolean): boolean {
    const life = this.life(name);
    return life !== null && (this.#world.control.probe.isSuspended(life) ?? ordered);
  }
}
