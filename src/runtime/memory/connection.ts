/**
 * A simulated TCP connection: two endpoints, each with an outgoing pipe that keeps order and holds its contents while its
 * direction is stalled.
 *
 *   dialer                         acceptor
 *     | -- syn ------------------->  |  listener found? else: <-- rst
 *     | <------------- syn-ack ----  |
 *     | -- ack ------------------->  |  accepted
 *     | -- bytes, credit, call … ->  |
 *     | <- … fin, rst -------------  |
 */
import type { SimEvent } from './event-queue.js';
import type { Shaping } from './shaping.js';
import type { SimProcess } from './sim-process.js';

/** What crosses a connection. Bytes are copies that belong to the receiver. */
export type Message =
  | { readonly kind: 'syn' | 'syn-ack' | 'ack' | 'rst' | 'fin' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The receiver took this many bytes out of its buffer. */
  | { readonly kind: 'credit'; readonly count: number }
  | { readonly kind: 'call'; readonly id: number; readonly path: string; readonly bytes: Uint8Array; readonly deadlineMs: number }
  | { readonly kind: 'result' | 'failure'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cancel'; readonly id: number };

/** What a program does with its end of a connection. */
export interface EndpointHandler {
  /** The dialer's: the other side agreed. */
  onConnected?(): void;
  onMessage(message: Message): void;
  /** The connection broke; nothing more comes. */
  onReset(): void;
}

/** A message on its way. */
export interface SentMessage {
  readonly message: Message;
  /** When it was put on its way. */
  readonly sentAtUs: number;
  /** Not before this, and not before those sent earlier. */
  arrivesAtUs: number;
  /** What faults add to its way; null: nothing. */
  readonly shaping: Shaping | null;
}

/** What an endpoint needs of the network. */
export interface EndpointNetwork {
  /** Puts a message on its way now. */
  dispatch(from: Endpoint, message: Message): SentMessage;
  /** Plans the arrival of the first message in an endpoint's pipe. */
  planArrival(from: Endpoint, sent: SentMessage): void;
  /** A `syn` reached a machine. */
  onSyn(acceptor: Endpoint): void;
  /** The handshake is over. */
  onAck(acceptor: Endpoint): void;
  /** Neither side uses the connection any more. */
  forget(endpoint: Endpoint): void;
}

/** open: in use. finished: ended by both, or given up quietly. broken: whatever arrives is answered with rst. */
type EndpointState = 'open' | 'finished' | 'broken';

/** A machine's name, and host:port on it. */
type EndpointPlace = readonly [string, string];

export class Endpoint {
  readonly machine: string;
  /** host:port of this end. */
  readonly address: string;
  /** `from>to`, of machines and of addresses: what is sent from here is recorded under them. */
  readonly machines: string;
  readonly link: string;
  handler: EndpointHandler | null = null;
  /** What was sent and has not arrived, in order. */
  readonly pipe: SentMessage[] = [];
  /** Its machine has no power: it neither hears nor answers. */
  isSilent = false;
  /** An arrival is planned or held: the next is planned when it is through. */
  isMoving = false;
  /** The arrival of the first in the pipe; null while that is held. */
  planned: SimEvent | null = null;
  #process: SimProcess | null = null;
  #forgetDeath: () => void = () => undefined;
  #peer: Endpoint | null = null;
  #state: EndpointState = 'open';
  readonly #network: EndpointNetwork;

  constructor(network: EndpointNetwork, [machine, address]: EndpointPlace, [peerMachine, peerAddress]: EndpointPlace) {
    this.#network = network;
    this.machine = machine;
    this.address = address;
    this.machines = `${machine}>${peerMachine}`;
    this.link = `${address}>${peerAddress}`;
  }

  /** Makes the two ends of a connection. */
  static pair(network: EndpointNetwork, dialer: EndpointPlace, acceptor: EndpointPlace): Endpoint {
    const near = new Endpoint(network, dialer, acceptor);
    const far = new Endpoint(network, acceptor, dialer);
    near.#peer = far;
    far.#peer = near;
    return near;
  }

  get peer(): Endpoint {
    if (this.#peer === null) throw new Error('an endpoint is made with its peer');
    return this.#peer;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** The process this end belongs to; null before its listener was found. */
  get process(): SimProcess | null {
    return this.#process;
  }

  /** Gives this end to a process; it breaks when that dies. */
  adopt(process: SimProcess): void {
    this.#process = process;
    this.#forgetDeath = process.onDeath((power) => {
      this.isSilent = power;
      if (power) {
        this.#leave('broken');
        process.host.silenced(this);
      } else {
        this.reset();
      }
    });
  }

  /** Sends a message, unless this end is closed. */
  send(message: Message): void {
    if (this.isOpen) this.#transmit(message);
  }

  /** Breaks the connection from this end: the other side gets a reset after what was sent before. */
  reset(): void {
    if (!this.isOpen) return;
    this.#leave('broken');
    this.#transmit({ kind: 'rst' });
  }

  /** Tells the other side of a process that the power failure of its machine took. */
  wake(): void {
    this.isSilent = false;
    this.#transmit({ kind: 'rst' });
  }

  /** This program is done with it: what was sent still arrives, late bytes are answered with a reset. */
  finish(expectsNothing: boolean): void {
    if (this.isOpen) this.#leave(expectsNothing ? 'finished' : 'broken');
  }

  /** The network or the other side broke the connection. */
  break(): void {
    if (!this.isOpen || this.#isHeld('break', () => this.break())) return;
    const handler = this.handler;
    this.#leave('finished');
    handler?.onReset();
  }

  /** The first message of the pipe is through. */
  arrive(): void {
    const first = this.pipe.shift();
    const next = this.pipe[0];
    this.isMoving = next !== undefined;
    if (next !== undefined) this.#network.planArrival(this, next);
    if (first !== undefined) this.peer.#receive(first.message);
  }

  #receive(message: Message): void {
    if (this.isSilent || this.#isHeld(message.kind, () => this.#receive(message))) return;
    if (message.kind === 'rst') this.break();
    else if (this.isOpen) this.#hear(message);
    else if (this.#state === 'broken' && message.kind !== 'fin' && message.kind !== 'credit') this.#transmit({ kind: 'rst' });
  }

  /** True when the process of this end is paused: it hears of it later. A `syn` comes before there is one: the kernel answers it. */
  #isHeld(what: string, run: () => void): boolean {
    if (this.#process?.isHolding !== true) return false;
    this.#process.hold({ label: `late ${what} ${this.peer.link}`, run, isCancelled: false });
    return true;
  }

  #hear(message: Message): void {
    if (message.kind === 'syn') this.#network.onSyn(this);
    else if (message.kind === 'syn-ack') this.handler?.onConnected?.();
    else if (message.kind === 'ack') this.#network.onAck(this);
    else this.handler?.onMessage(message);
  }

  #transmit(message: Message): void {
    const sent = this.#network.dispatch(this, message);
    this.pipe.push(sent);
    if (this.isMoving) return;
    this.isMoving = true;
    this.#network.planArrival(this, sent);
  }

  #leave(state: EndpointState): void {
    this.#state = state;
    this.handler = null;
    this.#forgetDeath();
    if (!this.peer.isOpen) this.#network.forget(this);
  }
}
