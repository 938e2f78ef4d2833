/** The handlers of MasterService: the state of the masters, and how operators change their set. */
import { cutText } from '../../protocol/page-budget.js';
import { RaftService } from '../../protocol/services.js';
import type { Handlers, MasterService } from '../../protocol/services.js';
import type { GetMasterStatusResponse } from '../../protocol/generated/distrifs/v1/GetMasterStatusResponse.js';
import type { MasterRole } from '../../protocol/generated/distrifs/v1/MasterRole.js';
import { memberOf, votersOf } from '../../raft/membership.js';
import type { RaftStatus } from '../../raft/raft-node.js';
import { DfsError } from '../../shared/errors.js';
import { ERROR_MESSAGE_CHARS_MAX } from '../../shared/limits.js';
import { assertAnswer } from '../state/tables/answer.js';
import type { Member } from './member.js';
import { messageOf } from '../../shared/error-text.js';

const MICROSECONDS = 1_000;

export function groupHandlers(member: Member): Handlers<typeof MasterService> {
  return {
    GetMasterStatus: async () => statusOf(member),
    TransferLeadership: async ({ masterId }) => ({ leaderId: await transferLeadership(member, masterId) }),
    AddMaster: async ({ masterId, address }) => ({ incarnation: await addMaster(member, masterId, address) }),
    RemoveMaster: async ({ masterId }) => {
      await removeMaster(member, masterId);
      return {};
    },
  };
}

function statusOf(member: Member): GetMasterStatusResponse {
  const { driver, storage, machine, identity } = member;
  const { status, commitLatency } = driver;
  const { figures } = storage;
  const micros = (ms: number): number => Math.round(ms * MICROSECONDS);
  return {
    clusterId: identity.clusterId,
    masterId: identity.masterId,
    incarnation: identity.incarnation,
    role: roleOf(member, status),
    term: status.term,
    leaderId: status.leaderId ?? '',
    commitIndex: status.commitIndex,
    appliedIndex: machine.appliedIndex,
    lastIndex: status.lastIndex,
    checkpointIndex: figures.checkpointIndex,
    members: status.members.map(({ id, incarnation, isVoter }) => ({
      masterId: id,
      address: member.addressOf(id) ?? '',
      incarnation,
      isVoter,
      isSilent: status.role === 'leader' && driver.progress.some((other) => other.id === id && !other.isActive),
      highestOperation: member.contacts.highestOperationOf({ id, incarnation }),
      life: (id === identity.masterId ? identity.instanceId : member.instanceIds.get({ id, incarnation })) ?? '',
    })),
    stateDigest: machine.digest(),
    fsyncP50Us: micros(figures.fsyncP50Ms),
    fsyncP99Us: micros(figures.fsyncP99Ms),
    commitP50Us: micros(commitLatency.at(0.5)),
    commitP99Us: micros(commitLatency.at(0.99)),
    logBytes: figures.logBytes,
    shortage: cutText(member.growth.shortage ?? '', ERROR_MESSAGE_CHARS_MAX),
  };
}

function roleOf({ identity }: Member, status: RaftStatus): MasterRole {
  if (status.isDamaged) return 'DAMAGED';
  if (status.role === 'leader') return 'LEADER';
  if (memberOf(status.members, identity.masterId)?.isVoter === false) return 'LEARNER';
  return status.role === 'candidate' ? 'CANDIDATE' : 'FOLLOWER';
}

/** @returns the id of the master that leads then */
async function transferLeadership(member: Member, wanted: string): Promise<string> {
  member.assertLeading();
  const target = wanted === '' ? member.bestSuccessor() : wanted;
  if (target === null) {
    throw new DfsError('INVALID_ARGUMENT', 'There is no other master with a vote: leadership cannot be handed over');
  }
  if (target !== member.identity.masterId) await member.driver.transferTo(target, member.transferWithinMs);
  return target;
}

async function addMaster(member: Member, masterId: string, address: string): Promise<number> {
  member.assertLeading();
  if (memberOf(member.driver.status.members, masterId) !== undefined) {
    throw new DfsError(
      'ALREADY_EXISTS',
      `Master "${masterId}" is in the group already. One that lost its disk must be removed before it is added again`,
    );
  }
  const answer = await member.operate({ operation: 'registerMaster', registerMaster: { masterId, address, isNew: true } });
  assertAnswer(answer);
  const incarnation = answer.incarnation ?? 0;
  await invite(member, masterId, address, incarnation);
  await member.driver.change({ kind: 'add-learner', id: masterId, incarnation });
  return incarnation;
}

/** Gives a waiting master its cluster and its incarnation. */
async function invite(member: Member, masterId: string, address: string, incarnation: number): Promise<void> {
  const channel = member.runtime.rpc.connect(address);
  try {
    const contacts = [member.contacts.self, ...member.contacts.toPassOn];
    const request = { clusterId: member.identity.clusterId, masterId, incarnation, contacts };
    await channel.call(RaftService.Invite, request, { deadlineMs: member.config.timings.rpcDeadlineMs });
  } catch (error) {
    const reason = messageOf(error);
    throw new DfsError(
      'UNAVAILABLE',
      `Master "${masterId}" at ${address} cannot be invited: ${reason}. Start it there with --join in an empty folder, then add it ` +
        'again; the group was not changed',
      { cause: error, retriable: false },
    );
  } finally {
    channel.close();
  }
}

async function removeMaster(member: Member, masterId: string): Promise<void> {
  member.assertLeading();
  const { members } = member.driver.status;
  if (memberOf(members, masterId) === undefined) {
    const known = members.map(({ id }) => id).join(', ');
    throw new DfsError('NOT_FOUND', `There is no master "${masterId}" in the group: it has ${known}`);
  }
  if (masterId === member.identity.masterId && votersOf(members).length > 1) {
    // The next leader removes this one, which would otherwise lead a group that it does not belong to.
    const successor = await transferLeadership(member, '');
    throw member.notLeader(`Master "${masterId}" has handed its leadership over to "${successor}", which can remove it now`);
  }
  await member.driver.change({ kind: 'remove', id: masterId });
}
