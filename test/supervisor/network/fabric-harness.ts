/** A fabric with two nodes and raw TCP ends, for tests of what it does to bytes and connections. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import { FabricServer } from '../../../src/supervisor/network/fabric-server.js';
import type { FabricFault, LinkEffect } from '../../../src/supervisor/network/fabric-rules.js';
import type { LinkCounters } from '../../../src/supervisor/network/link-counters.js';
import { until } from '../../until.js';

type PlainEffect = Extract<LinkEffect, { readonly kind: 'stall' | 'freeze' | 'reset' | 'refuse' }>['kind'];
export type Rule = readonly [source: string, target: string, ...effects: (LinkEffect | PlainEffect)[]];

const wholeEffect = (effect: LinkEffect | PlainEffect): LinkEffect => (typeof effect === 'string' ? { kind: effect } : effect);

export const TOKEN = 'secret';

/** One end of a connection: remembers what arrived and how it ended. */
export class End {
  readonly chunks: Buffer[] = [];
  ended = false;
  closed = false;
  error: string | null = null;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    socket.on('end', () => (this.ended = true));
    socket.on('close', () => (this.closed = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code ?? error.message));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }
}

/** Turns of the event loop, and of the kernel's loopback, in which a byte would pass if it could. */
const SETTLED_ROUND_TRIPS = 20;

export class FabricHarness {
  readonly accepted: End[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #ids = new Map<string, number>();
  readonly #hits = new Map<number, number>();

  private constructor(
    readonly fabric: FabricServer,
    readonly target: Server,
  ) {}

  /** The fabric knows one node, `b`; diallers call themselves what they like. */
  static async start(): Promise<FabricHarness> {
    const fabric = await FabricServer.start({ listen: ['127.0.0.1:0'], token: TOKEN });
    const target = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const harness = new FabricHarness(fabric, target);
    target.on('connection', (socket) => {
      harness.#sockets.add(socket);
      harness.accepted.push(new End(socket));
    });
    fabric.setNodes([{ id: 'b', address: harness.targetAddress, ownsHost: false }]);
    return harness;
  }

  get targetAddress(): string {
    return `127.0.0.1:${(this.target.address() as AddressInfo).port}`;
  }

  /** Sends `head` to the fabric as it is. */
  async raw(head: string): Promise<End> {
    const socket = connect({
      port: Number(this.fabric.address.split(':')[1]),
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    });
    this.#sockets.add(socket);
    const end = new End(socket);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write(head);
    return end;
  }

  /**
   * Resolves when everything that could pass has passed: the fabric runs on this thread, and the kernel hands loopback bytes over in
   * order, so that bytes which were free to go are there before those of later round trips beside the fabric.
   */
  async settled(): Promise<void> {
    const echo = createServer((socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const socket = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    try {
      for (let count = 0; count < SETTLED_ROUND_TRIPS; count++) {
        socket.write('.');
        await once(socket, 'data');
      }
    } finally {
      socket.destroy();
      await new Promise<void>((resolve) => echo.close(() => resolve()));
    }
  }

  connectHead(user: string, password = TOKEN, target = this.targetAddress): string {
    const credentials = Buffer.from(`${user}:${password}`).toString('base64');
    return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`;
  }

  /** An open connection a → b, both ends, the answer to CONNECT already taken away. */
  async open(user = 'a'): Promise<{ readonly a: End; readonly b: End }> {
    const before = this.accepted.length;
    const a = await this.raw(this.connectHead(user));
    await until(() => a.text.endsWith('\r\n\r\n') && this.accepted.length > before, 'an open connection');
    if (!a.text.startsWith('HTTP/1.1 200 ')) throw new Error(a.text);
    a.chunks.length = 0;
    return { a, b: this.accepted[before]! };
  }

  /** Replaces all rules by the given ones, each [source, target, effect, effect …]. One that was there before stays what it was. */
  rules(...rules: readonly Rule[]): void {
    const faults: FabricFault[] = [];
    const table = rules.map(([source, target, ...effects]) => ({
      source,
      target,
      faults: effects.map((effect) => {
        const whole = wholeEffect(effect);
        const id = this.#idOf(source, target, whole);
        faults.push({ ...whole, id });
        return id;
      }),
    }));
    for (const { id, hits } of this.fabric.setRules({ faults, rules: table })) this.#hits.set(id, hits);
  }

  /** How often a rule's fault struck, also when it is over. */
  hits(source: string, target: string, effect: LinkEffect | PlainEffect): number {
    for (const { id, hits } of this.fabric.hits()) this.#hits.set(id, hits);
    return this.#hits.get(this.#idOf(source, target, wholeEffect(effect))) ?? 0;
  }

  #idOf(source: string, target: string, effect: LinkEffect): number {
    const key = JSON.stringify([source, target, effect]);
    const id = this.#ids.get(key) ?? this.#ids.size + 1;
    this.#ids.set(key, id);
    return id;
  }

  link(source: string, target: string): LinkCounters | undefined {
    return this.fabric.counters().find((link) => link.source === source && link.target === target);
  }

  /** Ends all sockets of the test, then tells how many connections the fabric still has; closes it. */
  async leftAfterClose(): Promise<number> {
    this.fabric.setRules({ faults: [], rules: [] });
    for (const socket of this.#sockets) socket.destroy();
    await until(() => this.fabric.connections === 0, 'the fabric has let go of all connections');
    const left = this.fabric.connections;
    await this.close();
    return left;
  }

  async close(): Promise<void> {
    await this.fabric.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.target.close(() => resolve()));
  }
}
