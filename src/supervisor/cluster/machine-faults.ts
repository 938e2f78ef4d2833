/**
 * Faults of one node's disk, clock and CPU, over all its lives: injected again in each, so that a restart does not mend a broken disk,
 * with what they did in all lives summed up.
 */
import { DfsError } from '../../shared/errors.js';
import type { CpuFault, MachineFault } from '../api/fault.js';
import type { HostFault } from '../host/host-orders.js';
import type { NodeProcess } from '../host/node-host.js';

/** What a life knew last is asked for this often, for it may end at any moment without notice. */
const LOOK_MS = 200;
const PERCENT_MAX = 99;

/** An active fault on one node. */
export interface NodeFault {
  /** In all lives so far. */
  effects(): Promise<number>;
  /** Harmless when it has ended. */
  lift(): Promise<void>;
}

interface InForce {
  readonly id: number;
  readonly fault: MachineFault;
  readonly limitBytes: number | undefined;
  readonly sinceMs: number;
  /** Of lives that are over. */
  before: number;
  /** Of this life, as far as it is known. */
  now: number;
}

interface SlowCpu {
  readonly percent: number;
  held: number;
}

export class MachineFaults {
  readonly #inForce = new Map<number, InForce>();
  readonly #slow = new Map<number, SlowCpu>();
  /** The life that has its faults; null: none was launched. */
  #life: NodeProcess | null = null;
  #heldSeen = 0;
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  /** The faults that must be active before the first step of a life that begins now. */
  get active(): readonly HostFault[] {
    return [...this.#inForce.values()].map(activeOf);
  }

  /** A life is launched, with these faults. */
  launched(life: NodeProcess): void {
    this.#life = life;
    this.#heldSeen = 0;
    life.throttle(this.#percent());
    void life.exited.then(() => this.#ended(life));
  }

  /** @param limitBytes of `fill` @throws DfsError when the node refuses */
  async inject(fault: MachineFault, limitBytes?: number): Promise<NodeFault> {
    const inForce: InForce = { id: ++this.#lastId, fault, limitBytes, sinceMs: performance.now(), before: 0, now: 0 };
    this.#inForce.set(inForce.id, inForce);
    const life = this.#life;
    try {
      await life?.inject(activeOf(inForce));
    } catch (error) {
      // It ended meanwhile: the next life begins with it.
      if (this.#life === life) {
        this.#inForce.delete(inForce.id);
        throw error;
      }
    }
    // It may have been lifted meanwhile.
    if (this.#inForce.has(inForce.id)) this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
    return { effects: () => this.#effects(inForce), lift: () => this.#lift(inForce) };
  }

  /** @throws DfsError INVALID_ARGUMENT */
  slow({ percent }: CpuFault): NodeFault {
    if (!(percent >= 1 && percent <= PERCENT_MAX)) {
      throw new DfsError('INVALID_ARGUMENT', `slow-cpu by ${percent} %: take 1 to ${PERCENT_MAX}`);
    }
    const id = ++this.#lastId;
    this.#countHeld();
    const slow: SlowCpu = { percent, held: 0 };
    this.#slow.set(id, slow);
    this.#life?.throttle(this.#percent());
    return {
      effects: async () => {
        this.#countHeld();
        return slow.held;
      },
      lift: async () => {
        this.#countHeld();
        if (this.#slow.delete(id)) this.#life?.throttle(this.#percent());
      },
    };
  }

  /** Ends all of them. */
  async liftAll(): Promise<void> {
    this.#slow.clear();
    this.#life?.throttle(0);
    await Promise.all([...this.#inForce.values()].map((inForce) => this.#lift(inForce)));
  }

  async #lift(inForce: InForce): Promise<void> {
    if (!this.#inForce.delete(inForce.id)) return;
    if (this.#inForce.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    inForce.now = Math.max(inForce.now, (await this.#life?.lift(inForce.id).catch(() => 0)) ?? 0);
  }

  async #effects(inForce: InForce): Promise<number> {
    if (this.#inForce.has(inForce.id)) await this.#ask(inForce);
    return inForce.before + inForce.now;
  }

  async #look(): Promise<void> {
    await Promise.all([...this.#inForce.values()].map((inForce) => this.#ask(inForce)));
  }

  async #ask(inForce: InForce): Promise<void> {
    const life = this.#life;
    const hits = (await life?.hits(inForce.id).catch(() => 0)) ?? 0;
    if (this.#life === life) inForce.now = Math.max(inForce.now, hits);
  }

  async #ended(life: NodeProcess): Promise<void> {
    if (this.#life !== life) return;
    this.#countHeld();
    this.#life = null;
    for (const inForce of this.#inForce.values()) {
      const last = inForce.now;
      inForce.now = 0;
      const hits = await life.hits(inForce.id).catch(() => 0);
      inForce.before += Math.max(last, hits);
    }
  }

  /** Several slow it down to what the strongest leaves. */
  #percent(): number {
    return Math.max(0, ...[...this.#slow.values()].map(({ percent }) => percent));
  }

  /** Credits what was held since the last look to the active faults. */
  #countHeld(): void {
    if (this.#life === null) return;
    const { heldPeriods } = this.#life;
    for (const slow of this.#slow.values()) slow.held += heldPeriods - this.#heldSeen;
    this.#heldSeen = heldPeriods;
  }
}

function activeOf({ id, fault, limitBytes, sinceMs }: InForce): HostFault {
  const ageMs = Math.round(performance.now() - sinceMs);
  return { id, fault, ageMs, ...(limitBytes === undefined ? {} : { limitBytes }) };
}
