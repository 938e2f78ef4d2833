/** What operators ask of the masters: their state, a change of leader, a change of the group, the removal of a datanode. */
import { ClusterService, MasterService } from '../../protocol/services.js';
import { wholeClusterStatus } from '../../protocol/whole-cluster-status.js';
import { DfsError, isDfsError, toDfsError } from '../../shared/errors.js';
import type { Timings } from '../../shared/profile.js';
import { retryDelayMs } from '../../shared/retry.js';
import type { RpcMethod, Runtime } from '../../shared/runtime.js';
import { GetLeadersStatus } from './cluster-usage.js';
import { type LedSurvey, type MasterSurvey, type MasterView, surveyMasters } from './master-survey.js';

export interface KnownDataNode {
  readonly clusterId: string;
  readonly nodeId: string;
  /** host:port of its data port. */
  readonly address: string;
  readonly isDead: boolean;
}

export interface DataNodeRemoval {
  /** Chunks that had no good replica on another node. */
  readonly lostChunks: number;
  /** It was live: it registers again unless it is stopped. */
  readonly wasLive: boolean;
}

export class MasterAdmin {
  readonly #runtime: Runtime;
  readonly #masters: readonly string[];
  readonly #timings: Timings;

  /** @param masters host:port of at least one master of the group */
  constructor(runtime: Runtime, masters: readonly string[], timings: Timings) {
    this.#runtime = runtime;
    this.#masters = masters;
    this.#timings = timings;
  }

  /** Queries the configured masters, and the members that they name. The view of a silent master has the reason. Never rejects. */
  survey(): Promise<MasterSurvey> {
    return surveyMasters(this.#runtime, this.#masters, this.#timings.rpcDeadlineMs);
  }

  /**
   * The same, repeated until a leader is among the answers: without one, what a change leads to cannot be checked.
   * @param action for the error: what cannot be done
   * @param patienceMs over all attempts
   * @throws DfsError NOT_LEADER
   */
  async surveyWithLeader(action: string, patienceMs: number): Promise<LedSurvey> {
    const { clock } = this.#runtime;
    const giveUpAtMs = clock.nowMs() + patienceMs;
    for (let attempt = 1; ; attempt++) {
      const { leader, ...rest } = await this.survey();
      if (leader !== null) return { ...rest, leader };
      const delayMs = this.#pauseMs(attempt);
      if (clock.nowMs() + delayMs >= giveUpAtMs) {
        throw new DfsError('NOT_LEADER', `${action}: no leader was found within ${patienceMs} ms`);
      }
      await clock.sleep(delayMs);
    }
  }

  /** Queries the status of the master at one address, without the members that it names. Never rejects. */
  async viewOf(address: string): Promise<MasterView> {
    const { views } = await surveyMasters(this.#runtime, [address], this.#timings.rpcDeadlineMs, false);
    return views.find((view) => view.address === address) ?? { address, id: null, status: null, error: null };
  }

  /**
   * Makes another voter the leader.
   * @param masterId '': whichever has the most of the log
   * @param patienceMs over all attempts
   * @returns the id of the new leader
   * @throws DfsError the leader's answer; UNAVAILABLE, DEADLINE_EXCEEDED: it may happen all the same
   */
  async transferLeadership(masterId: string, patienceMs: number): Promise<string> {
    const action = `Cannot hand leadership over${masterId === '' ? '' : ` to "${masterId}"`}`;
    return (await this.#callLeader(MasterService.TransferLeadership, { masterId }, action, patienceMs)).leaderId;
  }

  /**
   * Makes a master that waits in an empty folder a learner of the group.
   * @returns the incarnation assigned to the master
   * @throws as transferLeadership
   */
  async addMaster(masterId: string, address: string, patienceMs: number): Promise<number> {
    const action = `Cannot add the master "${masterId}" at ${address}`;
    return (await this.#callLeader(MasterService.AddMaster, { masterId, address }, action, patienceMs)).incarnation;
  }

  /**
   * Removes a master from the group.
   * @throws as transferLeadership
   */
  async removeMaster(masterId: string, patienceMs: number): Promise<void> {
    await this.#callLeader(MasterService.RemoveMaster, { masterId }, `Cannot remove the master "${masterId}"`, patienceMs);
  }

  /** The datanodes that the leader knows. @throws as transferLeadership */
  async datanodes(patienceMs: number): Promise<KnownDataNode[]> {
    const { clusterId, nodes } = await wholeClusterStatus((request) =>
      this.#callLeader(GetLeadersStatus, request, 'Cannot list the datanodes', patienceMs),
    );
    return nodes.map(({ nodeId, address, state }) => ({ clusterId, nodeId, address, isDead: state === 'DEAD' }));
  }

  /**
   * Has the masters forget a datanode.
   * @param force also a dead one whose chunks have no other good replica
   * @throws DfsError NOT_FOUND; NOT_ENOUGH_REPLICAS that says how many chunks need it; SAFE_MODE, UNAVAILABLE while that is not known;
   *   else as transferLeadership
   */
  async removeDataNode(nodeId: string, force: boolean, patienceMs: number): Promise<DataNodeRemoval> {
    return this.#callLeader(
      ClusterService.RemoveDataNode,
      { nodeId, force },
      `Cannot remove the datanode "${nodeId}"`,
      patienceMs,
    );
  }

  /** Retries a call only when the master refused it without any effect. */
  async #callLeader<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    action: string,
    patienceMs: number,
  ): Promise<ResponseOut> {
    const { clock } = this.#runtime;
    const giveUpAtMs = clock.nowMs() + patienceMs;
    let hint: string | undefined;
    let reason = 'none of the masters that answer leads';
    for (let attempt = 1; ; attempt++) {
      const address = hint ?? (await this.survey()).leader?.address;
      const leftMs = giveUpAtMs - clock.nowMs();
      hint = undefined;
      if (address !== undefined && leftMs > 0) {
        try {
          return await this.#call(address, method, request, leftMs);
        } catch (error) {
          if (!isDfsError(error, 'NOT_LEADER', 'RESOURCE_EXHAUSTED')) throw toDfsError(error, action);
          reason = error.message;
          hint = error.leaderHint === address ? undefined : error.leaderHint;
        }
      }
      const delayMs = this.#pauseMs(attempt);
      if (clock.nowMs() + delayMs >= giveUpAtMs) {
        throw new DfsError('NOT_LEADER', `${action}: no leader was found within ${patienceMs} ms (${reason})`);
      }
      await clock.sleep(delayMs);
    }
  }

  #pauseMs(attempt: number): number {
    const { retryInitialMs: initialMs, retryMaxMs: maxMs } = this.#timings;
    return retryDelayMs(attempt, { initialMs, maxMs }, this.#runtime.random);
  }

  async #call<RequestIn, RequestOut, ResponseIn, ResponseOut>(
    address: string,
    method: RpcMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
    request: RequestIn,
    deadlineMs: number,
  ): Promise<ResponseOut> {
    const channel = this.#runtime.rpc.connect(address);
    try {
      return await channel.call(method, request, { deadlineMs });
    } finally {
      channel.close();
    }
  }
}
