/**
 * The limit of every field that a peer sends: requests and answers of all RPCs, headers of data plane frames, and what is inside them.
 * A message or field that is new in proto/ is an error of the type check until it has its row.
 *
 * These are limits of what is received. What stands in the log or in a checkpoint is never measured by them: a limit that becomes
 * narrower must not change what a replay makes of old entries.
 */
import { CLUSTER_LIMITS } from './cluster-limits.js';
import { COMMON_LIMITS } from './common-limits.js';
import { DATA_LIMITS } from './data-limits.js';
import { DATANODE_LIMITS } from './datanode-limits.js';
import type { TablesOf, WireMessageName } from './field-rows.js';
import { GROUP_LIMITS } from './group-limits.js';
import { NAMESPACE_LIMITS } from './namespace-limits.js';

export const FIELD_LIMITS: TablesOf<WireMessageName> = {
  ...COMMON_LIMITS,
  ...NAMESPACE_LIMITS,
  ...DATANODE_LIMITS,
  ...GROUP_LIMITS,
  ...CLUSTER_LIMITS,
  ...DATA_LIMITS,
};
