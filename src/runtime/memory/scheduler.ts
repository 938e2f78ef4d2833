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
   * @param sentUs of a message: when it was sent
   */
  at(owner: EventOwner | null, place: string, label: string, atUs: number, run: () => void, sentUs?: number): SimEvent {
    return this.#plan(owner, place, label, atUs, this.#sequence++, run, sentUs);
  }

  /** Plans something of the world for when everything else of that time has happened, whenever it was planned. */
  lastAt(label: string, atUs: number, run: () => void): void {
    this.#plan(null, 'simulation', label, atUs, Infinity, run);
  }

  after(owner: EventOwner | null, place: string, label: string, delayUs: number, run: () => void): SimEvent {
    return this.at(owner, place, label, this.#nowUs + delayUs, run);
  }

  cancel(event: SimEvent): void {
    event.isCancelled = true;
    // What the event would have used may be collected before its time comes.
    event.run = NOTHING;
  }

  /** Makes the next event happen, or gives it to its paused owner to keep. Returns false when there is none. */
  step(): boolean {
    const event = this.#queue.pop();
    if (event === undefined) return false;
    this.#nowUs = event.atUs;
    if (event.owner?.isHolding === true) {
      event.owner.hold(event);
      return true;
    }
    this.record.add(event.atUs, event.place, event.label, event.sentUs);
    event.run();
    return true;
  }

  /** Lets time pass up to `atUs` where nothing is planned before. */
  skipTo(atUs: number): void {
    this.#nowUs = Math.max(this.#nowUs, Math.ceil(atUs));
  }

  #plan(
    owner: EventOwner | null,
    place: string,
    label: string,
    atUs: number,
    sequence: number,
    run: () => void,
    sentUs?: number,
  ): SimEvent {
    // One literal for all events: they share a shape, which the queue's comparisons are fast on.
    const event = {
      atUs: Math.max(this.#nowUs, Math.ceil(atUs)),
      sequence,
      owner,
      place,
      label,
      sentUs,
      run,
      isCancelled: false,
    };
    this.#queue.push(event);
    return event;
  }
}
