/**
 * What operators ask of the quarantines of datanodes. The datanodes answer themselves, on their data ports: what an operator does there changes
 * nothing that the masters have logged.
 */
import { quarantineAnswer, quarantineOpen } from '../../protocol/data-headers.js';
import { FrameChannel } from '../../protocol/frame-channel.js';
import { FrameType } from '../../protocol/frames.js';
import type { QuarantineAction } from '../../protocol/generated/distrifs/v1/QuarantineAction.js';
import type { QuarantineAnswer__Output } from '../../protocol/generated/distrifs/v1/QuarantineAnswer.js';
import type { QuarantineItem__Output } from '../../protocol/generated/distrifs/v1/QuarantineItem.js';
import { DfsError } from '../../shared/errors.js';
import type { Timings } from '../../shared/profile.js';
import type { Runtime } from '../../shared/runtime.js';

/** A datanode, as the leader names it. */
export interface QuarantineNode {
  readonly clusterId: string;
  readonly nodeId: string;
  /** host:port of its data port. */
  readonly address: string;
}

/** Files of one chunk that were moved to the quarantine together. */
export type QuarantinedItem = QuarantineItem__Output;

/** What may be done with one item. */
export type ItemAction = 'VERIFY' | 'RESTORE' | 'PURGE';

export class QuarantineAdmin {
  readonly #runtime: Pick<Runtime, 'net' | 'clock'>;
  readonly #timings: Pick<Timings, 'connectTimeoutMs' | 'streamTimeoutMs'>;

  constructor(runtime: Pick<Runtime, 'net' | 'clock'>, timings: Pick<Timings, 'connectTimeoutMs' | 'streamTimeoutMs'>) {
    this.#runtime = runtime;
    this.#timings = timings;
  }

  /** Everything in the quarantine of a node, unverified. @throws DfsError the node's answer; UNAVAILABLE, CONNECTION_LOST, DEADLINE_EXCEEDED */
  async list(node: QuarantineNode): Promise<QuarantinedItem[]> {
    const items: QuarantinedItem[] = [];
    for (let hasMore = true; hasMore;) {
      const answer = await this.#ask(node, { action: 'LIST', after: items.at(-1)?.name ?? '' }, this.#timings.streamTimeoutMs);
      items.push(...answer.items);
      hasMore = answer.hasMore && answer.items.length > 0;
    }
    return items;
  }

  /**
   * Does something with one item.
   * @param patienceMs for the node to read a whole chunk
   * @throws as list; NOT_FOUND, and what the node cannot restore: DATA_CORRUPT, ALREADY_EXISTS, FOREIGN_CLUSTER
   */
  async act(node: QuarantineNode, action: ItemAction, name: string, patienceMs: number): Promise<QuarantinedItem> {
    const [item] = (await this.#ask(node, { action, name }, patienceMs)).items;
    if (item === undefined) throw new DfsError('PROTOCOL_ERROR', `Datanode "${node.nodeId}" answered nothing about "${name}"`);
    return item;
  }

  async #ask(
    { clusterId, nodeId, address }: QuarantineNode,
    request: { readonly action: QuarantineAction; readonly after?: string; readonly name?: string },
    patienceMs: number,
  ): Promise<QuarantineAnswer__Output> {
    const { net, clock } = this.#runtime;
    const channel = new FrameChannel(await net.dial(address, { timeoutMs: this.#timings.connectTimeoutMs }), clock);
    try {
      await channel.send(quarantineOpen.encode({ clusterId, nodeId, ...request }));
      return quarantineAnswer.decode((await channel.expect(FrameType.QUARANTINE_ANSWER, patienceMs)).body);
    } finally {
      channel.destroy();
    }
  }
}
