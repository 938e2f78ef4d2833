/** The masters that the log knows: how each is reached, and in which of its lives. Who votes is in the Raft group's own entries. */
import type { FoundingMaster__Output } from '../../../protocol/generated/distrifs/v1/FoundingMaster.js';
import type { RegisterMaster__Output } from '../../../protocol/generated/distrifs/v1/RegisterMaster.js';
import { parseAddress } from '../../../shared/address.js';
import { DfsError } from '../../../shared/errors.js';
import { MASTER_ID } from '../../base/config.js';
import type { Answer } from './answer.js';
import type { Digestible } from './digest.js';
import type { MasterState } from './master-state.js';

export const FOUNDERS_INCARNATION = 1;
/** Ids that may ever be registered: bounds the table, which nothing leaves. */
const MASTERS_MAX = 1_000;
/** Of a DNS name with a port. */
const ADDRESS_CHARS_MAX = 260;

export class KnownMaster implements Digestible {
  readonly id: string;
  /** host:port */
  readonly address: string;
  /** No two lives of masters have the same one, but for the founders. */
  readonly incarnation: number;
  digestPart = 0;

  constructor(id: string, address: string, incarnation: number) {
    this.id = id;
    this.address = address;
    this.incarnation = incarnation;
  }

  digestText(): string {
    return `m ${this.id} ${this.incarnation} ${this.address}`;
  }
}

/**
 * Checks the masters of a new cluster.
 * @throws DfsError INVALID_ARGUMENT
 */
export function assertFounders(founders: readonly FoundingMaster__Output[]): void {
  const ids = new Set(founders.map(({ masterId }) => masterId));
  if (ids.size < founders.length) {
    throw new DfsError('INVALID_ARGUMENT', `A master is named twice among the founders "${[...ids].join('", "')}"`);
  }
  if (ids.size > MASTERS_MAX) throw new DfsError('INVALID_ARGUMENT', `A cluster cannot have ${ids.size} masters`);
  for (const { masterId, address } of founders) assertMaster(masterId, address);
}

/**
 * A new master, or another address of a known one.
 * @throws DfsError NOT_INITIALIZED, INVALID_ARGUMENT, NOT_FOUND for a new address of a master that nobody knows, RESOURCE_EXHAUSTED
 */
export function registerMaster(state: MasterState, request: RegisterMaster__Output): Answer {
  const { masterId, address, isNew } = request;
  assertMaster(masterId, address);
  if (state.settings === null) {
    throw new DfsError('NOT_INITIALIZED', `Cannot register master "${masterId}": the cluster is not made yet`);
  }
  const known = state.masters.get(masterId);
  if (!isNew) {
    if (known === undefined) throw new DfsError('NOT_FOUND', `Cannot change the address of master "${masterId}": no such master`);
    putMaster(state, new KnownMaster(masterId, address, known.incarnation));
    return {};
  }
  if (known === undefined && state.masters.size >= MASTERS_MAX) {
    throw new DfsError('RESOURCE_EXHAUSTED', `Cannot add master "${masterId}": ${MASTERS_MAX} ids of masters were used already`);
  }
  const incarnation = state.nextIncarnation;
  state.nextIncarnation += 1;
  putMaster(state, new KnownMaster(masterId, address, incarnation));
  return { incarnation };
}

/** Puts a master into the table, in place of the one with this id. */
export function putMaster(state: MasterState, master: KnownMaster): void {
  const old = state.masters.get(master.id);
  if (old !== undefined) state.digest.remove(old);
  state.masters.set(master.id, master);
  state.digest.put(master);
}

function assertMaster(id: string, address: string): void {
  if (!MASTER_ID.test(id)) {
    const shown = id.slice(0, 100);
    throw new DfsError(
      'INVALID_ARGUMENT',
      `"${shown}" is not a master id: use 1 to 64 letters, digits, dots, dashes and underscores`,
    );
  }
  if (address.length > ADDRESS_CHARS_MAX) {
    throw new DfsError('INVALID_ARGUMENT', `The address of master "${id}" has ${address.length} characters`);
  }
  if (parseAddress(address).port === 0) {
    throw new DfsError('INVALID_ARGUMENT', `Master "${id}" cannot be reached at "${address}": port 0 is none`);
  }
}
