/** The network of a simulated group: delays, reorders, duplicates and drops messages, and is cut one way or both. */
import { decodeMessage, encodeMessage } from '../../../src/master/consensus/raft-codec.js';
import { messageCodec } from '../../../src/protocol/messages.js';
import type { RaftMessage, RaftMessage__Output } from '../../../src/protocol/generated/distrifs/v1/RaftMessage.js';
import type { Message } from '../../../src/raft/types.js';
import { describe } from '../../raft/sim/trace-line.js';
import type { GroupSimulation } from './group-simulation.js';

const codec = messageCodec<RaftMessage, RaftMessage__Output>('RaftMessage');
const CALM_LATENCY_MS_MAX = 2;
const LATE = 20;

export class GroupNetwork {
  /** `from>to` of links that let nothing through. */
  readonly cuts = new Set<string>();
  readonly #sim: GroupSimulation;

  constructor(sim: GroupSimulation) {
    this.#sim = sim;
  }

  /** Cuts the links from each of `from` to each of `to`, that way only. */
  cut(from: readonly string[], to: readonly string[]): void {
    for (const a of from) for (const b of to) if (a !== b) this.cuts.add(`${a}>${b}`);
  }

  send(message: Message): void {
    const { random, plan, isCalm } = this.#sim;
    this.#sim.trace(() => describe(message));
    this.#carry(message);
    if (!isCalm && random.chance(plan.duplicateChance)) this.#carry(message);
  }

  #carry(message: Message): void {
    const { random, plan, isCalm, clock } = this.#sim;
    if (!isCalm && random.chance(plan.lossChance)) return;
    let latencyMs = 1 + random.next() * (isCalm ? CALM_LATENCY_MS_MAX : plan.latencyMsMax);
    if (!isCalm && random.chance(plan.lateChance)) latencyMs *= LATE;
    const bytes = plan.usesCodec ? codec.encode(encodeMessage(message)) : null;
    clock.setTimer(latencyMs, () => {
      if (this.cuts.has(`${message.from.id}>${message.to.id}`)) return;
      const received = bytes === null ? message : decodeMessage(codec.decode(bytes));
      this.#sim.find(message.to.id)?.receive(received);
    });
  }
}
