/** Every type of workload, by its word in the grammar. */
import { openBigFile } from './big-file.js';
import { openManySmall } from './many-small.js';
import { openMetadata } from './metadata.js';
import { openReadHeavy } from './read-heavy.js';
import { openRenameStorm } from './rename-storm.js';
import type { WorkloadEntry, WorkloadWorld } from '../workload.js';
import type { Workload, WorkloadOf, WorkloadType } from '../workload-types.js';
import { openWriteVerify } from './write-verify.js';

type Openers = { readonly [T in WorkloadType]: (workload: WorkloadOf<T>, world: WorkloadWorld) => WorkloadEntry };

const OPENERS: Openers = {
  'write-verify': openWriteVerify,
  'big-file': openBigFile,
  'many-small': openManySmall,
  'read-heavy': openReadHeavy,
  'rename-storm': openRenameStorm,
  metadata: openMetadata,
};

/** One entry of a workload, ready for its clients. */
export function openWorkload(workload: Workload, world: WorkloadWorld): WorkloadEntry {
  // Each opener takes the type that it stands under, which the type system cannot follow through a lookup.
  const open = OPENERS[workload.type] as (workload: Workload, world: WorkloadWorld) => WorkloadEntry;
  return open(workload, world);
}
