/** Entry point of the client: `connectClient` for a runtime of any kind. */
import type { Runtime } from '../shared/runtime.js';
import type { ClientConfig } from './session/config.js';
import { DistriFSClient } from './distrifs-client.js';

/**
 * Makes a client on a runtime. The client sends nothing before its first call.
 * @throws DfsError INVALID_ARGUMENT on an invalid configuration
 */
export function connectClient(runtime: Runtime, config: ClientConfig): DistriFSClient {
  return new DistriFSClient(runtime, config);
}
