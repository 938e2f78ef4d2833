/** The operations on the cluster itself: its creation, its masters, its datanodes. */
import type { FoundingMaster__Output } from '../../../protocol/generated/distrifs/v1/FoundingMaster.js';
import type { InitCluster__Output } from '../../../protocol/generated/distrifs/v1/InitCluster.js';
import type { RegisterMaster__Output } from '../../../protocol/generated/distrifs/v1/RegisterMaster.js';
import type { RegisterNode__Output } from '../../../protocol/generated/distrifs/v1/RegisterNode.js';
import type { RemoveNode__Output } from '../../../protocol/generated/distrifs/v1/RemoveNode.js';
import type { SkipChunkIds__Output } from '../../../protocol/generated/distrifs/v1/SkipChunkIds.js';
import { parseAddress } from '../../../shared/address.js';
import { DfsError } from '../../../shared/errors.js';
import { assertMasterId } from '../../base/config.js';
import { BOOTSTRAP_INCARNATION } from '../../base/identity.js';
import type { Answer } from '../tables/answer.js';
import { KnownMaster } from '../tables/known-master.js';
import { KnownNode } from '../tables/known-node.js';
import type { OperationContext } from './log-operation.js';

/** Ids that may ever be registered: bounds the table, which nothing leaves. */
const MASTERS_MAX = 1_000;
/** Of a DNS name with a port. */
const ADDRESS_CHARS_MAX = 260;

/** @throws DfsError ALREADY_EXISTS, INVALID_ARGUMENT */
export function initCluster({ state, time }: OperationContext, request: InitCluster__Output): Answer {
  // Two leaders of the first terms may both have asked for it.
  if (state.settings !== null) throw new DfsError('ALREADY_EXISTS', `Cluster ${state.settings.clusterId} was made already`);
  assertBootstrapMasters(request.founders);
  state.settings = {
    clusterId: request.clusterId,
    defaultReplication: request.defaultReplication,
    defaultChunkSizeBytes: request.defaultChunkSizeBytes,
    minReplicas: request.minReplicas,
    sessionTimeoutMs: request.sessionTimeoutMs,
  };
  state.tree.makeRoot({ owner: '', group: '', mode: 0o755, createdMs: time.wallMs });
  for (const { masterId, address } of request.founders) {
    state.putMaster(new KnownMaster(masterId, address, BOOTSTRAP_INCARNATION));
  }
  return {};
}

/**
 * A new master, or another address of a known one.
 * @throws DfsError NOT_INITIALIZED, INVALID_ARGUMENT, NOT_FOUND for a new address of an unknown master, RESOURCE_EXHAUSTED
 */
export function registerMaster({ state }: OperationContext, request: RegisterMaster__Output): Answer {
  const { masterId, address, isNew } = request;
  assertMaster(masterId, address);
  if (state.settings === null) {
    throw new DfsError('NOT_INITIALIZED', `Cannot register master "${masterId}": the cluster is not made yet`);
  }
  const known = state.masters.get(masterId);
  if (!isNew) {
    if (known === undefined) throw new DfsError('NOT_FOUND', `Cannot change the address of master "${masterId}": no such master`);
    state.putMaster(new KnownMaster(masterId, address, known.incarnation));
    return {};
  }
  if (known === undefined && state.masters.size >= MASTERS_MAX) {
    throw new DfsError('RESOURCE_EXHAUSTED', `Cannot add master "${masterId}": ${MASTERS_MAX} ids of masters were used already`);
  }
  const incarnation = state.nextIncarnation;
  state.nextIncarnation += 1;
  state.putMaster(new KnownMaster(masterId, address, incarnation));
  return { incarnation };
}

/** A datanode that is new, or back with another address, rack or incarnation. */
export function registerNode({ state }: OperationContext, request: RegisterNode__Output): Answer {
  state.putNode(new KnownNode(request.nodeId, request.incarnation, request.address, request.rack));
  return {};
}

/** Forgets a datanode. @throws DfsError NOT_FOUND for an unknown one, or another incarnation of it */
export function removeNode({ state }: OperationContext, { nodeId, incarnation }: RemoveNode__Output): Answer {
  if (state.nodes.get(nodeId)?.incarnation !== incarnation) {
    throw new DfsError('NOT_FOUND', `Cannot remove datanode "${nodeId}": it is unknown, or has registered anew meanwhile`);
  }
  state.dropNode(nodeId);
  return {};
}

/** Datanodes hold chunks with ids up to this one, and the log has not given them: it gives none of them any more. */
export function skipChunkIds({ state }: OperationContext, { upToChunkId }: SkipChunkIds__Output): Answer {
  state.chunks.skipIds(upToChunkId);
  return {};
}

function assertBootstrapMasters(masters: readonly FoundingMaster__Output[]): void {
  const ids = new Set(masters.map(({ masterId }) => masterId));
  if (ids.size < masters.length) {
    throw new DfsError('INVALID_ARGUMENT', `A master is named twice among the bootstrap masters "${[...ids].join('", "')}"`);
  }
  if (ids.size > MASTERS_MAX) throw new DfsError('INVALID_ARGUMENT', `A cluster cannot have ${ids.size} masters`);
  for (const { masterId, address } of masters) assertMaster(masterId, address);
}

function assertMaster(id: string, address: string): void {
  assertMasterId(id);
  if (address.length > ADDRESS_CHARS_MAX) {
    throw new DfsError('INVALID_ARGUMENT', `The address of master "${id}" has ${address.length} characters`);
  }
  if (parseAddress(address).port === 0) {
    throw new DfsError('INVALID_ARGUMENT', `Master "${id}" cannot be reached at "${address}": port 0 is none`);
  }
}
