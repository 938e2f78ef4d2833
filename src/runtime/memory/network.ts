/** The simulated network: delivers the messages of endpoints with latency, and injects faults of links. */
import { DfsError } from '../../shared/errors.js';
import { formatAddress, parseAddress } from '../../shared/address.js';
import { crc32Portable } from '../../shared/crc32.js';
import { Endpoint, type EndpointHandler, type EndpointNetwork, type Message, type SentMessage } from './connection.js';
import type { CountedFault } from '../faults/injected-fault.js';
import { LinkFaults, linkFaultText } from './link-faults.js';
import type { LinkFault } from '../faults/link-fault.js';
import { LinkRules, type LinkRule } from './link-rules.js';
import type { Scheduler } from './scheduler.js';
import type { SeededRandom } from '../faults/seeded-random.js';
import type { ShapedDirection } from './shaping.js';
import type { SimProcess } from './sim-process.js';

/** Latency of one direction between machines. */
const LATENCY_US = { min: 80, max: 600 };
/** Some messages are late, so that others overtake them. */
const LATE_CHANCE = 1 / 64;
const LATE_US_MAX = 5_000;
/** The first port for automatic choice. */
const FIRST_CHOSEN_PORT = 40_000;
/** The first port of dialers. */
const FIRST_DIALER_PORT = 50_000;
const PORT_MAX = 65_535;

/** A machine, as seen by the network. */
export interface NetworkHost {
  readonly name: string;
  readonly random: SeededRandom;
  /** False after a power failure, until the next boot. */
  readonly isPowered: boolean;
}

interface Listening {
  readonly process: SimProcess;
  readonly accept: (endpoint: Endpoint) => void;
}

/** A bound port. */
export interface BoundPort {
  readonly address: string;
  release(): void;
}

export class Network implements EndpointNetwork {
  readonly #scheduler: Scheduler;
  readonly #hosts = new Map<string, NetworkHost>();
  readonly #listening = new Map<string, Listening>();
  /** One endpoint of each connection in use. */
  readonly #connections = new Set<Endpoint>();
  /** Endpoints whose pipe is held, in the order of holding. */
  readonly #held = new Set<Endpoint>();
  readonly #rules = new LinkRules();
  readonly #faults = new LinkFaults();
  /** Endpoints with messages that a fault delays. */
  readonly #shaped = new Set<Endpoint>();
  /** The last assigned port, by machine. */
  readonly #dialerPorts = new Map<string, number>();
  #heldTotal = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Number of times that a stall (or a lack of power) held a message, since the start: proof that a fault had an effect. */
  get heldCount(): number {
    return this.#heldTotal;
  }

  /**
   * Holds all messages from one machine to another, independent of the dialer; `heal` delivers them, in order.
   * @param from a machine's name, or '*' for all others; `to` is the same
   */
  stall(from: string, to: string): void {
    this.#rules.add('stall', from, to);
  }

  /** Breaks every connection in this direction, and refuses new connections; names as for `stall`. */
  reset(from: string, to: string): void {
    this.#rules.add('reset', from, to);
    this.#breakReset();
  }

  /** Replaces all stalls and resets in one step: directions that are unchanged are affected without interruption. */
  setRules(rules: readonly LinkRule[]): void {
    this.#rules.replace(rules);
    this.#breakReset();
    this.#release();
  }

  /** Ends all stalls and resets; with names, those that were made with exactly these names. */
  heal(from?: string, to?: string): void {
    this.#rules.remove(from, to);
    this.#release();
  }

