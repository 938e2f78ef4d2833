/**
 * The limits of all received fields: requests and answers of all RPCs, headers of data plane frames, and the messages inside them.
 * A new message or field in proto/ is a compile error until it has a row.
 *
 * The limits apply to received messages only, not to the contents of the log or of a checkpoint: a narrower limit must not change
 * the replay of old entries.
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
