/** The lab's own line to the master: direct, never through the fabric. Loads gRPC, so it is imported when it is needed. */
import { createNodeRuntime } from '../runtime/node/index.js';
import type { NodeRuntime } from '../runtime/node/index.js';
import type { Logger, RpcChannel } from '../shared/runtime.js';
import { askChunks, askPicture } from './master-picture.js';
import type { MasterPicture } from './master-picture.js';
import type { ChunkView } from './types.js';

/** Failures of this line are expected (the lab kills masters) and shown as states. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
};

export class MasterLink {
  readonly #host: NodeRuntime;
  readonly #channel: RpcChannel;

  /** @param dir nothing is written there */
  constructor(dir: string, masterAddress: string) {
    this.#host = createNodeRuntime({ dataDir: dir, log: SILENT });
    this.#channel = this.#host.runtime.rpc.connect(masterAddress);
  }

  /** Asks how the cluster is. @throws DfsError when the master does not answer in time */
  picture(deadlineMs: number): Promise<MasterPicture> {
    return askPicture(this.#channel, this.#host.runtime.clock, deadlineMs);
  }

  /** The first `limit` chunks. @throws DfsError when the master does not answer in time */
  chunks(limit: number, deadlineMs: number): Promise<ChunkView[]> {
    return askChunks(this.#channel, limit, deadlineMs);
  }

  async close(): Promise<void> {
    this.#channel.close();
    await this.#host.close();
  }
}