  /**
   * Injects a fault for all messages from a machine of `from` to a machine of `to`, independent of the dialer. Several faults can
   * be active at once and end in any order; after a lift the held or delayed messages continue in order.
   * @param from names of machines; pairs of equal names are skipped
   */
  inject(fault: LinkFault, from: readonly string[], to: readonly string[]): CountedFault {
    const what = `${linkFaultText(fault)} ${from.join()}>${to.join()}`;
    this.#note(`inject ${what}`);
    const active = this.#faults.inject(fault, from, to, this.#scheduler.nowUs, (directions) => {
      this.#note(`lift ${what}`);
      this.#hurry(directions);
      this.#release();
    });
    if (fault.kind === 'reset') this.#breakReset();
    return active;
  }

  /** @internal */
  addHost(host: NetworkHost): void {
    this.#hosts.set(host.name, host);
  }

  /** @internal Delivers the messages that were held for lack of power. */
  powerReturned(): void {
    this.#release();
  }

  /**
   * @internal Binds a port of a process's machine.
   * @throws DfsError INVALID_ARGUMENT (not an address of this machine), ADDRESS_IN_USE
   */
  listen(process: SimProcess, listen: string, accept: (endpoint: Endpoint) => void): BoundPort {
    const machine = process.host.name;
    const { host, port } = parseAddress(listen);
    if (!isWildcard(host) && resolveHost(host, machine) !== machine) {
      throw new DfsError('INVALID_ARGUMENT', `Cannot listen on "${listen}": that is not an address of machine ${machine}`);
    }
    const address = formatAddress({ host: machine, port: port === 0 ? this.#freePort(machine) : port });
    const holder = this.#listening.get(address);
    if (holder !== undefined) {
      throw new DfsError('ADDRESS_IN_USE', `Cannot listen on "${listen}": process ${holder.process.name} does`);
    }
    this.#listening.set(address, { process, accept });
    const release = (): void => {
      if (this.#listening.get(address)?.accept === accept) this.#listening.delete(address);
    };
    const forgetDeath = process.onDeath(release);
    return {
      address,
      release: () => {
        forgetDeath();
        release();
      },
    };
  }

  /**
   * @internal Starts to connect; calls onConnected or onReset of the handler.
   * @throws DfsError INVALID_ARGUMENT, UNAVAILABLE (no such machine)
   */
  connect(process: SimProcess, address: string, handler: EndpointHandler): Endpoint {
    const { host, port } = parseAddress(address);
    const machine = process.host.name;
    const target = isWildcard(host) ? machine : resolveHost(host, machine);
    if (!this.#hosts.has(target)) throw new DfsError('UNAVAILABLE', `Cannot connect to ${address}: no machine "${host}"`);
    const near = formatAddress({ host: machine, port: this.#nextDialerPort(machine) });
    const far = formatAddress({ host: target, port });
    const dialer = Endpoint.pair(this, [machine, near], [target, far]);
    dialer.adopt(process);
    dialer.handler = handler;
    this.#connections.add(dialer);
    dialer.send({ kind: 'syn' });
    return dialer;
  }

  dispatch(from: Endpoint, message: Message): SentMessage {
    const { nowUs } = this.#scheduler;
    const latencyUs = this.#drawLatencyUs(from);
    const shaping = this.#faults.shape(from, message, nowUs, latencyUs, this.#hosts.get(from.machine)?.random);
    if (shaping !== null) this.#shaped.add(from);
    return { message, sentAtUs: nowUs, arrivesAtUs: shaping?.arrivesAtUs ?? nowUs + latencyUs, shaping };
  }

  planArrival(from: Endpoint, sent: SentMessage): void {
    const label = describe(from.link, sent.message);
    from.planned = this.#scheduler.at(null, from.machines, label, sent.arrivesAtUs, () => this.#arrive(from), sent.sentAtUs);
  }

  onSyn(acceptor: Endpoint): void {
    const listening = this.#listening.get(acceptor.address);
    if (this.#faults.strike('refuse', acceptor.peer.machine, acceptor.machine) || listening === undefined) {
      acceptor.reset();
    } else {
      acceptor.adopt(listening.process);
      acceptor.send({ kind: 'syn-ack' });
    }
  }

  onAck(acceptor: Endpoint): void {
    const listening = this.#listening.get(acceptor.address);
    if (listening === undefined || listening.process !== acceptor.process) acceptor.reset();
    else listening.accept(acceptor);
  }

  forget(endpoint: Endpoint): void {
    this.#connections.delete(endpoint);
    this.#connections.delete(endpoint.peer);
  }

  #drawLatencyUs(from: Endpoint): number {
    const random = this.#hosts.get(from.machine)?.random;
    const { min, max } = LATENCY_US;
    return random?.integer(min, random.chance(LATE_CHANCE) ? LATE_US_MAX : max) ?? max;
  }

  #arrive(from: Endpoint): void {
    from.planned = null;
    if (this.#isReset(from)) {
      this.#breakBoth(from);
    } else if (this.#isHeld(from)) {
      this.#heldTotal++;
      this.#held.add(from);
    } else {
      from.arrive();
      if (from.pipe.length === 0) this.#shaped.delete(from);
    }
  }

  #isHeld(from: Endpoint): boolean {
    const to = from.peer;
    // A machine without power cannot refuse a connection: the dialer tries again until power returns.
    const isDialled = to.process === null && this.#hosts.get(to.machine)?.isPowered === false;
    return this.#faults.holds(from) || isDialled || this.#rules.has('stall', from.machine, to.machine);
  }

  /** Answers the messages of this endpoint with a reset. */
  #isReset({ machine, peer }: Endpoint): boolean {
    return this.#rules.has('reset', machine, peer.machine) || this.#faults.has('reset', machine, peer.machine);
  }

  /** Breaks the connections that a rule or fault resets. */
  #breakReset(): void {
    for (const end of [...this.#connections]) {
      if (this.#isReset(end) || this.#isReset(end.peer)) this.#breakBoth(end);
    }
  }

  /** Continues the held messages that no rule or fault holds any more. */
  #release(): void {
    for (const from of [...this.#held]) {
      if (this.#isHeld(from)) continue;
      this.#held.delete(from);
      const [first] = from.pipe;
      const arrivesAtUs = this.#scheduler.nowUs + this.#drawLatencyUs(from);
      if (first === undefined) from.isMoving = false;
      else this.planArrival(from, { ...first, arrivesAtUs });
    }
  }

  /** Recalculates the arrival of messages that a lifted fault delayed, under the remaining faults. */
  #hurry(directions: ReadonlySet<ShapedDirection>): void {
    for (const from of this.#shaped) {
      for (const cause of directions) {
        if (cause.from === from.machine && cause.to === from.peer.machine) this.#hurryPipe(from, cause);
      }
    }
  }

  #hurryPipe(from: Endpoint, cause: ShapedDirection): void {
    for (const sent of from.pipe) {
      if (sent.shaping?.drop(cause) === true) sent.arrivesAtUs = sent.shaping.arrivesAtUs;
    }
    const [first] = from.pipe;
    if (first === undefined || from.planned === null) return;
    this.#scheduler.cancel(from.planned);
    this.planArrival(from, first);
  }

  /** Breaks a connection: both endpoints are notified, each at its own time, and messages in transit are dropped. */
  #breakBoth(end: Endpoint): void {
    const [near, far] = [end.machine, end.peer.machine];
    // Counted once, independent of the messages that arrive before both endpoints are notified.
    if (this.#connections.has(end) || this.#connections.has(end.peer)) {
      this.#faults.strike('reset', near, far);
      this.#faults.strike('reset', far, near);
    }
    this.forget(end);
    for (const side of [end, end.peer]) {
      side.pipe.length = 0;
      side.isMoving = false;
      this.#held.delete(side);
      this.#shaped.delete(side);
      if (side.planned !== null) this.#scheduler.cancel(side.planned);
      side.planned = null;
      const label = `reset ${side.address}`;
      const atUs = this.#scheduler.nowUs + this.#drawLatencyUs(side.peer);
      this.#scheduler.at(null, side.machine, label, atUs, () => {
        if (!side.isSilent) side.break();
      });
    }
  }

  #note(what: string): void {
    this.#scheduler.record.add(this.#scheduler.nowUs, 'network', what);
  }

  #nextDialerPort(machine: string): number {
    const last = this.#dialerPorts.get(machine) ?? PORT_MAX;
    const port = last === PORT_MAX ? FIRST_DIALER_PORT : last + 1;
    this.#dialerPorts.set(machine, port);
    return port;
  }

  #freePort(machine: string): number {
    for (let port = FIRST_CHOSEN_PORT; port <= PORT_MAX; port++) {
      if (!this.#listening.has(formatAddress({ host: machine, port }))) return port;
    }
    throw new DfsError('ADDRESS_IN_USE', `Machine ${machine} has no free port`);
  }
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Resolves a host name on a machine to a machine. */
const resolveHost = (host: string, machine: string): string =>
  host === 'localhost' || host === '127.0.0.1' || host === '::1' ? machine : host;

/** A message as text for trace and digest, with a fingerprint of small contents, or the length of bulk data. */
function describe(link: string, message: Message): string {
  switch (message.kind) {
    case 'bytes':
      return `bytes ${link} ${message.bytes.length}`;
    case 'credit':
      return `credit ${link} ${message.count}`;
    case 'call':
    case 'push':
      return `${message.kind} ${link} #${message.id} ${message.path} ${fingerprint(message.bytes)}`;
    case 'open':
      return `open ${link} #${message.id} ${message.path}`;
    case 'taken':
      return `taken ${link} #${message.id} ${message.count}`;
    case 'result':
    case 'failure':
      return `${message.kind} ${link} #${message.id} ${fingerprint(message.bytes)}`;
    case 'cancel':
      return `cancel ${link} #${message.id}`;
    case 'syn':
    case 'syn-ack':
    case 'ack':
    case 'rst':
    case 'fin':
      return `${message.kind} ${link}`;
  }
}

const fingerprint = (bytes: Uint8Array): string => `${bytes.length}:${crc32Portable(bytes).toString(16)}`;
