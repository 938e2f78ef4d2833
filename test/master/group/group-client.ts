/** A client of a simulated group: one request at a time, asked again wherever somebody may lead, until it has the first answer. */
import type { GroupMember } from './group-member.js';
import type { GroupSimulation } from './group-simulation.js';
import { encodeCommand } from './register-state.js';

const REGISTERS = 4;
/** Before a request is made again somewhere, though nobody has refused it. */
const PATIENCE_TICKS = 15;

interface Request {
  readonly text: string;
  /** What was shown to clients before it was made first. */
  readonly floor: number;
  /** Nobody works on it, or its answer takes too long from then on. */
  retryAtMs: number;
}

export class GroupClient {
  readonly #sim: GroupSimulation;
  readonly #name: string;
  #count = 0;
  #request: Request | null = null;

  constructor(sim: GroupSimulation, name: string) {
    this.#sim = sim;
    this.#name = name;
  }

  get isWaiting(): boolean {
    return this.#request !== null;
  }

  /** Makes a request, or makes it again, or waits. */
  act(target: GroupMember): void {
    const { random, judge, clock, plan } = this.#sim;
    if (this.#request === null) {
      this.#count += 1;
      const what = random.chance(0.5) ? 'add' : `set r${random.between(1, REGISTERS)} ${random.between(1, 999)}`;
      this.#request = { text: `${this.#name}#${this.#count} ${what}`, floor: judge.shown, retryAtMs: 0 };
    }
    const request = this.#request;
    const { life } = target;
    if (clock.nowMs() < request.retryAtMs || life === null || !target.isAwake) return;
    request.retryAtMs = clock.nowMs() + PATIENCE_TICKS * plan.tickMs;
    const [id = ''] = request.text.split(' ');
    this.#sim.trace(() => `${target.name} is asked for ${request.text}`);
    life.driver.propose(encodeCommand(request.text)).then(
      (answer) => {
        // An attempt that comes late finds that its client has gone on: nobody waits for its answer.
        if (this.#request !== request && answer.index === 0) return;
        this.#request = this.#request === request ? null : this.#request;
        this.#sim.acknowledge(id, answer, request.floor, target);
      },
      () => {
        if (this.#request === request) request.retryAtMs = 0;
      },
    );
  }
}
