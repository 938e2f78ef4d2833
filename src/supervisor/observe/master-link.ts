/** The connections to masters that are processes. Loads gRPC, and is therefore imported on demand. */
import { createNodeRuntime } from '../../runtime/node/index.js';
import type { Logger } from '../../shared/runtime.js';
import { MasterClients } from './master-clients.js';

/** Failures of these connections are expected (the lab kills masters) and shown as states. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

export interface MasterLink {
  readonly lines: MasterClients;
  close(): Promise<void>;
}

/**
 * Opens a connection to each master.
 * @param dir folder of the lab; nothing is written there
 */
export function openMasterLink(dir: string, masters: readonly { readonly id: string; readonly address: string }[]): MasterLink {
  const { runtime, close } = createNodeRuntime({ dataDir: dir, log: SILENT });
  const channels = masters.map(({ id, address }) => [id, runtime.rpc.connect(address)] as const);
  const lines = new MasterClients(new Map(channels), runtime.clock);
  return {
    lines,
    close: async () => {
      lines.close();
      await close();
    },
  };
}
