/** Reads and checks how a master is to begin: alone, with the other bootstrap masters of a group, or waiting to be added to one. Pure. */
import { UsageError } from '../terminal/usage-error.js';
import { parseAddress } from '../../shared/address.js';

/** As the role checks it; here, so that wrong usage is said before anything starts. */
const MASTER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const GROUP_SIZES: readonly number[] = [1, 3, 5];

/** One of the first masters of a cluster. */
export interface FoundingMember {
  readonly id: string;
  /** host:port as others reach it. */
  readonly address: string;
}

/** What of a master's command line decides how it begins. */
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
  readonly clusterKey?: string;
  readonly advertise?: string;
}

/** @throws Error on what cannot be a master's name */
export function parseMasterId(text: string): string {
  if (MASTER_ID.test(text)) return text;
  throw new Error(`"${text}" is not a master id: use 1 to 64 letters, digits, dots, dashes and underscores`);
}

/**
 * Reads `m-1=host:port,m-2=host:port,…`.
 * @throws Error, DfsError INVALID_ARGUMENT: what is wrong with it
 */
export function parseMembers(text: string): readonly FoundingMember[] {
  const members = text.split(',').map((part) => {
    const at = part.indexOf('=');
    if (at < 0) throw new Error(`"${part}" is not a member: write id=host:port`);
    const member = { id: parseMasterId(part.slice(0, at).trim()), address: part.slice(at + 1).trim() };
    if (parseAddress(member.address).port === 0) throw new Error(`"${member.id}" needs a port that the others know, not 0`);
    return member;
  });
  for (const name of ['id', 'address'] as const) {
    const values = members.map((member) => member[name]);
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) throw new Error(`"${twice}" is there twice: each master has an ${name} of its own`);
  }
  if (!GROUP_SIZES.includes(members.length)) {
    const why = members.length % 2 === 0 ? `${members.length} tolerate no more failures than ${members.length - 1} do. ` : '';
    throw new Error(`a group has 1, 3 or 5 masters, not ${members.length}. ${why}`.trim());
  }
  return members;
}

/**
 * Checks how the flags fit together.
 * @returns what the role is told
 * @throws UsageError naming the flags and what to do
 */
export function beginningOf(flags: BeginningFlags): Beginning {
  const { id, members, clusterKey, listen } = flags;
  const [init, join] = [flags.init === true, flags.join === true];
  if (init && join) throw new UsageError('--init makes a new cluster, --join waits to be added to one: use one of them');
  if (!init && (members !== undefined || clusterKey !== undefined)) {
    throw new UsageError('--members and --cluster-key make a new cluster, with --init; a master that has begun knows its group');
  }
  const advertised = flags.advertise === undefined ? {} : { advertise: flags.advertise };
  if (members === undefined) {
    if (clusterKey !== undefined) throw new UsageError('--cluster-key is for several masters: name them with --members');
    return { init, join, ...advertised };
  }
  const self = members.find((member) => member.id === id);
  if (self === undefined) {
    throw new UsageError(`--members does not name "${id}": give each master the same list and its own --id`);
  }
  if (members.length > 1 && (clusterKey === undefined || clusterKey === '')) {
    throw new UsageError('several masters need --cluster-key: any text, the same on each of them, another for each cluster');
  }
  assertListensThere(self.address, listen, flags.advertise);
  const advertise = flags.advertise ?? self.address;
  return { init, join, bootstrapMasters: members, advertise, ...(clusterKey === undefined ? {} : { clusterKey }) };
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** A master that listens elsewhere than where the list has it is never found, unless somebody forwards the port. */
function assertListensThere(address: string, listen: string, advertise: string | undefined): void {
  const [there, here] = [parseAddress(address), parseAddress(listen)];
  if (advertise !== undefined || (here.port === there.port && (!isLoopback(here.host) || isLoopback(there.host)))) return;
  throw new UsageError(
    `--listen ${listen} is not where --members has this master, ${address}: use --listen ${address}, ` +
      `or say --advertise ${address} when that port is forwarded`,
  );
}
