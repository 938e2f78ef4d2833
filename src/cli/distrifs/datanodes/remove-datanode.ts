/** `distrifs admin remove-datanode`: has the masters forget a datanode that does not return. */
import { withMasters } from '../admin-command.js';
import type { Call } from '../../terminal/command-row.js';
import { writeLine } from '../../terminal/standard-output.js';

export interface RemoveDataNodeFlags {
  readonly force?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Removes a datanode, and says what is lost with it. */
export const removeDataNode = withMasters(
  async ({ admin, json, warn }, { args: [id], flags }: Call<readonly [id: string], RemoveDataNodeFlags>) => {
    const { lostChunks, wasLive } = await admin.removeDataNode(id, flags.force === true, flags.timeout);
    if (json) {
      writeLine(JSON.stringify({ id, removed: true, lostChunks, wasLive }));
      return;
    }
    if (lostChunks > 0) warn(`chunks without a good replica on another node: ${lostChunks}`);
    writeLine(`${id} is removed: its replicas do not count any more`);
    if (wasLive) writeLine(`${id} is live: stop its process, or it registers again as a new datanode`);
  },
);
