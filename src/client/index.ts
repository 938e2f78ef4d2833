/** The client's face: `connectClient` for a runtime of any kind. */
import type { Runtime } from '../shared/runtime.js';
import type { ClientConfig } from './session/config.js';
import { DistriFSClient } from './distrifs-client.js';

/**
 * A client on a runtime. Nothing is sent until its first call.
 * @throws DfsError INVALID_ARGUMENT on a configuration that cannot work
 */
export function connectClient(runtime: Runtime, config: ClientConfig): DistriFSClient {
  return new DistriFSClient(runtime, config);
}
