/** The configuration of a client. */
import { parseAddress } from '../../shared/address.js';
import { DfsError } from '../../shared/errors.js';
import { MASTERS_MAX } from './known-masters.js';
import { type Timings, validateTimings } from '../../shared/profile.js';

export interface ClientConfig {
  /** host:port of each master; 1 to MASTERS_MAX. Duplicates count once. Any reachable master is enough to find the leader. */
  readonly masters: readonly string[];
  /** Name of the client in the masters' log; free text. */
  readonly clientName: string;
  readonly timings: Timings;
  /** The datanode on this client's host: preferred for first replicas and for reads. */
  readonly localNodeId?: string;
  /** Owner and group of files that this client creates; '' leaves the choice to the master. */
  readonly owner?: string;
  readonly group?: string;
}

/**
 * Checks a configuration as a whole.
 * @throws DfsError INVALID_ARGUMENT
 */
export function validateClientConfig(config: ClientConfig): void {
  if (config.masters.length === 0) {
    throw new DfsError('INVALID_ARGUMENT', 'No master given: name at least one as host:port');
  }
  if (config.masters.length > MASTERS_MAX) {
    throw new DfsError('INVALID_ARGUMENT', `${config.masters.length} masters given: name ${MASTERS_MAX} at most`);
  }
  for (const master of config.masters) {
    if (parseAddress(master).port === 0) throw new DfsError('INVALID_ARGUMENT', `Master address "${master}" needs a port`);
  }
  validateTimings(config.timings);
}
