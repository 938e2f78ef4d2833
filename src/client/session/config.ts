/** Configuration of a client, and its one validator. */
import { parseAddress } from '../../shared/address.js';
import { DfsError } from '../../shared/errors.js';
import { MASTERS_MAX } from './known-masters.js';
import { type Timings, validateTimings } from '../../shared/profile.js';

export interface ClientConfig {
  /** host:port of each master; 1 to MASTERS_MAX. One that is named twice counts once; each of them leads to the leader. */
  readonly masters: readonly string[];
  /** Free text for the masters' log: the name of this client. */
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
