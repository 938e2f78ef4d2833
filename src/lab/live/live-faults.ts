/**
 * Faults on a running lab, as people order them: each is chosen on the cluster as it is, carried out and proven as in scenarios, and
 * kept in force until it is lifted, its time is over, or the lab ends.
 *
 *   command ─► Step ─► PlannedFault ─► FaultRunner ─► answer
 *                                         │
 *                     in force (id, since, until, effects) ─► lift, heal, its time, close
 */
import { randomInt } from 'node:crypto';
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import { CommandRefused } from './command-refused.js';
import { isLasting } from '../../supervisor/api/fault.js';
import type { FaultAction, PlannedFault } from '../../supervisor/api/fault.js';
import type { FaultRecord } from '../run/fault-record.js';
import { FaultRunner } from '../run/fault-runner.js';
import { faultText } from '../scenario/fault-text.js';
import { chooseLate } from '../run/late-steps.js';
import { endsWithin } from '../../shared/ends-within.js';
import type { ScenarioCluster, Step } from '../scenario/scenario.js';
import { countOf, undoOf } from '../scenario/schedule.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import type { ClusterStatus } from '../../supervisor/api/cluster-status.js';
import type { CommandProblem, FaultAnswer, ActiveFaultView, LabFaults } from '../../supervisor/api/lab-faults.js';

/** In force, or being put in force. Far more than a person can keep in mind. */
const OPEN_MAX = 64;
/** A node that does not answer keeps nobody from the figures of the others. */
const EFFECTS_WITHIN_MS = 200;
const CLOSE_WITHIN_MS = 1_000;

export interface LiveFaultsOptions {
  readonly control: BreakableCluster;
  /** What names exist now. */
  readonly cluster: () => ScenarioCluster;
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs' | 'sleep'>;
  readonly emit: (event: ClusterEvent) => void;
}

interface Open {
  readonly fault: PlannedFault;
  readonly text: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
  /** Fires when it is over: nobody waits for its time any more. */
  readonly over: AbortController;
  effects: number;
  /** The question to the nodes that is under way. */
  asked: Promise<void> | null;
  /** Its end under way: by its time, by a person, by the end of the lab. */
  ending: Promise<FaultAnswer> | null;
}

/** Those that change nothing on a node that does not run. */
const ON_RUNNING: readonly FaultAction[] = ['kill', 'powercut', 'stop', 'pause', 'slow-cpu'];

/** Tells whether a fault can do anything to a node as it is. */
function canTake(action: FaultAction, name: string, { nodes }: ClusterStatus): boolean {
  const state = nodes.find((node) => node.id === name)?.state;
  if (action === 'resume') return state === 'paused';
  if (action === 'pause' && state === 'paused') return false;
  return !ON_RUNNING.includes(action) || state !== 'stopped';
}

/** What a node is that a fault can do something to. */
function takerWords(action: FaultAction): string {
  if (action === 'resume') return 'is paused';
  return action === 'pause' ? 'can be paused: each is down, or paused already' : 'runs';
}

const assertNow = ({ when, atMs }: Step): void => {
  if (when === undefined && atMs === 0) return;
  throw new DfsError('INVALID_ARGUMENT', 'On a running lab a fault begins now: leave "at" and "when" out');
};

export class LiveFaults implements LabFaults {
  readonly #control: BreakableCluster;
  readonly #cluster: () => ScenarioCluster;
  readonly #clock: LiveFaultsOptions['clock'];
  readonly #emit: (event: ClusterEvent) => void;
  readonly #runner: FaultRunner;
  readonly #open = new Map<number, Open>();
  /** What became of the faults that somebody waits for; null while that is not known. */
  readonly #awaited = new Map<number, FaultRecord | null>();
  /** Of faults that last, how long. */
  readonly #durations = new Map<number, number>();
  readonly #closed = new AbortController();
  readonly #beganMs: number;
  #lastId = 0;
  #underWay = 0;

  constructor({ control, cluster, clock, emit }: LiveFaultsOptions) {
    this.#control = control;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#emit = emit;
    this.#beganMs = clock.nowMs();
    this.#runner = new FaultRunner({ control, clock }, (record) => this.#observe(record), { keepsRecords: false });
  }

