/**
 * Carries planned faults out on a running lab, and keeps those that last: until they are lifted or healed, their time is over, or the
 * lab ends.
 */
import { endsWithin } from '../../shared/ends-within.js';
import { DfsError } from '../../shared/errors.js';
import type { Clock } from '../../shared/runtime.js';
import type { BreakableCluster } from '../../supervisor/api/cluster-control.js';
import type { ClusterEvent } from '../../supervisor/api/cluster-events.js';
import { isLasting } from '../../supervisor/api/fault.js';
import type { PlannedFault } from '../../supervisor/api/fault.js';
import type { ActiveFaultView, FaultAnswer } from '../../supervisor/api/lab-faults.js';
import { noEffect } from '../run/fault-record.js';
import type { FaultRecord } from '../run/fault-record.js';
import { FaultRunner } from '../run/fault-runner.js';
import { faultText } from '../scenario/grammar/fault-text.js';
import { undoOf } from '../scenario/plan/schedule.js';

/** A node that does not answer must not delay the figures of the others. */
const EFFECTS_WITHIN_MS = 200;
/** Longer than nodes take to start again; a node that hangs does not hold up the heal of others. */
const ENDED_WITHIN_MS = 30_000;
const CLOSE_WITHIN_MS = 1_000;

export interface OpenFaultsOptions {
  readonly control: BreakableCluster;
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs' | 'sleep'>;
  readonly emit: (event: ClusterEvent) => void;
  /** Of a fault that ends another: a number that no other has, and the time. */
  readonly nextPlace: () => Pick<PlannedFault, 'id' | 'atMs'>;
  /** True for a fault that must not stay active: it was healed before it became active, or the lab ends. */
  readonly isOver: (fault: PlannedFault) => boolean;
}

/** What came of a fault. */
export interface Outcome {
  readonly answer: FaultAnswer;
  /** As Finding has it. */
  readonly cause?: Error | undefined;
}

interface Open {
  readonly fault: PlannedFault;
  readonly text: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
  /** Fires when it is over: the wait for its time ends. */
  readonly over: AbortController;
  effects: number;
  /** The question to the nodes that is under way. */
  asked: Promise<void> | null;
  /** Its end under way: by its time, by a person, by the end of the lab. */
  ending: Promise<FaultAnswer> | null;
}

/** A caller that waits for a record of a fault: the first since it began to wait. */
interface Waiting {
  readonly id: number;
  record?: FaultRecord;
}

export class OpenFaults {
  readonly #options: OpenFaultsOptions;
  readonly #runner: FaultRunner;
  readonly #open = new Map<number, Open>();
  /** Callers that wait for what becomes of a fault: one for its beginning and one for its end may wait at the same time. */
  readonly #waiting = new Set<Waiting>();
  /** Of faults that last, how long. */
  readonly #durations = new Map<number, number>();

  constructor(options: OpenFaultsOptions) {
    this.#options = options;
    this.#runner = new FaultRunner(options, (record) => this.#observe(record), { keepsRecords: false });
  }

  /** How many are active. */
  get size(): number {
    return this.#open.size;
  }

  /** Resolves when it was done, or is active. Never rejects. @param durationMs default: until it is lifted */
  async carryOut(fault: PlannedFault, durationMs?: number): Promise<Outcome> {
    if (durationMs !== undefined && undoOf(fault) !== undefined) this.#durations.set(fault.id, durationMs);
    const [record = notDone(fault)] = await this.#run([fault.id], () => this.#runner.execute(fault));
    this.#durations.delete(fault.id);
    const open = this.#open.get(fault.id);
    return { answer: answerOf(record, open?.text ?? textOf(fault), open?.untilMs), cause: record.cause };
  }

