/** Does to the processes of nodes, or to their threads, what a plan says, and looks at them themselves whether it was done. */
import { DfsError, toDfsError } from '../../shared/errors.js';
import { isForced } from '../../supervisor/api/fault.js';
import type { NodeAction, PlannedFault } from '../../supervisor/api/fault.js';
import { signalText, THREAD_KILLED } from '../../supervisor/api/exit-text.js';
import { POWER_CUT } from '../../supervisor/host/node-host.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { RuntimeKind } from '../../supervisor/api/cluster-status.js';
import { affected, noEffect, nothingAffected } from './fault-record.js';
import type { Finding } from './fault-record.js';
import type { NodeExits } from './node-exits.js';
import type { RunClock } from '../workloads/run-clock.js';
import { messageOf } from '../../shared/error-text.js';

/** An effect that does not show by then does not show. */
const EFFECT_TIMEOUT_MS = 3_000;
const POLL_MS = 25;

/** How the exit of what was killed shows that it was. */
const KILLED_BY: Readonly<Record<RuntimeKind, string>> = { process: 'SIGKILL', thread: THREAD_KILLED };

/** Of nodes that are already as the action would have them. */
function alreadyText(action: NodeAction, names: readonly string[]): string {
  const [are, run] = names.length === 1 ? ['is', 'runs'] : ['are', 'run'];
  return `${names.join(', ')} ${action === 'pause' ? `${are} paused` : run} already`;
}

