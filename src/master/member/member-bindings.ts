/** Everything that a master serves as a member of its group: clients, datanodes, operators and the other masters. */
import { bindService, bindStreams, MasterService, RaftService, RaftStreamService } from '../../protocol/services.js';
import type { Handlers } from '../../protocol/services.js';
import type { RpcBinding } from '../../shared/runtime.js';
import { groupHandlers } from './group-service.js';
import type { Member } from './member.js';
import { raftHandlers } from './raft-service.js';

/** @param onInvite takes an invitation into a cluster */
export function memberBindings(member: Member, onInvite: Handlers<typeof RaftService>['Invite']): RpcBinding[] {
  const raft = raftHandlers(member, onInvite);
  return [
    ...member.services.bindings(),
    ...bindService(MasterService, groupHandlers(member)),
    ...bindService(RaftService, raft),
    ...bindStreams(RaftStreamService, { Deliver: raft.Step }),
  ];
}