  /**
   * Ends at once whatever concerns only the nodes of a heal, then what is left of links to them. Never rejects.
   * @param isMeant faults for which it is true are ended
   */
  async heal(heal: PlannedFault, isMeant: (fault: PlannedFault) => boolean): Promise<Outcome> {
    const isAll = heal.nodes.length === 0;
    const isHealed = (name: string): boolean => isAll || heal.nodes.includes(name);
    const over = [...this.#open.values()].filter(({ fault }) => isMeant(fault) && fault.nodes.every(isHealed));
    await endsWithin(this.#options.clock, Promise.all(over.map((open) => this.#end(open))), ENDED_WITHIN_MS);
    const [record = notDone(heal)] = await this.#run([heal.id], () => this.#runner.executeNow(heal));
    const left = isAll ? [] : [...this.#open.values()].filter(({ fault }) => isMeant(fault) && fault.nodes.some(isHealed));
    const said = [record.evidence, idsOf('ended', over), idsOf('also on other nodes, and still active', left)];
    const evidence = said.filter((text) => text !== '').join('; ');
    return { answer: answerOf({ ...record, evidence }, textOf(heal)), cause: record.cause };
  }

  /** The oldest first, with their effects so far. */
  async list(): Promise<readonly ActiveFaultView[]> {
    await Promise.all([...this.#open.values()].map((open) => this.#askEffects(open)));
    const wallMs = this.#options.clock.wallMs();
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

  /**
   * Ends one.
   * @throws DfsError NOT_FOUND when it is not active; DEADLINE_EXCEEDED when its end takes too long, and goes on
   */
  async lift(id: number): Promise<FaultAnswer> {
    const open = this.#open.get(id);
    if (open === undefined) {
      const known = [...this.#open.keys()].map((other) => `#${other}`).join(', ');
      throw new DfsError('NOT_FOUND', `No fault #${id} is active: ${known === '' ? 'there is none' : `there are ${known}`}`);
    }
    const ended = this.#end(open);
    if (await endsWithin(this.#options.clock, ended, ENDED_WITHIN_MS)) return ended;
    const waitedS = ENDED_WITHIN_MS / 1_000;
    throw new DfsError(
      'DEADLINE_EXCEEDED',
      `"${open.text}" (#${id}) has not ended after ${waitedS} s: the lab goes on ending it`,
    );
  }

  /** Ends all. Resolves when that is done, or cannot be done in time. Safe to call twice. */
  async close(): Promise<void> {
    const ended = Promise.all([...this.#open.values()].map((open) => this.#end(open)));
    await endsWithin(this.#options.clock, ended, CLOSE_WITHIN_MS);
    for (const { over } of this.#open.values()) over.abort();
    this.#runner.close();
  }

  /** @returns the records of these faults once `act` is over; undefined where there is none */
  async #run(ids: readonly number[], act: () => Promise<void>): Promise<readonly (FaultRecord | undefined)[]> {
    const waiting = ids.map((id): Waiting => ({ id }));
    for (const each of waiting) this.#waiting.add(each);
    await act();
    for (const each of waiting) this.#waiting.delete(each);
    return waiting.map(({ record }) => record);
  }

  #observe(record: FaultRecord): void {
    const { fault, effect, effects } = record;
    for (const waiting of this.#waiting) if (waiting.id === fault.id) waiting.record ??= record;
    const open = this.#open.get(fault.id);
    if (open !== undefined) this.#close(open, record);
    // A fault of processes lasts where a duration was given.
    else if (effect === 'watching' || (effects > 0 && this.#durations.has(fault.id))) this.#begin(fault, effects);
  }

  #begin(fault: PlannedFault, effects: number): void {
    const durationMs = this.#durations.get(fault.id);
    const sinceMs = Math.round(this.#options.clock.wallMs());
    const text = textOf(fault, durationMs);
    const until = durationMs === undefined ? {} : { untilMs: sinceMs + durationMs };
    const open: Open = { fault, text, sinceMs, ...until, over: new AbortController(), effects, asked: null, ending: null };
    this.#open.set(fault.id, open);
    const { id, action, nodes } = fault;
    this.#options.emit({ event: 'fault-begin', atMs: sinceMs, id, action, nodes, text });
    if (this.#options.isOver(fault)) void this.#end(open);
    else if (durationMs !== undefined) void this.#endAfter(open, durationMs);
  }

  async #endAfter(open: Open, durationMs: number): Promise<void> {
    try {
      await this.#options.clock.sleep(durationMs, open.over.signal);
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
    const { nodes, choiceSeed } = fault;
    const back: PlannedFault = { ...undo, ...this.#options.nextPlace(), nodes, source: 'undo', choiceSeed };
    const [undone, ended] = await this.#run([back.id, fault.id], () => this.#runner.execute(back));
    if (isLasting(fault)) return answerOf(ended ?? { ...notDone(fault), effect: 'passed', evidence: 'it had ended' }, text);
    const evidence = `undone: ${(undone ?? notDone(fault)).evidence}`;
    const record: FaultRecord = { fault, effect: 'seen', effects: open.effects, evidence };
    this.#close(open, record);
    return answerOf(record, text);
  }

  /** Removes a fault that is over from the list, and reports its end. */
  #close(open: Open, { effects, evidence }: FaultRecord): void {
    const { fault, text, over } = open;
    if (!this.#open.delete(fault.id)) return;
    over.abort();
    const { id, action, nodes } = fault;
    this.#options.emit({
      event: 'fault-end',
      atMs: Math.round(this.#options.clock.wallMs()),
      id,
      action,
      nodes,
      text,
      effects,
      evidence,
    });
  }

  /** Refreshes a counter; keeps the last one where the answer fails or takes long. */
  async #askEffects(open: Open): Promise<void> {
    open.asked ??= this.#refresh(open).finally(() => (open.asked = null));
    await endsWithin(this.#options.clock, open.asked, EFFECTS_WITHIN_MS);
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

const notDone = (fault: PlannedFault): FaultRecord => ({ fault, ...noEffect('not carried out') });

const idsOf = (what: string, open: readonly Open[]): string =>
  open.length === 0 ? '' : `${what}: ${open.map(({ fault }) => `#${fault.id}`).join(', ')}`;

function answerOf({ fault, effect, effects, evidence, refused }: FaultRecord, text: string, untilMs?: number): FaultAnswer {
  const { id, action, nodes, targets } = fault;
  const others = targets === undefined ? {} : { targets };
  return {
    id,
    text,
    action,
    nodes,
    ...others,
    effect,
    effects,
    evidence,
    ...(refused && { refused }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}
