/** The handlers of RaftService: what other masters say to this one. */
import type { Handlers, RaftService } from '../../protocol/services.js';
import { DfsError } from '../../shared/errors.js';
import { decodeMessage } from './raft-codec.js';
import type { Member } from './member.js';

/** Messages in one batch. */
const MESSAGES_MAX = 8_192;
const ADDRESS_CHARS_MAX = 300;
/** Between two lines about masters of another cluster. */
const COMPLAIN_EVERY_MS = 60_000;

/** @param onInvite for an invitation that names this master's cluster and id, or the first ones */
export function raftHandlers(member: Member, onInvite: Handlers<typeof RaftService>['Invite']): Handlers<typeof RaftService> {
  const { runtime, identity } = member;
  let complainedMs = -Infinity;
  return {
    Step: async ({ clusterId, senderAddress, messages }, { peer }) => {
      if (clusterId !== identity.clusterId) {
        const message =
          `A master at ${senderAddress || peer} speaks for cluster "${clusterId}", this one belongs to cluster "${identity.clusterId}". ` +
          'Were they founded with different --members or --cluster-key? Nothing was changed';
        if (runtime.clock.nowMs() - complainedMs >= COMPLAIN_EVERY_MS) {
          complainedMs = runtime.clock.nowMs();
          runtime.log.error(message, { clusterId, peer });
        }
        throw new DfsError('FOREIGN_CLUSTER', message);
      }
      if (messages.length > MESSAGES_MAX) {
        throw new DfsError('PROTOCOL_ERROR', `A batch of ${messages.length} messages is more than ${MESSAGES_MAX}`);
      }
      const decoded = messages.map(decodeMessage);
      if (senderAddress !== '' && senderAddress.length <= ADDRESS_CHARS_MAX) {
        for (const { from } of decoded) member.heard(from, senderAddress);
      }
      member.driver.step(decoded);
      return {};
    },
    Invite: onInvite,
  };
}