  async check(command: string): Promise<CommandProblem | null> {
    const parsed = await this.#parse(command);
    return 'step' in parsed ? null : (parsed.problems[0] ?? null);
  }

  async order(command: string): Promise<FaultAnswer> {
    const parsed = await this.#parse(command);
    if ('step' in parsed) return this.execute(parsed.step);
    const said = parsed.problems.map(({ column, message }) => `column ${column}: ${message}`).join('; ');
    throw new CommandRefused(`Cannot do "${command.slice(0, 200)}": ${said}`, parsed.problems);
  }

  async orderStep(step: object): Promise<FaultAnswer> {
    const { readLiveStep } = await import('../scenario/live-step.js');
    const read = readLiveStep(JSON.stringify(step).slice(1, -1), this.#cluster());
    if ('step' in read) return this.execute(read.step);
    throw new DfsError('INVALID_ARGUMENT', `Cannot do this step: ${read.problems.map(({ message }) => message).join('; ')}`);
  }

  /**
   * Carries a step out now. Resolves when it was done, or is in force; what had no effect is told in the answer.
   * @throws DfsError INVALID_ARGUMENT for a step with a time of its own, RESOURCE_EXHAUSTED, CANCELLED when the lab ends
   */
  async execute(step: Step): Promise<FaultAnswer> {
    assertNow(step);
    if (this.#closed.signal.aborted) throw new DfsError('CANCELLED', 'The lab is ending: no fault begins any more');
    // What ends faults, and what is over at once, is not refused because there are many.
    const isKept = isLasting(step.fault) || step.durationMs !== undefined;
    if ((isKept ? this.#open.size : 0) + this.#underWay >= OPEN_MAX) {
      throw new DfsError(
        'RESOURCE_EXHAUSTED',
        `${OPEN_MAX} faults are in force or under way: lift some first (lab faults, lab lift)`,
      );
    }
    this.#underWay += 1;
    try {
      const fault = await this.#choose(step);
      if (fault.action === 'heal' && fault.shortfall === undefined) return await this.#heal(fault);
      return await this.#carryOut(fault, step.durationMs);
    } finally {
      this.#underWay -= 1;
    }
  }

  async list(): Promise<readonly ActiveFaultView[]> {
    await Promise.all([...this.#open.values()].map((open) => this.#askEffects(open)));
    const wallMs = this.#clock.wallMs();
    return [...this.#open.values()].map(({ fault, text, sinceMs, untilMs, effects }) => ({
      id: fault.id,
      text,
      action: fault.action,
      nodes: fault.nodes,
      sinceMs,
      ...(untilMs === undefined ? {} : { untilMs, leftMs: Math.max(0, Math.round(untilMs - wallMs)) }),
      effects,
    }));
  }

  async lift(id: number): Promise<FaultAnswer> {
    const open = this.#open.get(id);
    if (open === undefined) {
      const known = [...this.#open.keys()].map((other) => `#${other}`).join(', ');
      throw new DfsError('NOT_FOUND', `No fault #${id} is in force: ${known === '' ? 'none is' : `there are ${known}`}`);
    }
    return this.#end(open);
  }

  async heal(nodeIds?: readonly string[]): Promise<FaultAnswer> {
    const names = [...this.#control.masters(), ...this.#control.datanodes()].map((node) => node.id);
    const unknown = nodeIds?.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new DfsError('INVALID_ARGUMENT', `Cannot heal unknown node "${unknown}": nodes are ${names.join(', ')}`);
    }
    return this.#heal({ action: 'heal', nodes: nodeIds ?? [], ...this.#fresh() });
  }

  /** Ends everything that is in force. Resolves when that is done, or cannot be done in time. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed.abort();
    const ended = Promise.all([...this.#open.values()].map((open) => this.#end(open)));
    await endsWithin(this.#clock, ended, CLOSE_WITHIN_MS);
    for (const { over } of this.#open.values()) over.abort();
    this.#runner.close();
  }

  async #parse(command: string): Promise<{ readonly step: Step } | { readonly problems: readonly CommandProblem[] }> {
    // Loaded now and not before: most labs never read a command.
    const { parseFaultCommand } = await import('../scenario/command-line.js');
    return parseFaultCommand(command, this.#cluster());
  }

  #fresh(): Pick<PlannedFault, 'id' | 'atMs' | 'source' | 'choiceSeed'> {
    return { id: ++this.#lastId, atMs: Math.round(this.#elapsedMs()), source: 'step', choiceSeed: randomInt(2 ** 32) };
  }

  #elapsedMs(): number {
    return this.#clock.nowMs() - this.#beganMs;
  }

  async #choose(step: Step): Promise<PlannedFault> {
    const { fault, selector, mode } = step;
    const fresh = this.#fresh();
    if (fault.action === 'heal' && selector === undefined) return { action: 'heal', nodes: [], ...fresh };
    if (fault.action === 'add') {
      const nodes = selector?.names ?? this.#nextNames(mode.kind === 'fixed' ? countOf(mode, 0) : 1);
      return { action: 'add', nodes, ...fresh };
    }
    const chosen = await chooseLate(
      { id: fresh.id, choiceSeed: fresh.choiceSeed, step },
      {
        cluster: this.#cluster(),
        control: this.#control,
        clock: this.#clock,
        elapsedMs: () => this.#elapsedMs(),
        signal: this.#closed.signal,
        // Whoever is named is meant: the answer says why nothing came of it.
        ...(selector?.names === undefined
          ? { takers: { canTake: (name, status) => canTake(fault.action, name, status), what: takerWords(fault.action) } }
          : {}),
      },
    );
    if (chosen.shortfall === undefined) return chosen;
    return { ...chosen, shortfall: chosen.shortfall.replace(/^line \d+ finds nobody: /, '').replace(/^line \d+/, 'the command') };
  }

  #nextNames(count: number): string[] {
    const numbers = this.#control.datanodes().map(({ id }) => Number(/^dn-(\d+)$/.exec(id)?.[1] ?? 0));
    const last = Math.max(0, ...numbers);
    return Array.from({ length: count }, (_, index) => `dn-${last + index + 1}`);
  }

  async #carryOut(fault: PlannedFault, durationMs: number | undefined): Promise<FaultAnswer> {
    if (durationMs !== undefined && undoOf(fault) !== undefined) this.#durations.set(fault.id, durationMs);
    const [record] = await this.#run(fault, [fault.id]);
    this.#durations.delete(fault.id);
    const open = this.#open.get(fault.id);
    return answerOf(record ?? notDone(fault), open?.text ?? textOf(fault), open?.untilMs);
  }

  /** Ends whatever concerns only these nodes, then what is left of links to them. */
  async #heal(fault: PlannedFault): Promise<FaultAnswer> {
    const isAll = fault.nodes.length === 0;
    const isHealed = (name: string): boolean => fault.nodes.includes(name);
    const over = [...this.#open.values()].filter((open) => isAll || open.fault.nodes.every(isHealed));
    await Promise.all(over.map((open) => this.#end(open)));
    const [record] = await this.#run(fault, [fault.id]);
    const left = isAll ? [] : [...this.#open.values()].filter((open) => open.fault.nodes.some(isHealed));
    const { evidence, ...rest } = record ?? notDone(fault);
    const said = [evidence, idsOf('ended', over), idsOf('on others too, and in force', left)].filter((text) => text !== '');
    return answerOf({ ...rest, evidence: said.join('; ') }, textOf(fault));
  }

  /** Carries out. @returns the records of these faults; undefined where there is none */
  async #run(fault: PlannedFault, ids: readonly number[]): Promise<readonly (FaultRecord | undefined)[]> {
    for (const id of ids) this.#awaited.set(id, null);
    await this.#runner.execute(fault);
    return ids.map((id) => {
      const record = this.#awaited.get(id);
      this.#awaited.delete(id);
      return record ?? undefined;
    });
  }

  #observe(record: FaultRecord): void {
    const { fault, effect, effects } = record;
    if (this.#awaited.has(fault.id)) this.#awaited.set(fault.id, record);
    const open = this.#open.get(fault.id);
    if (open !== undefined) this.#close(open, record);
    // A fault of processes lasts where somebody said for how long.
    else if (effect === 'watching' || (effects > 0 && this.#durations.has(fault.id))) this.#begin(fault, effects);
  }

  #begin(fault: PlannedFault, effects: number): void {
    const durationMs = this.#durations.get(fault.id);
    const sinceMs = Math.round(this.#clock.wallMs());
    const text = textOf(fault, durationMs);
    const until = durationMs === undefined ? {} : { untilMs: sinceMs + durationMs };
    const open: Open = { fault, text, sinceMs, ...until, over: new AbortController(), effects, asked: null, ending: null };
    this.#open.set(fault.id, open);
    const { id, action, nodes } = fault;
    this.#emit({ event: 'fault-begin', atMs: sinceMs, id, action, nodes, text });
    // One that comes into force while the lab ends.
    if (this.#closed.signal.aborted) void this.#end(open);
    else if (durationMs !== undefined) void this.#endAfter(open, durationMs);
  }

  async #endAfter(open: Open, durationMs: number): Promise<void> {
    try {
      await this.#clock.sleep(durationMs, open.over.signal);
    } catch {
      // It was ended before.
      return;
    }
    await this.#end(open);
  }

  /** Ends a fault as its duration would. Never rejects. */
  #end(open: Open): Promise<FaultAnswer> {
    open.over.abort();
    open.ending ??= this.#undo(open);
    return open.ending;
  }

  async #undo(open: Open): Promise<FaultAnswer> {
    const { fault, text } = open;
    const undo = undoOf(fault);
    if (undo === undefined) throw new RangeError(`Nothing takes ${fault.action} back`);
    const id = ++this.#lastId;
    const { nodes, choiceSeed } = fault;
    const back: PlannedFault = { ...undo, id, atMs: Math.round(this.#elapsedMs()), nodes, source: 'undo', choiceSeed };
    const [undone, ended] = await this.#run(back, [id, fault.id]);
    if (isLasting(fault)) return answerOf(ended ?? { ...notDone(fault), effect: 'passed', evidence: 'it had ended' }, text);
    const evidence = `undone: ${(undone ?? notDone(fault)).evidence}`;
    const record: FaultRecord = { fault, effect: 'seen', effects: open.effects, evidence };
    this.#close(open, record);
    return answerOf(record, text);
  }

  /** Takes a fault that is over from the list, and tells. */
  #close(open: Open, { effects, evidence }: FaultRecord): void {
    const { fault, text, over } = open;
    if (!this.#open.delete(fault.id)) return;
    over.abort();
    const { id, action, nodes } = fault;
    this.#emit({ event: 'fault-end', atMs: Math.round(this.#clock.wallMs()), id, action, nodes, text, effects, evidence });
  }

  /** Refreshes a counter; keeps the last one where the answer fails or takes long. */
  async #askEffects(open: Open): Promise<void> {
    open.asked ??= this.#refresh(open).finally(() => (open.asked = null));
    await endsWithin(this.#clock, open.asked, EFFECTS_WITHIN_MS);
  }

  async #refresh(open: Open): Promise<void> {
    try {
      open.effects = (await this.#runner.effectsOf(open.fault.id)) ?? open.effects;
    } catch {
      // The last known figure stays.
    }
  }
}

const textOf = (fault: PlannedFault, durationMs?: number): string => {
  if (fault.action === 'lift') return `lift ${fault.of}`;
  return faultText(fault, { ...fault, ...(durationMs === undefined ? {} : { durationMs }) });
};

const notDone = (fault: PlannedFault): FaultRecord => ({ fault, effect: 'none', effects: 0, evidence: 'not carried out' });

const idsOf = (what: string, open: readonly Open[]): string =>
  open.length === 0 ? '' : `${what}: ${open.map(({ fault }) => `#${fault.id}`).join(', ')}`;

function answerOf({ fault, effect, effects, evidence }: FaultRecord, text: string, untilMs?: number): FaultAnswer {
  const { id, action, nodes, targets } = fault;
  const others = targets === undefined ? {} : { targets };
  return { id, text, action, nodes, ...others, effect, effects, evidence, ...(untilMs === undefined ? {} : { untilMs }) };
}
