/** Virtual time: plans events, processes them one by one, and keeps their record. */
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

  /** Time of the next event; undefined when none is planned. */
  get nextAtUs(): number | undefined {
    return this.#queue.peek()?.atUs;
  }

  /**
   * Plans an event.
   * @param owner the event is dropped when the owner dies first
   * @param atUs a time in the past means now
   * @param sentUs for a message: when the message was sent
   */
  at(owner: EventOwner | null, place: string, label: string, atUs: number, run: () => void, sentUs?: number): SimEvent {
    return this.#plan(owner, place, label, atUs, this.#sequence++, run, sentUs);
  }

  /** Plans an event of the simulation that follows all other events of its time, independent of the order of planning. */
  lastAt(label: string, atUs: number, run: () => void): void {
    this.#plan(null, 'simulation', label, atUs, Infinity, run);
  }

  after(owner: EventOwner | null, place: string, label: string, delayUs: number, run: () => void): SimEvent {
    return this.at(owner, place, label, this.#nowUs + delayUs, run);
  }

  cancel(event: SimEvent): void {
    event.isCancelled = true;
    // Memory referenced by a cancelled event can be collected before the time of the event.
    event.run = NOTHING;
  }

  /** Processes the next event, or lets its paused owner hold the event. Returns false when no event is planned. */
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

  /** Advances time to `atUs`, unless an earlier event is planned. */
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
    // One literal for all events, so that they share a hidden class, which makes the queue's comparisons fast.
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
