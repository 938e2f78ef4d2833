/**
 * Faults on a running lab, as people and programs request them: each is chosen on the cluster as it is when its turn comes, carried
 * out and proven as in scenarios, and kept active until it is lifted, its time is over, or the lab ends.
 *
 *   command ─┐
 *   step ────┼─► Step ─► FaultQueue ─► PlannedFault ─► FaultRunner ─► answer
 *   perform ─┘                                            │
 *                                     active (id, since, until, effects) ─► lift, heal, its time, close
 *
 * A fault that hangs keeps the others waiting for TURN_WITHIN_MS, and those of its own nodes for longer. What ends faults does not wait
 * like that: a lift waits for nothing, and a heal for HEAL_AFTER_MS at most, and only for earlier faults that may concern its nodes. One
 * of those that becomes active after all is ended at once, because it was requested before the heal.
 */
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import { CommandRefused } from './command-refused.js';
import { isLasting, isOnLinks } from '../../supervisor/api/fault.js';
import type { FaultSpec, PlannedFault } from '../../supervisor/api/fault.js';
import { assertKnownNames } from '../../supervisor/cluster/assert-known-names.js';
import { FaultQueue } from '../run/fault-queue.js';
import { faultTakers } from './fault-takers.js';
import { OpenFaults } from './open-faults.js';
import type { Outcome } from './open-faults.js';
import { chooseLate } from '../run/late-steps.js';
import { endsWithin } from '../../shared/ends-within.js';
import type { ScenarioCluster, Step } from '../scenario/model/scenario.js';
import { countOf } from '../scenario/model/choose-nodes.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { CommandProblem, FaultAnswer, ActiveFaultView, LabFaults } from '../../supervisor/api/lab-faults.js';

/** Active, or being injected. Far more than a person can keep in mind. */
const OPEN_MAX = 64;
/** Longer than it takes to wait for a leader, to choose, and to see the effect. */
const TURN_WITHIN_MS = 5_000;
/** The same while another fault hangs: its nodes may be all that the later ones mean. */
const BESIDE_HUNG_WITHIN_MS = 500;
/** Far longer than a fault takes that does not hang. */
const HEAL_AFTER_MS = 2_000;

export interface LiveFaultsOptions {
  readonly control: BreakableCluster;
  /** What names exist now. */
  readonly cluster: () => ScenarioCluster;
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs' | 'sleep'>;
  readonly emit: (event: ClusterEvent) => void;
}

/** A fault that was requested, and is not carried out yet. */
interface Ordered {
  /** null: not chosen yet. */
  nodes: readonly string[] | null;
  /** The selections of the heals that were requested since. */
  readonly healed: ((fault: PlannedFault) => boolean)[];
  /** Never rejects. */
  readonly done: Promise<unknown>;
}

const assertNow = ({ when, atMs }: Step): void => {
  if (when === undefined && atMs === 0) return;
  throw new DfsError('INVALID_ARGUMENT', 'On a running lab a fault begins at once: omit "at" and "when"');
};

export class LiveFaults implements LabFaults {
  readonly #control: BreakableCluster;
  readonly #cluster: () => ScenarioCluster;
  readonly #clock: LiveFaultsOptions['clock'];
  readonly #open: OpenFaults;
  readonly #queue: FaultQueue;
  #reading: Promise<unknown> = Promise.resolve();
  readonly #ordered = new Set<Ordered>();
  /** Those that are chosen, by the ids of their faults. */
  readonly #chosen = new Map<number, Ordered>();
  readonly #closed = new AbortController();
  readonly #beganMs: number;
  #lastId = 0;

