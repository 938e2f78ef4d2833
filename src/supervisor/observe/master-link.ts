/** The lines to masters that are processes. Loads gRPC, so it is imported when it is needed. */
import { createNodeRuntime } from '../../runtime/node/index.js';
import type { Logger } from '../../shared/runtime.js';
import { MasterClients } from './master-clients.js';

/** Failures of these lines are expected (the lab kills masters) and shown as states. */
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
 * Opens a line to each master.
 * @param dir nothing is written there
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
