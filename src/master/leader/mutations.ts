/**
 * Numbered mutations of client sessions, before they reach the log. One for each leadership.
 *
 *   known already ──▶ the remembered answer        under way ──▶ its answer, when it comes
 *   new ──▶ safe mode? short of space? ──▶ one log entry     (applying it looks once more: it is carried out once, whatever happens here)
 *   impossible, or of a session that is unknown ──▶ looked at again behind a read barrier: a leader that was replaced without
 *                                                   knowing it must not tell a client that a living session has expired
 */
import type { MutationHeader__Output } from '../../protocol/generated/distrifs/v1/MutationHeader.js';
import { DfsError } from '../../shared/errors.js';
import type { Growth } from '../base/growth-reserve.js';
import type { LeaderState } from './leader-state.js';
import type { Proposer } from './proposer.js';
import type { LogOperation } from '../state/operations/log-operation.js';
import { OPERATIONS } from '../state/operations/operations.js';
import type { MutationName } from '../state/operations/operations.js';
import { assertAnswer } from '../state/tables/answer.js';
import type { Answer } from '../state/tables/answer.js';
import type { StateMachine } from '../state/operations/state-machine.js';

export class Mutations {
  readonly #machine: StateMachine;
  readonly #proposer: Proposer;
  readonly #leaderState: LeaderState;
  readonly #growth: Growth;
  readonly #readBarrier: () => Promise<void>;
  /** By `session/sequence`. As many as the proposer lets under way. */
  readonly #underWay = new Map<string, Promise<Answer>>();

  /** @param readBarrier rejects, too, when the leadership has ended meanwhile */
  constructor(
    machine: StateMachine,
    proposer: Proposer,
    leaderState: LeaderState,
    growth: Growth,
    readBarrier: () => Promise<void>,
  ) {
    this.#growth = growth;
    this.#machine = machine;
    this.#proposer = proposer;
    this.#leaderState = leaderState;
    this.#readBarrier = readBarrier;
  }

  /**
   * Carries a mutation out once, however often it is asked for.
   * @param build makes the entry, when it is needed; runs just before it is logged, or never
   * @throws DfsError what the mutation was answered with; SESSION_EXPIRED, SAFE_MODE, FOREIGN_CLUSTER, NOT_LEADER, RESOURCE_EXHAUSTED,
   *   NO_SPACE that is not retriable: it was not carried out; UNAVAILABLE: it may have been
   */
  async run(
    header: MutationHeader__Output | null,
    build: (header: MutationHeader__Output) => LogOperation<MutationName>,
  ): Promise<Answer> {
    const checked = this.#checked(header);
    if (!this.#isAcceptable(checked)) await this.#readBarrier();
    const answer = await this.#answer(checked, build);
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

  /** False: as far as this master knows, the mutation must be refused for its session or its number. */
  #isAcceptable(header: MutationHeader__Output): boolean {
    try {
      this.#machine.state.sessions.recall(header);
      return true;
    } catch (error) {
      if (error instanceof DfsError) return false;
      throw error;
    }
  }

  #answer(
    header: MutationHeader__Output,
    build: (header: MutationHeader__Output) => LogOperation<MutationName>,
  ): Promise<Answer> {
    this.#proposer.assertLeading();
    const remembered = this.#machine.state.sessions.recall(header);
    this.#leaderState.leases.renew(header.sessionId);
    if (remembered !== undefined) return Promise.resolve(remembered);
    const key = `${header.sessionId}/${header.sequence}`;
    const earlier = this.#underWay.get(key);
    if (earlier !== undefined) return earlier;
    this.#leaderState.safeMode.assertOver();
    const operation = build(header);
    const row = OPERATIONS[operation.operation];
    if (row.kind === 'mutation' && row.grows === true) this.#growth.assertMayGrow();
    const answer = this.#proposer.propose(operation).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }
}
