/** Configuration of a datanode, and its one validator. */
import { formatAddress, parseAddress } from '../../shared/address.js';
import { DfsError } from '../../shared/errors.js';
import { type Timings, validateTimings } from '../../shared/profile.js';

export interface DataNodeConfig {
  /** Default: the one in the data folder, or a random `dn-<8 hex>` that is kept. */
  readonly nodeId?: string;
  /** host:port of the data port; port 0: the system chooses. */
  readonly listen: string;
  /** host:port as others reach it; needed when `listen` has a wildcard host. Port 0: the port that was bound. Default: the bound address. */
  readonly advertise?: string;
  /** host:port of each master. */
  readonly masters: readonly string[];
  readonly rack: string;
  /** The most to store, bytes. Default: what the disk holds. */
  readonly capacityBytes?: number;
  readonly timings: Timings;
}

const NODE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const RACK_CHARS_MAX = 64;
const MASTERS_MAX = 5;
const WILDCARDS = new Set(['0.0.0.0', '::', '*']);

/**
 * Checks a configuration.
 * @throws DfsError INVALID_ARGUMENT that names the setting, quotes it and says what it must be
 */
export function validateConfig(config: DataNodeConfig): void {
  const { nodeId, listen, advertise, masters, rack, capacityBytes } = config;
  validateTimings(config.timings);
  if (nodeId !== undefined && !NODE_ID.test(nodeId)) {
    throw invalid(`Node id "${nodeId}" must have 1 to 64 letters, digits, ".", "_" or "-", and begin with a letter or digit`);
  }
  if (rack === '' || rack.length > RACK_CHARS_MAX) throw invalid(`Rack "${rack}" must have 1 to ${RACK_CHARS_MAX} characters`);
  if (capacityBytes !== undefined && !(Number.isSafeInteger(capacityBytes) && capacityBytes > 0)) {
    throw invalid(`Capacity ${capacityBytes} must be a positive whole number of bytes`);
  }
  if (masters.length === 0 || masters.length > MASTERS_MAX) {
    throw invalid(`${masters.length} masters given: name 1 to ${MASTERS_MAX}, each as host:port`);
  }
  for (const master of masters) {
    if (parseAddress(master).port === 0) throw invalid(`Master address "${master}" needs a port`);
  }
  if (new Set(masters).size !== masters.length) throw invalid(`Masters "${masters.join(', ')}": each may be named once`);
  if (WILDCARDS.has(parseAddress(listen).host) && advertise === undefined) {
    throw invalid(`Listening on "${listen}" needs an address to advertise: others cannot connect to a wildcard`);
  }
  if (advertise !== undefined && WILDCARDS.has(parseAddress(advertise).host)) {
    throw invalid(`Cannot advertise "${advertise}": others cannot connect to a wildcard`);
  }
}

/** The address at which others reach this node. @param bound host:port that was bound */
export function advertisedAddress(config: DataNodeConfig, bound: string): string {
  if (config.advertise === undefined) return bound;
  const { host, port } = parseAddress(config.advertise);
  return formatAddress({ host, port: port === 0 ? parseAddress(bound).port : port });
}

function invalid(message: string): DfsError {
  return new DfsError('INVALID_ARGUMENT', message);
}
