/** Reads and checks how a master is to begin: alone, with the other bootstrap masters of a group, or waiting to be added to one. Pure. */
import { UsageError } from '../terminal/usage-error.js';
import { parseAddress } from '../../shared/address.js';
import { RAFT_MEMBERS_MAX } from '../../shared/limits.js';

/** The same rule as in the role, so that wrong usage is reported before the start. */
const MASTER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const GROUP_SIZES: readonly number[] = [1, 3, 5];

/** One of the first masters of a cluster. */
export interface FoundingMember {
  readonly id: string;
  /** host:port at which others reach the master. */
  readonly address: string;
}

/** The options that determine how a master starts. */
export interface BeginningFlags {
  readonly id: string;
  readonly init?: boolean;
  readonly join?: boolean;
  readonly members?: readonly FoundingMember[];
  readonly clusterKey?: string;
  readonly listen: string;
  readonly advertise?: string;
}

export interface Beginning {
  readonly init: boolean;
  readonly join: boolean;
  readonly bootstrapMasters?: readonly FoundingMember[];
  /** Of an existing master: where others of its group may be. */
  readonly hints?: readonly FoundingMember[];
  readonly clusterKey?: string;
  readonly advertise?: string;
}

/** @throws Error on an invalid name of a master */
export function parseMasterId(text: string): string {
  if (MASTER_ID.test(text)) return text;
  throw new Error(`"${text}" is not a master id: use 1 to 64 letters, digits, dots, dashes and underscores`);
}

/**
 * Reads `m-1=host:port,m-2=host:port,…`.
 * @throws Error, DfsError INVALID_ARGUMENT on an invalid text
 */
export function parseMembers(text: string): readonly FoundingMember[] {
  const members = text.split(',').map((part) => {
    const at = part.indexOf('=');
    if (at < 0) throw new Error(`"${part}" is not a member: write id=host:port`);
    const member = { id: parseMasterId(part.slice(0, at).trim()), address: part.slice(at + 1).trim() };
    if (parseAddress(member.address).port === 0) throw new Error(`"${member.id}" needs a fixed port, not 0`);
    return member;
  });
  for (const name of ['id', 'address'] as const) {
    const values = members.map((member) => member[name]);
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) throw new Error(`"${twice}" is listed twice: each master needs its own ${name}`);
  }
  if (members.length > RAFT_MEMBERS_MAX)
    throw new Error(`${members.length} masters are too many: name ${RAFT_MEMBERS_MAX} at most`);
  return members;
}

/** @throws UsageError */
function assertGroupSize({ length }: readonly FoundingMember[]): void {
  if (GROUP_SIZES.includes(length)) return;
  const why = length % 2 === 0 ? `${length} masters tolerate no more failures than ${length - 1}. ` : '';
  throw new UsageError(`a new group has 1, 3 or 5 masters, not ${length}. ${why}`.trim());
}

/**
 * Checks the combination of flags.
 * @returns the start options of the role
 * @throws UsageError that names the flags and a correction
 */
export function beginningOf(flags: BeginningFlags): Beginning {
  const { id, members, clusterKey, listen } = flags;
  const [init, join] = [flags.init === true, flags.join === true];
  if (init && join) throw new UsageError('--init makes a new cluster, --join waits to be added to a cluster: use one of them');
  if (!init && clusterKey !== undefined) {
    throw new UsageError(
      '--cluster-key is only for a new cluster, with --init: an existing master has its group in its data folder',
    );
  }
  if (!init && members !== undefined) return { init, join, hints: members, ...advertisedAmong(flags, members) };
  const advertised = flags.advertise === undefined ? {} : { advertise: flags.advertise };
  if (members === undefined) {
    if (clusterKey !== undefined) throw new UsageError('--cluster-key is for several masters: name them with --members');
    return { init, join, ...advertised };
  }
  assertGroupSize(members);
  const self = members.find((member) => member.id === id);
  if (self === undefined) {
    throw new UsageError(`--members does not name "${id}": give each master the same list and its own --id`);
  }
  if (members.length > 1 && (clusterKey === undefined || clusterKey === '')) {
    throw new UsageError('several masters need --cluster-key: any text, the same on each master and different for each cluster');
  }
  assertListensThere(self.address, listen, flags.advertise);
  const advertise = flags.advertise ?? self.address;
  return { init, join, bootstrapMasters: members, advertise, ...(clusterKey === undefined ? {} : { clusterKey }) };
}

/** The own address in the list of an existing master, unless the list is older than a move of this master. */
function advertisedAmong(
  { id, listen, advertise }: BeginningFlags,
  members: readonly FoundingMember[],
): Pick<Beginning, 'advertise'> {
  if (advertise !== undefined) return { advertise };
  const listed = members.find((member) => member.id === id)?.address;
  return listed !== undefined && listensThere(listed, listen) ? { advertise: listed } : {};
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

function listensThere(address: string, listen: string): boolean {
  const [there, here] = [parseAddress(address), parseAddress(listen)];
  return here.port === there.port && (!isLoopback(here.host) || isLoopback(there.host));
}

/** Checks the listen address: a master that does not listen at its listed address is unreachable unless the port is forwarded. */
function assertListensThere(address: string, listen: string, advertise: string | undefined): void {
  if (advertise !== undefined || listensThere(address, listen)) return;
  throw new UsageError(
    `--listen ${listen} is not the address of this master in --members, ${address}: use --listen ${address}, ` +
      `or add --advertise ${address} if that port is forwarded`,
  );
}
