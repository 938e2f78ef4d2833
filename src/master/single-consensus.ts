/** A group of one over master.log: each proposal is appended, synced and applied, in order. */
import type { RaftStatus } from '../raft/raft-node.js';
import { DfsError } from '../shared/errors.js';
import type { Consensus } from './consensus/consensus.js';
import type { Wal } from './log/wal.js';
import { logEntryCodec } from './proposer.js';
import type { Answer } from './state/answer.js';
import type { StateMachine } from './state/state-machine.js';

export class SingleConsensus implements Consensus {
  readonly #masterId: string;
  readonly #wal: Wal;
  readonly #machine: StateMachine;
  readonly #term: number;
  readonly #onBug: (error: Error) => void;
  #lastIndex: number;
  #failure: DfsError | null = null;

  /** @param onBug called when an entry cannot be applied: the state is no longer to be trusted */
  constructor(masterId: string, wal: Wal, machine: StateMachine, term: number, onBug: (error: Error) => void) {
    this.#masterId = masterId;
    this.#wal = wal;
    this.#machine = machine;
    this.#term = term;
    this.#onBug = onBug;
    this.#lastIndex = machine.state.appliedIndex;
  }

  get status(): RaftStatus {
    const commitIndex = this.#machine.state.appliedIndex;
    const members = [{ id: this.#masterId, incarnation: 1, isVoter: true }];
    return { role: 'leader', term: this.#term, leaderId: this.#masterId, commitIndex, lastIndex: this.#lastIndex, members };
  }

  addressOf(): undefined {
    return undefined;
  }

  async propose(data: Uint8Array): Promise<Answer> {
    if (this.#failure !== null) throw this.#failure;
    const [opCode = 0] = data;
    const body = data.subarray(1);
    this.#wal.assertRoom(body);
    this.#lastIndex += 1;
    const index = this.#lastIndex;
    await this.#wal.append({ opCode, term: this.#term, index, body });
    return this.#apply(index, body);
  }

  readBarrier(): Promise<void> {
    return Promise.resolve();
  }

  #apply(index: number, body: Uint8Array): Answer {
    if (this.#failure !== null) throw this.#failure;
    try {
      return this.#machine.apply(index, logEntryCodec.decode(body));
    } catch (error) {
      this.#failure = new DfsError('INTERNAL', `The master cannot apply entry ${index} of its log and stops`, { cause: error });
      this.#onBug(this.#failure);
      throw this.#failure;
    }
  }
}
