/** The constructors of all workload types, by the type's name in scenario files. */
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

/** Prepares one entry of a workload for its clients. */
export function openWorkload(workload: Workload, world: WorkloadWorld): WorkloadEntry {
  // Each constructor takes the type of its key, which the type system cannot follow through a lookup.
  const open = OPENERS[workload.type] as (workload: Workload, world: WorkloadWorld) => WorkloadEntry;
  return open(workload, world);
}
