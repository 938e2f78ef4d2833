/** The handlers of RaftService: messages of the other masters to this one. */
import type { Handlers, RaftService } from '../../protocol/services.js';
import { isSameAddress } from '../../raft/membership.js';
import type { Address } from '../../raft/types.js';
import { DfsError } from '../../shared/errors.js';
import { decodeMessage } from '../consensus/raft-codec.js';
import type { Member } from './member.js';

/** Between two lines about masters of another cluster. */
const COMPLAIN_EVERY_MS = 60_000;

/** @param onInvite for an invitation that names this master's cluster and id, or the first ones */
export function raftHandlers(member: Member, onInvite: Handlers<typeof RaftService>['Invite']): Handlers<typeof RaftService> {
  const { runtime, identity } = member;
  let complainedMs = -Infinity;
  const complain = (message: string): DfsError => {
    if (runtime.clock.nowMs() - complainedMs >= COMPLAIN_EVERY_MS) {
      complainedMs = runtime.clock.nowMs();
      runtime.log.error(message);
    }
    return new DfsError('FOREIGN_CLUSTER', message);
  };

  /** The first instance of a master that was heard is the only one whose messages are taken. */
  const assertInstance = async (from: Address, instanceId: string): Promise<void> => {
    if (member.instanceIds.get(from) === undefined) await member.instanceIds.learn(from, instanceId);
    if (member.instanceIds.get(from) === instanceId) return;
    throw complain(
      `Master "${from.id}" speaks with another folder than before under incarnation ${from.incarnation}: it has lost its disk, and is not ` +
        `heard. Run "distrifs admin remove-master ${from.id}", start it with --join in an empty folder, and add it again`,
    );
  };

  const assertCluster = (clusterId: string, speaker: string): void => {
    if (clusterId === identity.clusterId) return;
    throw complain(
      `A master at ${speaker} speaks for cluster "${clusterId}", this one belongs to cluster "${identity.clusterId}". ` +
        'Were they started with different --members or --cluster-key? Nothing was changed',
    );
  };

  return {
    Step: async (request, { peer }) => {
      const { clusterId, senderAddress, senderLife, messages } = request;
      assertCluster(clusterId, senderAddress || peer);
      const decoded = messages.map(decodeMessage);
      const [first] = decoded;
      if (first === undefined) return {};
      const { from } = first;
      if (decoded.some((each) => !isSameAddress(each.from, from))) {
        throw new DfsError('PROTOCOL_ERROR', 'A batch holds messages of several masters');
      }
      const stray = decoded.find(({ to }) => to.id !== identity.masterId)?.to.id;
      if (stray !== undefined) {
        throw new DfsError(
          'FOREIGN_CLUSTER',
          `This is master "${identity.masterId}", not "${stray}", for which the messages are`,
        );
      }
      await assertInstance(from, senderLife);
      const { senderVersion: version, senderHighestOperation: highestOperation } = request;
      if (senderAddress !== '') member.heard({ master: from, address: senderAddress, version, highestOperation });
      member.driver.step(decoded);
      return {};
    },
    Greet: async (request, { peer }) => {
      const { clusterId, sender, senderLife } = request;
      assertCluster(clusterId, sender?.address ?? peer);
      if (sender?.master) await assertInstance(sender.master, senderLife);
      return member.greeter.answer(request);
    },
    Invite: onInvite,
  };
}
