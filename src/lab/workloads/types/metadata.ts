/**
 * The workload `metadata`: clients that create, replace, rename, delete, list and read few names concurrently, and sometimes crash.
 */
import { MetadataChooser, metadataDirectories, metadataFiles } from './metadata-operations.js';
import { runNamespaceClient } from './namespace-client.js';
import type { WorkloadEntry, WorkloadWorld } from '../workload.js';
import { pauseMsOf } from '../workload-types.js';
import type { MetadataWorkload } from '../workload-types.js';

export function openMetadata(workload: MetadataWorkload, world: WorkloadWorld): WorkloadEntry {
  const { root } = world;
  return {
    prepare: async ({ client }) => {
      for (const directory of metadataDirectories(root)) await client.mkdir(directory);
    },
    run: (slot) =>
      runNamespaceClient({
        world,
        slot,
        pauseMs: pauseMsOf(workload),
        kind: 'metadata',
        chooser: (random) => new MetadataChooser(workload, random, root),
      }),
    expectations: () => ({ sharedNames: metadataFiles(workload, root), registers: [] }),
  };
}
