/** The lab's own connections to all masters: direct, never through the fabric. Requests of an operator to each master. */
import { MasterService } from '../../protocol/services.js';
import { DfsError } from '../../shared/errors.js';
import type { Clock, RpcChannel } from '../../shared/runtime.js';
import { askChunks, askMaster } from './master-status-view.js';
import type { MasterAnswer } from './master-status-view.js';
import type { ChunkView } from '../api/cluster-status.js';

export class MasterClients {
  readonly #channels: ReadonlyMap<string, RpcChannel>;
  readonly #clock: Pick<Clock, 'nowMs'>;

  /** @param channels by master id */
  constructor(channels: ReadonlyMap<string, RpcChannel>, clock: Pick<Clock, 'nowMs'>) {
    this.#channels = channels;
    this.#clock = clock;
  }

  /** The status of a master, and its view of the cluster. @throws DfsError when the master does not answer in time */
  ask(masterId: string, deadlineMs: number): Promise<MasterAnswer> {
    return askMaster(this.#channel(masterId), this.#clock, deadlineMs);
  }

  /** The first `limit` chunks. @throws DfsError when the master does not answer in time, or does not lead */
  chunks(masterId: string, limit: number, deadlineMs: number): Promise<ChunkView[]> {
    return askChunks(this.#channel(masterId), limit, deadlineMs);
  }

  /**
   * Asks the leader to transfer leadership. Resolves with the new leader.
   * @param to default: the voter with the longest log
   * @throws DfsError of the leader
   */
  async transferLeadership(leaderId: string, to: string | undefined, deadlineMs: number): Promise<string> {
    const request = { masterId: to ?? '' };
    const answer = await this.#channel(leaderId).call(MasterService.TransferLeadership, request, { deadlineMs });
    return answer.leaderId;
  }

  /** Resolves when the removal is committed. @throws DfsError of the leader */
  async removeMaster(leaderId: string, masterId: string, deadlineMs: number): Promise<void> {
    await this.#channel(leaderId).call(MasterService.RemoveMaster, { masterId }, { deadlineMs });
  }

  /** Resolves when the master is a learner. @param address host:port @throws DfsError of the leader */
  async addMaster(leaderId: string, masterId: string, address: string, deadlineMs: number): Promise<void> {
    await this.#channel(leaderId).call(MasterService.AddMaster, { masterId, address }, { deadlineMs });
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
  }

  #channel(masterId: string): RpcChannel {
    const channel = this.#channels.get(masterId);
    if (channel === undefined) throw new DfsError('INVALID_ARGUMENT', `There is no master "${masterId}"`);
    return channel;
  }
}
