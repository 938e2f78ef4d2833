/**
 * One connection through the fabric, from the dialler's CONNECT to the last byte.
 *
 *   head ──▶ waiting ──▶ dialling ──▶ open ──▶ closed
 *              ▲  │          │
 *              └──┴──────────┘   waiting: a direction is stalled, so CONNECT stays unanswered (it needs both).
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { HEAD_BYTES_MAX, isRefusal, parseConnectHead } from './connect-head.js';
import { FabricLane } from './fabric-lane.js';
import type { FabricAction, RuleTable } from './fabric-rules.js';
import { resetSocket } from './reset-socket.js';
import type { LinkBook, MutableLinkCounters } from './link-counters.js';

/** A dialler that sends no complete head by then is cut off. */
const HEAD_TIMEOUT_MS = 5_000;
const DIAL_TIMEOUT_MS = 5_000;
/** What a dialler may send before its CONNECT is answered. */
const EARLY_BYTES_MAX = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

/** A node of the lab, and where to dial it. */
export interface RoutedNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** What a connection needs of the fabric it belongs to. */
export interface FabricContext {
  readonly token: string;
  readonly links: LinkBook;
  rules(): RuleTable;
  /** The node at an address, if it is one of the lab's. */
  route(address: string): RoutedNode | undefined;
}

/** Names a client may take: they end up in counters and messages. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

type Phase = 'head' | 'waiting' | 'dialling' | 'open' | 'closed';

interface Route {
  readonly source: string;
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** Of the dialler's direction. */
  readonly counters: MutableLinkCounters;
}

export class FabricConnection {
  readonly #context: FabricContext;
  readonly #dialler: Socket;
  readonly #onClosed: () => void;
  #phase: Phase = 'head';
  #early: Buffer = Buffer.alloc(0);
  #route: Route | null = null;
  #upstream: Socket | null = null;
  #lanes: { readonly out: FabricLane; readonly back: FabricLane } | null = null;
  #diallerGone = false;
  #countedAsHeld = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param onClosed called once, when both sockets are gone */
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

  /** Follows a new rule table. */
  applyRules(): void {
    const route = this.#route;
    if (route === null || this.#bothGone()) return;
    const out = this.#actionOut(route);
    const back = this.#actionBack(route);
    if (out === 'reset' || back === 'reset') {
      route.counters.resets++;
      this.reset();
    } else if (this.#lanes !== null) {
      this.#lanes.out.setFlowing(out === 'pass');
      this.#lanes.back.setFlowing(back === 'pass');
      this.#dropWhenBothGone();
    } else {
      this.#proceed(route);
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
    else if (this.#early.length > HEAD_BYTES_MAX) this.#refuse(431, 'Request Header Fields Too Large');
  };

  /** Who stops talking before the answer has given up. */
  readonly #onEarlyEnd = (): void => {
    this.#dialler.destroy();
  };

  #onHead(end: number): void {
    clearTimeout(this.#timer);
    const head = parseConnectHead(this.#early.toString('latin1', 0, end));
    this.#early = this.#early.subarray(end + HEAD_END.length);
    if (isRefusal(head)) {
      this.#refuse(head.status, head.reason);
    } else if (head.password !== this.#context.token || !IDENTITY.test(head.user)) {
      this.#refuse(407, 'Proxy Authentication Required');
    } else {
      const node = this.#context.route(head.target);
      if (node === undefined) this.#refuse(403, 'Forbidden');
      else this.#admit(head.user, node);
    }
  }

  #admit(source: string, { id, host, port }: RoutedNode): void {
    this.#route = { source, target: id, host, port, counters: this.#context.links.link(source, id) };
    this.#phase = 'waiting';
    this.applyRules();
  }

  /** Goes one step towards an open connection, as far as the rules let it. */
  #proceed(route: Route): void {
    if (this.#actionOut(route) !== 'pass' || this.#actionBack(route) !== 'pass') {
      if (!this.#countedAsHeld) route.counters.heldConnections++;
      this.#countedAsHeld = true;
    } else if (this.#phase === 'waiting') {
      this.#phase = 'dialling';
      this.#dial(route);
    } else if (this.#phase === 'dialling' && this.#upstream?.readyState === 'open') {
      this.#open(route, this.#upstream);
    }
  }

  #dial(route: Route): void {
    const upstream = connect({ host: route.host, port: route.port, allowHalfOpen: true, noDelay: true });
    this.#upstream = upstream;
    this.#timer = setTimeout(() => upstream.destroy(), DIAL_TIMEOUT_MS);
    upstream.on('error', () => undefined);
    upstream.on('connect', () => {
      clearTimeout(this.#timer);
      // Checked again: a cut that came meanwhile keeps the answer back.
      this.#proceed(route);
    });
    upstream.on('close', (hadError) => this.#onUpstreamClosed(route, hadError));
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
    clearTimeout(this.#timer);
    if (this.#lanes !== null) {
      this.#lanes.out.targetClosed();
      this.#lanes.back.sourceClosed(hadError);
    } else {
      this.#upstream = null;
      if (!this.#diallerGone) this.#onDialFailed(route);
    }
    this.#dropWhenBothGone();
  }

  /** A refusal is news from the other side, too: it waits for heal, and is asked for again then. */
  #onDialFailed(route: Route): void {
    if (this.#actionOut(route) === 'pass' && this.#actionBack(route) === 'pass') {
      this.#refuse(502, 'Bad Gateway');
    } else {
      this.#phase = 'waiting';
      this.#proceed(route);
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

  #refuse(status: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#dialler.off('data', this.#onEarlyData);
    this.#dialler.resume();
    this.#dialler.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    this.#dialler.destroySoon();
  }

  #actionOut(route: Route): FabricAction {
    return this.#context.rules().actionFor(route.source, route.target);
  }

  #actionBack(route: Route): FabricAction {
    return this.#context.rules().actionFor(route.target, route.source);
  }
}
