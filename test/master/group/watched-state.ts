/** The state of a member, with the judge looking at all that is done to it. */
import type {
  CommittedEntry,
  ReplicatedState,
  StateCopy,
  StateRestore,
} from '../../../src/master/state/tables/replicated-state.js';
import type { Witness } from './group-judge.js';
import type { GroupSimulation } from './group-simulation.js';
import { decodeCommand, RegisterState } from './register-state.js';
import type { RegisterAnswer } from './register-state.js';

export class WatchedState implements ReplicatedState<RegisterAnswer> {
  readonly registers = new RegisterState();
  readonly #witness: Witness;
  readonly #sim: GroupSimulation;

  constructor(witness: Witness, sim: GroupSimulation) {
    this.#witness = witness;
    this.#sim = sim;
  }

  get appliedIndex(): number {
    return this.registers.appliedIndex;
  }

  apply(entry: CommittedEntry): RegisterAnswer {
    const answer = this.registers.apply(entry);
    const { index, term, data } = entry;
    this.#sim.trace(() => `${this.#witness.name} applies ${index}/${term} ${data === null ? '-' : decodeCommand(data)}`);
    this.#sim.judge.applied(this.#witness, entry, answer, this.digest());
    return answer;
  }

  /** A state so small would be copied in one slice: entries shall be applied between several. */
  checkpoint(): StateCopy {
    const copy = this.registers.checkpoint();
    const { sliceBytes } = this.#sim.plan;
    return {
      index: copy.index,
      digest: copy.digest,
      next: (bytesMax) => copy.next(Math.min(bytesMax, sliceBytes)),
      end: () => copy.end(),
    };
  }

  restore(): StateRestore {
    const restore = this.registers.restore();
    return {
      add: (bytes) => restore.add(bytes),
      finish: (digest) => {
        restore.finish(digest);
        this.#sim.judge.restored(this.#witness.name, this.appliedIndex, this.digest());
      },
    };
  }

  digest(): string {
    return this.registers.digest();
  }
}
