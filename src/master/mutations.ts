/**
 * Numbered mutations of client sessions, before they reach the log.
 *
 *   known already ──▶ the remembered answer        under way ──▶ its answer, when it comes
 *   new ──▶ safe mode? ──▶ one log entry           (applying it looks once more: it is carried out once, whatever happens here)
 */
import type { MutationHeader__Output } from '../protocol/generated/distrifs/v1/MutationHeader.js';
import { DfsError } from '../shared/errors.js';
import type { Operation, Proposer } from './proposer.js';
import type { SoftState } from './soft-state.js';
import { assertAnswer } from './state/answer.js';
import type { Answer } from './state/answer.js';
import type { StateMachine } from './state/state-machine.js';

export class Mutations {
  readonly #machine: StateMachine;
  readonly #proposer: Proposer;
  readonly #soft: SoftState;
  /** By `session/sequence`. As many as the proposer lets under way. */
  readonly #underWay = new Map<string, Promise<Answer>>();

  constructor(machine: StateMachine, proposer: Proposer, soft: SoftState) {
    this.#machine = machine;
    this.#proposer = proposer;
    this.#soft = soft;
  }

  /**
   * Carries a mutation out once, however often it is asked for.
   * @param build makes the entry, when it is needed; runs at once or never
   * @throws DfsError what the mutation was answered with; SESSION_EXPIRED, SAFE_MODE, FOREIGN_CLUSTER, RESOURCE_EXHAUSTED: it was not
   *   carried out
   */
  async run(header: MutationHeader__Output | null, build: (header: MutationHeader__Output) => Operation): Promise<Answer> {
    const answer = await this.#answer(this.#checked(header), build);
    assertAnswer(answer);
    return answer;
  }

  /** @throws DfsError FOREIGN_CLUSTER */
  assertCluster(clusterId: string): void {
    const own = this.#machine.settings.clusterId;
    if (clusterId === own) return;
    throw new DfsError(
      'FOREIGN_CLUSTER',
      `The request is for cluster "${clusterId}", this master serves cluster "${own}": connect again`,
    );
  }

  #checked(header: MutationHeader__Output | null): MutationHeader__Output {
    if (header === null) throw new DfsError('INVALID_ARGUMENT', 'A mutation needs a header with session and sequence');
    this.assertCluster(header.clusterId);
    return header;
  }

  #answer(header: MutationHeader__Output, build: (header: MutationHeader__Output) => Operation): Promise<Answer> {
    const remembered = this.#machine.state.sessions.recall(header);
    this.#soft.leases.renew(header.sessionId);
    if (remembered !== undefined) return Promise.resolve(remembered);
    const key = `${header.sessionId}/${header.sequence}`;
    const earlier = this.#underWay.get(key);
    if (earlier !== undefined) return earlier;
    this.#soft.safeMode.assertOver();
    const answer = this.#proposer.propose(build(header)).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }
}
