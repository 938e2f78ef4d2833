/** How a load does that was never on. */
import type { SteadyLoadStatus } from '../../supervisor/api/steady-load.js';

export const NEVER_ON: SteadyLoadStatus = {
  isOn: false,
  type: '',
  clients: 0,
  sinceMs: null,
  operations: 0,
  errors: 0,
  bytes: 0,
  opsPerSecond: 0,
  errorsPerSecond: 0,
  bytesPerSecond: 0,
  p50Ms: null,
  p99Ms: null,
  lastError: '',
  broken: 0,
  lastBroken: '',
};
