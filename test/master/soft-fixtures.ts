/** Clocks, randomness and nodes for tests of the leader's soft state. */
import { ActiveNodes } from '../../src/master/datanodes/active-nodes.js';
import type { ActiveNode } from '../../src/master/datanodes/active-nodes.js';
import type { PlacementNode } from '../../src/master/datanodes/placement.js';
import type { Clock, Logger, Random } from '../../src/shared/runtime.js';
import { timingsOf } from '../../src/shared/profile.js';

export const GIB = 2 ** 30;
export const timings = timingsOf('fast');

/** A clock that the test moves. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void) {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(delayMs, resolve));
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.atMs - b.atMs)) {
      if (timer.atMs > this.#nowMs || !this.#timers.delete(timer)) continue;
      timer.callback();
    }
  }
}

/** Mulberry32 (Tommy Ettinger). */
export function seededRandom(seed: number): Random {
  let state = seed;
  const uint32 = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { uint32, float: () => uint32() / 2 ** 32, bytes: (count) => Uint8Array.from({ length: count }, () => uint32() & 0xff) };
}

export interface CollectedLog extends Logger {
  readonly lines: string[];
}

export function collectLog(): CollectedLog {
  const lines: string[] = [];
  const add = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const log: CollectedLog = {
    lines,
    debug: add('debug'),
    info: add('info'),
    warn: add('warn'),
    error: add('error'),
    child: () => log,
  };
  return log;
}

export function placementNode(id: string, overrides: Partial<PlacementNode> = {}): PlacementNode {
  return { id, address: `${id}:1`, rack: 'r', state: 'LIVE', disk: 'WRITABLE', freeBytes: GIB, load: 0, ...overrides };
}

export function statsOf(freeBytes = GIB) {
  const counts = { chunkCount: 0, activeWrites: 0, activeReads: 0 };
  return { capacityBytes: 2 * GIB, usedBytes: 2 * GIB - freeBytes, freeBytes, ...counts, disk: null };
}

/** Registered, live, and reported in term 1. */
export function liveNodes(
  count: number,
  clock: Clock,
): { readonly nodes: ActiveNodes; readonly node: (i: number) => ActiveNode } {
  const nodes = new ActiveNodes(1, timings);
  nodes.beginTerm(1, clock.nowMs());
  for (let i = 1; i <= count; i += 1) {
    const id = `dn-${i}`;
    const registration = {
      id,
      incarnation: `i-${i}`,
      address: `${id}:1`,
      rack: `r-${i}`,
      runId: '',
      acceptedTerm: 1,
      stats: statsOf(),
    };
    nodes.register(registration, clock.nowMs()).hasReported = true;
  }
  const node = (i: number): ActiveNode => nodes.get(`dn-${i}`)!;
  return { nodes, node };
}