  constructor({ control, cluster, clock, emit }: LiveFaultsOptions) {
    this.#control = control;
    this.#cluster = cluster;
    this.#clock = clock;
    // Each fault that is ordered may listen for the end of the lab.
    setMaxListeners(4 * OPEN_MAX, this.#closed.signal);
    this.#beganMs = clock.nowMs();
    this.#open = new OpenFaults({
      control,
      clock,
      emit,
      nextPlace: () => ({ id: ++this.#lastId, atMs: this.#elapsedMs() }),
      isOver: (fault) => this.#closed.signal.aborted || this.#isHealed(fault),
    });
    this.#queue = new FaultQueue({
      clock,
      turnWithinMs: TURN_WITHIN_MS,
      besideHungWithinMs: BESIDE_HUNG_WITHIN_MS,
      signal: this.#closed.signal,
    });
  }

  async check(command: string): Promise<CommandProblem | null> {
    const parsed = await this.#parse(command);
    return 'step' in parsed ? null : (parsed.problems[0] ?? null);
  }

  async order(command: string, signal?: AbortSignal): Promise<FaultAnswer> {
    const step = await this.#inOrder(async () => {
      const parsed = await this.#parse(command);
      if ('step' in parsed) return parsed.step;
      const said = parsed.problems.map(({ column, message }) => `column ${column}: ${message}`).join('; ');
      throw new CommandRefused(`Cannot do "${command.slice(0, 200)}": ${said}`, parsed.problems);
    });
    return (await this.#execute(step, signal)).answer;
  }

  async orderStep(step: object, signal?: AbortSignal): Promise<FaultAnswer> {
    const read = await this.#inOrder(async () => {
      const { readStepJson } = await import('../scenario/grammar/step-json.js');
      return readStepJson(step, this.#cluster());
    });
    if ('step' in read) return (await this.#execute(read.step, signal)).answer;
    const said = read.problems.map(({ message }) => message).join('; ');
    throw new CommandRefused(`Cannot do this step: ${said}`, read.problems);
  }

  /**
   * Does something to nodes by name, in turn as any step. Nodes that are as they should be already are no failure here.
   * @throws DfsError INVALID_ARGUMENT for unknown names, and to pause or resume what does not run; RESOURCE_EXHAUSTED, CANCELLED when the
   *   lab ends; what the cluster says
   */
  async perform(fault: FaultSpec, names: readonly string[]): Promise<FaultAnswer> {
    const { action } = fault;
    this.#assertOpen();
    if (action !== 'add') assertKnownNames(action, names, this.#names());
    await this.#inOrder(() => undefined);
    const { answer, cause } = await this.#execute({ atMs: 0, fault, selector: { names }, mode: { kind: 'all' }, line: 0 });
    if (cause !== undefined) throw cause;
    const down = action === 'pause' || action === 'resume' ? names.find((name) => this.#isDown(name)) : undefined;
    if (down === undefined) return answer;
    throw new DfsError('INVALID_ARGUMENT', `Cannot ${action} ${down}: it does not run, restart it first`);
  }

  /** Does something else behind the faults that were requested before. @throws DfsError CANCELLED when the lab ends; as `act` */
  async inTurn<T>(act: () => Promise<T>): Promise<T> {
    await this.#inOrder(() => undefined);
    this.#assertRoom(0);
    return this.#turn(act);
  }

  heal(nodeIds?: readonly string[]): Promise<FaultAnswer> {
    return this.#healNamed(nodeIds, () => true);
  }

  /** As `heal`, of links alone: partitions, delays and the like. */
  healLinks(nodeIds?: readonly string[]): Promise<FaultAnswer> {
    return this.#healNamed(nodeIds, (fault) => isLasting(fault) && isOnLinks(fault));
  }

  list(): Promise<readonly ActiveFaultView[]> {
    return this.#open.list();
  }

  lift(id: number): Promise<FaultAnswer> {
    return this.#open.lift(id);
  }

  /** Ends every active fault and every wait for a turn. Resolves when that is done, or its time is over. Safe to call twice. */
  close(): Promise<void> {
    this.#closed.abort();
    return this.#open.close();
  }

  async #parse(command: string): Promise<{ readonly step: Step } | { readonly problems: readonly CommandProblem[] }> {
    // Loaded now and not before: most labs never read a command.
    const { parseFaultCommand } = await import('../scenario/grammar/command-line.js');
    return parseFaultCommand(command, this.#cluster());
  }

  /** Reads what is asked for in the order of the calls, however long that takes: it is the order of the turns. */
  #inOrder<T>(read: () => T | Promise<T>): Promise<T> {
    const done = this.#reading.then(read);
    this.#reading = done.catch(() => undefined);
    return done;
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted) throw new DfsError('CANCELLED', 'The lab is ending: no further fault can begin');
  }

  /** Resolves when it was done, or is active; the answer says so when it had no effect. */
  async #execute(step: Step, signal?: AbortSignal): Promise<Outcome> {
    assertNow(step);
    this.#assertOpen();
    // What ends faults, and what is over at once, is not refused because there are many.
    const isKept = isLasting(step.fault) || step.durationMs !== undefined;
    this.#assertRoom(isKept ? this.#open.size : 0);
    if (step.fault.action !== 'heal') return this.#inTurn(step, signal);
    return this.#heal(
      () => this.#choose(step),
      () => true,
    );
  }

  async #healNamed(nodeIds: readonly string[] | undefined, isMeant: (fault: PlannedFault) => boolean): Promise<FaultAnswer> {
    this.#assertOpen();
    if (nodeIds !== undefined) assertKnownNames('heal', nodeIds, this.#names());
    await this.#inOrder(() => undefined);
    const heal = { action: 'heal', nodes: nodeIds ?? [], ...this.#fresh() } as const;
    return (await this.#heal(() => Promise.resolve(heal), isMeant)).answer;
  }

  /** @param active faults that count beside those that wait. @throws DfsError RESOURCE_EXHAUSTED */
  #assertRoom(active: number): void {
    if (active + this.#ordered.size < OPEN_MAX) return;
    throw new DfsError(
      'RESOURCE_EXHAUSTED',
      `${OPEN_MAX} faults are active or in progress: lift some first (lab faults, lab lift)`,
    );
  }

  #inTurn(step: Step, signal?: AbortSignal): Promise<Outcome> {
    return this.#turn(async (ordered) => {
      const fault = await this.#choose(step);
      ordered.nodes = fault.nodes;
      this.#chosen.set(fault.id, ordered);
      return this.#open.carryOut(fault, step.durationMs).finally(() => this.#chosen.delete(fault.id));
    }, signal);
  }

  /**
   * Acts behind what was requested before; a heal waits for it.
   * @param signal withdraws the request while it waits for its turn
   */
  async #turn<T>(act: (ordered: Ordered) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let done: () => void = () => undefined;
    const ordered: Ordered = { nodes: null, healed: [], done: new Promise<void>((resolve) => (done = resolve)) };
    this.#ordered.add(ordered);
    try {
      return await this.#queue.inTurn(async () => {
        this.#assertOpen();
        if (signal?.aborted === true) {
          throw new DfsError('CANCELLED', 'The command was withdrawn before its turn came: its sender has gone');
        }
        return act(ordered);
      });
    } finally {
      this.#ordered.delete(ordered);
      done();
    }
  }

  #fresh(): Pick<PlannedFault, 'id' | 'atMs' | 'source' | 'choiceSeed'> {
    return { id: ++this.#lastId, atMs: this.#elapsedMs(), source: 'step', choiceSeed: randomInt(2 ** 32) };
  }

  #elapsedMs(): number {
    return Math.round(this.#clock.nowMs() - this.#beganMs);
  }

  async #choose(step: Step): Promise<PlannedFault> {
    const { fault, selector, mode } = step;
    const fresh = this.#fresh();
    if (fault.action === 'heal' && selector === undefined) return { action: 'heal', nodes: [], ...fresh };
    if (fault.action === 'add') {
      const nodes = selector?.names ?? this.#nextNames(mode.kind === 'fixed' ? countOf(mode, 0) : 1);
      return { action: 'add', nodes, ...fresh };
    }
    return chooseLate(
      { id: fresh.id, choiceSeed: fresh.choiceSeed, step },
      {
        cluster: this.#cluster(),
        control: this.#control,
        clock: this.#clock,
        elapsedMs: () => this.#elapsedMs(),
        signal: this.#closed.signal,
        // A named node is always selected: the answer says why it was not affected.
        ...(selector?.names === undefined ? { takers: faultTakers(fault.action) } : {}),
      },
    );
  }

  #names(): string[] {
    return [...this.#control.masters(), ...this.#control.datanodes()].map((node) => node.id);
  }

  #isDown(name: string): boolean {
    return [...this.#control.masters(), ...this.#control.datanodes()].some(({ id, life }) => id === name && life === null);
  }

  #nextNames(count: number): string[] {
    const numbers = this.#control.datanodes().map(({ id }) => Number(/^dn-(\d+)$/.exec(id)?.[1] ?? 0));
    const last = Math.max(0, ...numbers);
    return Array.from({ length: count }, (_, index) => `dn-${last + index + 1}`);
  }

  /** After earlier requests, except those that hang. @param isMeant faults for which it is true are ended */
  #heal(choose: () => Promise<PlannedFault>, isMeant: (fault: PlannedFault) => boolean): Promise<Outcome> {
    const before = [...this.#ordered];
    return this.#queue.atOnce(async () => {
      const heal = await choose();
      if (heal.shortfall !== undefined) return this.#open.carryOut(heal);
      const isHealed = (name: string): boolean => heal.nodes.length === 0 || heal.nodes.includes(name);
      const concerned = before.filter(({ nodes }) => nodes?.some(isHealed) !== false);
      for (const { healed } of concerned) healed.push((fault) => isMeant(fault) && fault.nodes.every(isHealed));
      await endsWithin(this.#clock, Promise.all(concerned.map(({ done }) => done)), HEAL_AFTER_MS);
      return this.#open.heal(heal, isMeant);
    });
  }

  #isHealed(fault: PlannedFault): boolean {
    return this.#chosen.get(fault.id)?.healed.some((isHealed) => isHealed(fault)) === true;
  }
}
