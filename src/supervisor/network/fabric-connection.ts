/**
 * One connection through the fabric, from the dialler's CONNECT to the last byte.
 *
 *   head ──▶ going ──▶ dialling ──▶ returning ──▶ open ──▶ closed
 *
 * In state `going`, CONNECT is delayed as long as the direction to the target is; in state `returning`, the answer likewise. While
 * either direction is stalled neither state ends, and CONNECT stays unanswered, because it needs both directions.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { HEAD_BYTES_MAX, isRefusal, parseConnectHead } from './connect-head.js';
import { FabricLane } from './fabric-lane.js';
import type { DirectedFault, ActiveLinkFaults } from './active-link-faults.js';
import { Lateness } from './lateness.js';
import { resetSocket } from './reset-socket.js';
import type { LinkBook, MutableLinkCounters } from './link-counters.js';

/** Timeout of the head: a dialler without a complete head by then is disconnected. */
const HEAD_TIMEOUT_MS = 5_000;
const DIAL_TIMEOUT_MS = 5_000;
/** Limit of bytes that a dialler may send before its CONNECT is answered. */
const EARLY_BYTES_MAX = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

/** A node of the lab, and its address. */
export interface RoutedNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** The interface of the fabric for its connections. */
export interface FabricContext {
  readonly token: string;
  readonly links: LinkBook;
  readonly faults: ActiveLinkFaults;
  /** The node at an address; undefined for an address outside the lab. */
  route(address: string): RoutedNode | undefined;
}

/** Whether a client name is allowed: names appear in counters and messages. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

type Phase = 'head' | 'going' | 'dialling' | 'returning' | 'open' | 'closed';

interface Route {
  readonly source: string;
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** State of the dialler's direction. */
  readonly counters: MutableLinkCounters;
}

/** Start of the way of CONNECT or its answer. */
interface Leg {
  readonly sinceMs: number;
  readonly lateness: Lateness;
}

/** The active faults: from the dialler to the target, and back. */
interface BothWays {
  readonly out: readonly DirectedFault[];
  readonly back: readonly DirectedFault[];
}

