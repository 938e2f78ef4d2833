/** Virtual time: plans events, makes them happen one by one, and keeps the record of what happened. */
import { EventQueue, type EventOwner, type SimEvent } from './event-queue.js';
import { EventRecord } from './event-record.js';

const NOTHING = (): void => undefined;

export class Scheduler {
  readonly record = new EventRecord();
  readonly #queue = new EventQueue();
  #nowUs = 0;
  #sequence = 0;

  /** Virtual microseconds since the simulation began; whole. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** When the next event will happen; undefined when none is planned. */
  get nextAtUs(): number | undefined {
    return this.#queue.peek()?.atUs;
  }

  /**
   * Plans an event.
   * @param owner if it dies first, the event does not happen
   * @param atUs a time in the past means now
   */
  at(owner: EventOwner | null, place: string, label: string, atUs: number, run: () => void): SimEvent {
    return this.#plan({ atUs, sequence: this.#sequence++, owner, place, label, run });
  }

  /** Plans something of the world for when everything else of that time has happened, whenever it was planned. */
  lastAt(label: string, atUs: number, run: () => void): void {
    this.#plan({ atUs, sequence: Infinity, owner: null, place: 'simulation', label, run });
  }

  after(owner: EventOwner | null, place: string, label: string, delayUs: number, run: () => void): SimEvent {
    return this.at(owner, place, label, this.#nowUs + delayUs, run);
  }

  cancel(event: SimEvent): void {
    event.isCancelled = true;
    // What the event would have used may be collected before its time comes.
    event.run = NOTHING;
  }

  /** Makes the next event happen. Returns false when there is none. */
  step(): boolean {
    const event = this.#queue.pop();
    if (event === undefined) return false;
    this.#nowUs = event.atUs;
    this.record.add(event.atUs, event.place, event.label);
    event.run();
    return true;
  }

  /** Lets time pass up to `atUs` where nothing is planned before. */
  skipTo(atUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, atUs);
  }

  #plan(planned: Omit<SimEvent, 'isCancelled'>): SimEvent {
    const event = { ...planned, atUs: Math.max(this.#nowUs, Math.ceil(planned.atUs)), isCancelled: false };
    this.#queue.push(event);
    return event;
  }
}