/** Of nodes that received the command, and do not show its effect. */
function notSeen(names: readonly string[], what: string): Finding {
  const evidence = `not seen on ${names.join(', ')}: ${what}`;
  return { ...noEffect(evidence), cause: new DfsError('UNAVAILABLE', evidence) };
}

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

  /** Carries a fault out. Rejects with what the cluster says, NothingToDamage too. */
  carryOut(fault: PlannedProcessFault): Promise<Finding> {
    return this.#exits.expect(fault.nodes, () => {
      if (fault.action === 'add') return this.#add(fault);
      if (fault.action === 'backup') return this.#backup(fault);
      return fault.action === 'restart' ? this.#restart(fault) : this.#act(fault);
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

  async #act(fault: PlannedProcessFault): Promise<Finding> {
    const present = fault.nodes.filter((name) => this.life(name) !== null);
    const absent = fault.nodes.filter((name) => this.life(name) === null);
    const missing = absent.length > 0 ? [`${absent.join(', ')} had no ${this.#noun}`] : [];
    const idle = await this.#alreadySo(fault.action, present);
    const already = idle.length > 0 ? [alreadyText(fault.action, idle)] : [];
    const met = present.filter((name) => !idle.includes(name));
    if (met.length === 0) return nothingAffected(fault, [...already, ...missing].join(', '));
    const livesBefore = new Map(met.map((name) => [name, this.life(name)]));
    const isGone = (name: string): boolean => !this.#isAlive(livesBefore.get(name) ?? null);
    const { evidence, holds } = await this.#order(fault, met, isGone);
    await this.until(async () => met.every(holds));
    const failed = met.filter((name) => !holds(name));
    const unfit = failed.map((name) => (isGone(name) ? `${name} ended otherwise (${this.#exits.last(name) ?? 'unseen'})` : name));
    const effects = met.length - failed.length;
    if (failed.some((name) => !isGone(name))) {
      return { ...notSeen(unfit, evidence), effects };
    }
    if (effects === 0) return nothingAffected(fault, unfit.join(', '));
    const doubts = [...unfit, ...missing];
    if (doubts.length > 0 && fault.source === 'step') return { effect: 'none', effects, evidence: doubts.join(', ') };
    return affected(fault, effects, [evidence, ...already].join('; '));
  }

  /**
   * Those of the nodes that a pause, or a resume, would find paused, or running. Both must say so: what is seen, and what was
   * requested, since the effect of a command that was given just now shows a little later.
   */
  async #alreadySo(action: NodeAction, names: readonly string[]): Promise<readonly string[]> {
    if (action !== 'pause' && action !== 'resume') return [];
    const isPause = action === 'pause';
    const seen = names.filter((name) => this.#isSuspended(name, isPause) === isPause);
    if (seen.length === 0) return [];
    const { nodes } = await this.#world.control.status();
    return seen.filter((name) => nodes.some(({ id, state }) => id === name && (state === 'paused') === isPause));
  }

  /** @returns what has to be seen on each of the nodes */
  async #order(
    fault: PlannedProcessFault,
    names: readonly string[],
    isGone: (name: string) => boolean,
  ): Promise<{ readonly evidence: string; readonly holds: (name: string) => boolean }> {
    const { control } = this.#world;
    const { action, choiceSeed } = fault;
    const noun = this.#noun;
    switch (action) {
      case 'kill':
      case 'powercut': {
        const power = action === 'powercut';
        await control.strike(names, { power, choiceSeed });
        const by = power ? POWER_CUT : KILLED_BY[control.runtime];
        return { evidence: `${noun} gone by ${signalText(by)}`, holds: (name) => isGone(name) && this.#exits.last(name) === by };
      }
      case 'stop':
        await control.stop(...names);
        return { evidence: `${noun} ended`, holds: (name) => isGone(name) && this.#exits.last(name) !== undefined };
      case 'wipe':
        await (isForced(fault) ? control.forceWipe(...names) : control.wipe(...names));
        return { evidence: `${noun} gone, disk empty`, holds: isGone };
      case 'restore-old':
        await control.restoreOld(...names);
        return { evidence: `${noun} gone, folder as it was at the backup`, holds: isGone };
      case 'refound':
        await control.refound(...names);
        return { evidence: `${noun} gone, disk empty`, holds: isGone };
      case 'pause':
        await control.pause(...names);
        return { evidence: `${noun} suspended`, holds: (name) => this.#isSuspended(name, true) };
      case 'resume':
        await control.resume(...names);
        return { evidence: `${noun} runs`, holds: (name) => this.#isAlive(this.life(name)) && !this.#isSuspended(name, false) };
      case 'add':
      case 'backup':
      case 'restart':
        throw new RangeError(`${action} is carried out elsewhere`);
    }
  }

  /** An `undo` restarts what is still down; it is no error when nothing is. */
  async #restart(fault: PlannedProcessFault): Promise<Finding> {
    const names = fault.source === 'undo' ? fault.nodes.filter((name) => this.life(name) === null) : fault.nodes;
    if (names.length === 0) return nothingAffected(fault, 'runs already');
    const livesBefore = new Map(names.map((name) => [name, this.life(name)]));
    try {
      await this.#world.control.restart(...names);
    } catch (error) {
      // The end of the fault that keeps it down starts it.
      if (fault.source !== 'undo' || !names.every((name) => this.life(name) !== null || this.#exits.isSuspect(name))) throw error;
      return nothingAffected(fault, messageOf(error));
    }
    for (const name of names) this.#exits.started(name);
    const isNew = (name: string): boolean => this.life(name) !== livesBefore.get(name) && this.#isAlive(this.life(name));
    await this.until(async () => names.every(isNew));
    const failed = names.filter((name) => !isNew(name) && !this.#exits.isSuspect(name));
    if (failed.length > 0) return notSeen(failed, `new ${this.#noun}`);
    return affected(fault, names.length, `new ${this.#noun}`);
  }

  async #backup(fault: PlannedProcessFault): Promise<Finding> {
    await this.#world.control.backup(...fault.nodes);
    return affected(fault, fault.nodes.length, 'folder copied');
  }

  async #add(fault: PlannedProcessFault): Promise<Finding> {
    const isThere = (name: string): boolean => this.#isAlive(this.life(name));
    try {
      await this.#world.control.add(...fault.nodes);
    } catch (error) {
      const started = fault.nodes.filter(isThere);
      if (started.length === 0) throw error;
      // They stay, and may yet be live: the error says which are not.
      const reason = messageOf(error);
      return {
        effect: 'none',
        effects: started.length,
        evidence: `started: ${started.join(', ')}. ${reason}`,
        cause: toDfsError(error, 'Adding nodes'),
      };
    }
    await this.until(async () => fault.nodes.every(isThere));
    const failed = fault.nodes.filter((name) => !isThere(name));
    if (failed.length > 0) return notSeen(failed, `new ${this.#noun} serves`);
    return affected(fault, fault.nodes.length, `new ${this.#noun} serves`);
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

  /** What a node is here, as evidence says it. */
  get #noun(): RuntimeKind {
    return this.#world.control.runtime;
  }

  #isAlive(life: number | null): boolean {
    return life !== null && this.#world.control.probe.isAlive(life);
  }

  /** Where the system does not say, the command is believed. */
  #isSuspended(name: string, ordered: boolean): boolean {
    const life = this.life(name);
    return life !== null && (this.#world.control.probe.isSuspended(life) ?? ordered);
  }
}