export class FabricConnection {
  readonly #context: FabricContext;
  readonly #dialler: Socket;
  readonly #onClosed: () => void;
  #phase: Phase = 'head';
  #early: Buffer = Buffer.alloc(0);
  #route: Route | null = null;
  #leg: Leg | null = null;
  #upstream: Socket | null = null;
  #lanes: { readonly out: FabricLane; readonly back: FabricLane } | null = null;
  #diallerGone = false;
  #countedAsHeld = false;
  /** Active stalls that keep CONNECT unanswered and were counted. */
  readonly #heldBy = new Set<DirectedFault>();
  /** True when the connection was open when a machine at one of its ends lost power. */
  #isDoomed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onClosed called once, when both sockets are closed */
  constructor(context: FabricContext, dialler: Socket, onClosed: () => void) {
    this.#context = context;
    this.#dialler = dialler;
    this.#onClosed = onClosed;
    dialler.setNoDelay(true);
    dialler.on('error', () => undefined);
    dialler.on('close', (hadError) => this.#onDiallerClosed(hadError));
    dialler.on('data', this.#onEarlyData);
    dialler.on('end', this.#onEarlyEnd);
    this.#timer = setTimeout(() => dialler.destroy(), HEAD_TIMEOUT_MS);
  }

  /** Applies a new rule table. */
  applyRules(): void {
    const route = this.#route;
    if (route === null || this.#bothGone()) return;
    const { out, back } = this.#inForce(route);
    const all = [...out, ...back];
    const resets = all.filter(({ effect }) => effect.kind === 'reset');
    const isFrozen = all.some(({ effect }) => effect.kind === 'freeze');
    if (isFrozen && this.#lanes !== null) this.#isDoomed = true;
    if (resets.length > 0) {
      // A fault in both directions counts a connection once.
      const once = new Map(resets.map((fault) => [fault.effect.id, fault]));
      for (const fault of once.values()) fault.countEffect();
      route.counters.resets++;
      this.reset();
    } else if (this.#lanes === null) {
      this.#proceed(route);
    } else if (this.#isDoomed && !all.some(({ isHolding }) => isHolding)) {
      route.counters.resets++;
      this.reset();
    } else {
      this.#lanes.out.setFaults(out);
      this.#lanes.back.setFaults(back);
      this.#dropWhenBothGone();
    }
  }

  /** Breaks both sides with RST. */
  reset(): void {
    resetSocket(this.#dialler);
    if (this.#upstream !== null) resetSocket(this.#upstream);
  }

  readonly #onEarlyData = (chunk: Buffer): void => {
    this.#early = this.#early.length === 0 ? chunk : Buffer.concat([this.#early, chunk]);
    if (this.#phase !== 'head') {
      if (this.#early.length >= EARLY_BYTES_MAX) this.#dialler.pause();
      return;
    }
    const end = this.#early.indexOf(HEAD_END);
    if (end >= 0 && end <= HEAD_BYTES_MAX) this.#onHead(end);
    else if (this.#early.length > HEAD_BYTES_MAX) this.#answerNo(431, 'Request Header Fields Too Large');
  };

  /** A dialler that ends the connection before the answer has given up. */
  readonly #onEarlyEnd = (): void => {
    this.#dialler.destroy();
  };

  #onHead(end: number): void {
    clearTimeout(this.#timer);
    const head = parseConnectHead(this.#early.toString('latin1', 0, end));
    this.#early = this.#early.subarray(end + HEAD_END.length);
    if (isRefusal(head)) {
      this.#answerNo(head.status, head.reason);
    } else if (head.password !== this.#context.token || !IDENTITY.test(head.user)) {
      this.#answerNo(407, 'Proxy Authentication Required');
    } else {
      const node = this.#context.route(head.target);
      if (node === undefined) this.#answerNo(403, 'Forbidden');
      else this.#admit(head.user, node);
    }
  }

  #admit(source: string, { id, host, port }: RoutedNode): void {
    this.#route = { source, target: id, host, port, counters: this.#context.links.link(source, id) };
    this.#phase = 'going';
    this.applyRules();
  }

  /** Advances towards an open connection, as far as the rules allow. */
  #proceed(route: Route): void {
    if (this.#diallerGone || (this.#phase !== 'going' && this.#phase !== 'returning')) return;
    clearTimeout(this.#timer);
    const { out, back } = this.#inForce(route);
    const ahead = this.#phase === 'going' ? out : back;
    this.#leg ??= { sinceMs: performance.now(), lateness: new Lateness(ahead) };
    if (this.#isHeld(route, ahead) || this.#isHeld(route, this.#phase === 'going' ? back : out)) return;
    const leftMs = this.#leg.sinceMs + this.#leg.lateness.totalMs(ahead) - performance.now();
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.#proceed(route), Math.ceil(leftMs));
      return;
    }
    this.#leg = null;
    if (this.#phase === 'returning') {
      this.#answer(route);
    } else if (this.#isRefused(route, out)) {
      this.#return(route);
    } else {
      this.#phase = 'dialling';
      this.#dial(route);
    }
  }

  /** Whether a stall keeps CONNECT unanswered; counts the stall once. */
  #isHeld({ counters }: Route, faults: readonly DirectedFault[]): boolean {
    const holding = faults.filter(({ isHolding }) => isHolding);
    if (holding.length === 0) return false;
    if (!this.#countedAsHeld) counters.heldConnections++;
    this.#countedAsHeld = true;
    for (const fault of holding) {
      if (this.#heldBy.has(fault)) continue;
      this.#heldBy.add(fault);
      fault.countEffect();
    }
    return true;
  }

  #isRefused({ counters }: Route, out: readonly DirectedFault[]): boolean {
    const refusing = out.filter(({ effect }) => effect.kind === 'refuse');
    for (const fault of refusing) fault.countEffect();
    if (refusing.length > 0) counters.refusals++;
    return refusing.length > 0;
  }

  /** The target, or the system in its place, has answered. */
  #return(route: Route): void {
    this.#phase = 'returning';
    this.#proceed(route);
  }

  #dial(route: Route): void {
    const upstream = connect({ host: route.host, port: route.port, allowHalfOpen: true, noDelay: true });
    this.#upstream = upstream;
    this.#timer = setTimeout(() => upstream.destroy(), DIAL_TIMEOUT_MS);
    upstream.on('error', () => undefined);
    upstream.on('connect', () => {
      clearTimeout(this.#timer);
      // The rules are checked again: a partition that started meanwhile holds the answer.
      this.#return(route);
    });
    upstream.on('close', (hadError) => this.#onUpstreamClosed(route, hadError));
  }

  #answer(route: Route): void {
    if (this.#upstream?.readyState === 'open') this.#open(route, this.#upstream);
    else this.#answerNo(502, 'Bad Gateway');
  }

  #open(route: Route, upstream: Socket): void {
    this.#phase = 'open';
    route.counters.connections++;
    const dialler = this.#dialler;
    dialler.off('data', this.#onEarlyData).off('end', this.#onEarlyEnd);
    dialler.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const out = new FabricLane(dialler, upstream, route.counters);
    const back = new FabricLane(upstream, dialler, this.#context.links.link(route.target, route.source));
    this.#lanes = { out, back };
    const inForce = this.#inForce(route);
    out.setFaults(inForce.out);
    back.setFaults(inForce.back);
    out.open(this.#early);
    back.open();
    this.#early = Buffer.alloc(0);
  }

  #onDiallerClosed(hadError: boolean): void {
    clearTimeout(this.#timer);
    this.#diallerGone = true;
    if (this.#lanes === null) {
      this.#upstream?.destroy();
    } else {
      this.#lanes.back.targetClosed();
      this.#lanes.out.sourceClosed(hadError);
    }
    this.#dropWhenBothGone();
  }

  #onUpstreamClosed(route: Route, hadError: boolean): void {
    if (this.#lanes !== null) {
      this.#lanes.out.targetClosed();
      this.#lanes.back.sourceClosed(hadError);
    } else {
      this.#upstream = null;
      this.#onDialFailed(route);
    }
    this.#dropWhenBothGone();
  }

  /** A refusal is information from the other side, too: it is held until the heal, and the target is then dialled again. */
  #onDialFailed(route: Route): void {
    if (this.#diallerGone) return;
    const { out, back } = this.#inForce(route);
    if ([...out, ...back].some(({ isHolding }) => isHolding)) {
      clearTimeout(this.#timer);
      this.#leg = null;
      this.#phase = 'going';
      this.#proceed(route);
    } else if (this.#phase === 'dialling') {
      clearTimeout(this.#timer);
      this.#return(route);
    }
  }

  #dropWhenBothGone(): void {
    if (this.#phase === 'closed' || !this.#diallerGone || !this.#bothGone()) return;
    this.#phase = 'closed';
    this.#onClosed();
  }

  #bothGone(): boolean {
    return this.#dialler.destroyed && (this.#upstream === null || this.#upstream.destroyed);
  }

  #answerNo(status: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#dialler.off('data', this.#onEarlyData);
    this.#dialler.resume();
    this.#dialler.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    this.#dialler.destroySoon();
  }

  #inForce({ source, target }: Route): BothWays {
    const { faults } = this.#context;
    return { out: faults.on(source, target), back: faults.on(target, source) };
  }
}
