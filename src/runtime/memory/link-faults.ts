/** Faults of the directions between simulated machines: the active faults of each direction, and their effects on messages. */
import type { Endpoint, Message } from './connection.js';
import type { LinkFault, LinkFaultKind } from '../faults/link-fault.js';
import { InjectedFault, type CountedFault } from '../faults/injected-fault.js';
import type { SeededRandom } from '../faults/seeded-random.js';
import { Shaping, type ShapedDirection } from './shaping.js';

/** Size of the headers, and of a message without contents. */
const OVERHEAD_BYTES = 64;

/** An active fault of one direction. */
interface DirectedFault extends ShapedDirection {
  readonly injected: InjectedFault<LinkFault>;
  /** Endpoints whose messages a stall holds: each is counted once. */
  readonly holding: Set<Endpoint>;
}

export class LinkFaults {
  /** In the order of injection: by sending machine, then by receiving machine. */
  readonly #directions = new Map<string, Map<string, DirectedFault[]>>();

  /**
   * Injects a fault for every pair of different machines.
   * @param onLift called with the affected directions when the fault is lifted
   */
  inject(
    fault: LinkFault,
    from: readonly string[],
    to: readonly string[],
    nowUs: number,
    onLift: (directions: ReadonlySet<ShapedDirection>) => void,
  ): CountedFault {
    const directed = new Set<DirectedFault>();
    const injected = new InjectedFault(fault, nowUs, () => {
      for (const one of directed) this.#remove(one);
      onLift(directed);
    });
    for (const source of new Set(from)) {
      for (const target of new Set(to)) {
        if (source === target) continue;
        const one = { injected, from: source, to: target, freeAtUs: 0, holding: new Set<Endpoint>() };
        directed.add(one);
        this.#list(source, target).push(one);
      }
    }
    return injected;
  }

  has(kind: LinkFaultKind, from: string, to: string): boolean {
    return this.#of(from, to).some(({ injected }) => injected.fault.kind === kind);
  }

  /** Counts one more effect of every such fault of a direction; returns whether one exists. */
  strike(kind: LinkFaultKind, from: string, to: string): boolean {
    let isStruck = false;
    for (const { injected } of this.#of(from, to)) {
      if (injected.fault.kind !== kind) continue;
      injected.hits++;
      isStruck = true;
    }
    return isStruck;
  }

  /** Returns whether a stall holds the messages of an endpoint; a stall counts each endpoint once. */
  holds(end: Endpoint): boolean {
    let isHeld = false;
    for (const { injected, holding } of this.#of(end.machine, end.peer.machine)) {
      if (injected.fault.kind !== 'stall') continue;
      isHeld = true;
      if (holding.has(end)) continue;
      holding.add(end);
      injected.hits++;
    }
    return isHeld;
  }

  /**
   * The effect of the direction's delays and slow links on a message that is sent now; null without such faults.
   * @param latencyUs latency without faults
   * @param random source of the jitter, used only by active faults
   */
  shape(end: Endpoint, message: Message, nowUs: number, latencyUs: number, random: SeededRandom | undefined): Shaping | null {
    let shaping: Shaping | null = null;
    for (const directed of this.#of(end.machine, end.peer.machine)) {
      const { fault } = directed.injected;
      if (fault.kind !== 'delay' && fault.kind !== 'bandwidth') continue;
      directed.injected.hits++;
      shaping ??= new Shaping(nowUs, latencyUs);
      if (fault.kind === 'delay') {
        const jitterUs = (random?.float() ?? 0) * fault.jitterMs * 1_000;
        shaping.delay(directed, Math.floor(fault.delayMs * 1_000 + jitterUs));
      } else {
        shaping.queue(directed, Math.ceil((sizeBytes(message) * 1_000_000) / fault.bytesPerSecond));
      }
    }
    return shaping;
  }

  #of(from: string, to: string): readonly DirectedFault[] {
    // Called for every message: must be cheap without faults.
    if (this.#directions.size === 0) return NONE;
    return this.#directions.get(from)?.get(to) ?? NONE;
  }

  #list(from: string, to: string): DirectedFault[] {
    let targets = this.#directions.get(from);
    if (targets === undefined) this.#directions.set(from, (targets = new Map<string, DirectedFault[]>()));
    let list = targets.get(to);
    if (list === undefined) targets.set(to, (list = []));
    return list;
  }

  #remove(one: DirectedFault): void {
    const targets = this.#directions.get(one.from);
    const list = targets?.get(one.to);
    if (targets === undefined || list === undefined) return;
    list.splice(list.indexOf(one), 1);
    if (list.length === 0) targets.delete(one.to);
    if (targets.size === 0) this.#directions.delete(one.from);
  }
}

const NONE: readonly DirectedFault[] = [];

function sizeBytes(message: Message): number {
  return OVERHEAD_BYTES + ('bytes' in message ? message.bytes.length : 0);
}

/** A fault as one line of the record. */
export function linkFaultText(fault: LinkFault): string {
  switch (fault.kind) {
    case 'delay':
      return `delay ${fault.delayMs}+${fault.jitterMs} ms`;
    case 'bandwidth':
      return `bandwidth ${fault.bytesPerSecond} B/s`;
    case 'stall':
    case 'reset':
    case 'refuse':
      return fault.kind;
  }
}
