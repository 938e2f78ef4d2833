/**
 * A simulated TCP connection: two endpoints, each with an ordered outgoing pipe that holds its contents while its direction is
 * stalled.
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

/** Messages on a connection. Bytes are copies that belong to the receiver. */
export type Message =
  | { readonly kind: 'syn' | 'syn-ack' | 'ack' | 'rst' | 'fin' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The receiver consumed this many bytes of its buffer. */
  | { readonly kind: 'credit'; readonly count: number }
  | { readonly kind: 'call'; readonly id: number; readonly path: string; readonly bytes: Uint8Array; readonly deadlineMs: number }
  | { readonly kind: 'result' | 'failure'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'open'; readonly id: number; readonly path: string }
  /** A message of an open stream. */
  | { readonly kind: 'push'; readonly id: number; readonly path: string; readonly bytes: Uint8Array }
  /** This many messages of a stream are handled since it was opened. */
  | { readonly kind: 'taken'; readonly id: number; readonly count: number };

/** Callbacks of the program at an endpoint of a connection. */
export interface EndpointHandler {
  /** For the dialer: the other side accepted the connection. */
  onConnected?(): void;
  onMessage(message: Message): void;
  /** The connection broke; no more messages arrive. */
  onReset(): void;
}

/** A message in transit. */
export interface SentMessage {
  readonly message: Message;
  /** When the message was sent. */
  readonly sentAtUs: number;
  /** Earliest arrival; the message also arrives after all messages sent earlier. */
  arrivesAtUs: number;
  /** The effects of faults on the message; null: none. */
  readonly shaping: Shaping | null;
}

/** The part of the network that endpoints use. */
export interface EndpointNetwork {
  /** Sends a message now. */
  dispatch(from: Endpoint, message: Message): SentMessage;
  /** Plans the arrival of the first message in an endpoint's pipe. */
  planArrival(from: Endpoint, sent: SentMessage): void;
  /** A `syn` reached a machine. */
  onSyn(acceptor: Endpoint): void;
  /** The handshake has ended. */
  onAck(acceptor: Endpoint): void;
  /** Neither side uses the connection any more. */
  forget(endpoint: Endpoint): void;
}

/** open: in use. finished: ended by both sides, or abandoned silently. broken: any arriving message is answered with rst. */
type EndpointState = 'open' | 'finished' | 'broken';

/** A machine's name, and a host:port of the machine. */
type EndpointPlace = readonly [string, string];

export class Endpoint {
  readonly machine: string;
  /** host:port of this endpoint. */
  readonly address: string;
  /** `from>to`, of machines and of addresses: messages sent from here are recorded under these names. */
  readonly machines: string;
  readonly link: string;
  handler: EndpointHandler | null = null;
  /** Messages sent that have not arrived, in order. */
  readonly pipe: SentMessage[] = [];
  /** True while the machine has no power: the endpoint neither receives nor answers. */
  isSilent = false;
  /** Whether an arrival is planned or held: the next is planned after it. */
  isMoving = false;
  /** The arrival of the first message in the pipe; null while that message is held. */
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

  /** Makes the two endpoints of a connection. */
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

  /** The process that owns this endpoint; null before its listener is found. */
  get process(): SimProcess | null {
    return this.#process;
  }

  /** Assigns this endpoint to a process; the connection breaks when the process dies. */
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

  /** Sends a message, unless this endpoint is closed. */
  send(message: Message): void {
    if (this.isOpen) this.#transmit(message);
  }

  /** Breaks the connection from this endpoint: the other side gets a reset after the messages sent before. */
  reset(): void {
    if (!this.isOpen) return;
    this.#leave('broken');
    this.#transmit({ kind: 'rst' });
  }

  /** Notifies the other side that a power failure ended the process. */
  wake(): void {
    this.isSilent = false;
    this.#transmit({ kind: 'rst' });
  }

  /** Closes the endpoint for its program: sent messages still arrive, late bytes are answered with a reset. */
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

  /** Removes the first message of the pipe after its arrival. */
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

  /**
   * Returns true when the process of this endpoint is paused, and delays the event. A `syn` arrives before the endpoint has a
   * process: the kernel answers it.
   */
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
