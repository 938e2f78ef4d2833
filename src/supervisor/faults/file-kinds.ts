/**
 * What a file in a node's folder is to a fault, by its name alone. The lab has the names from the nodes' documentation and not from their
 * code: it imports neither role.
 */
import type { DamagedFile } from '../api/fault.js';

/** Files that are being written count as what they are about to be; those that were set aside or are in quarantine count as nothing. */
const NAMES: Record<DamagedFile, RegExp> = {
  chunk: /^(chunk-[0-9a-f-]{36}(\.v\d+\.tmp)?|journal-\d{16})$/,
  meta: /^chunk-[0-9a-f-]{36}\.v\d+\.meta(\.tmp)?$/,
  log: /^master(-\d{16})?\.log(\.\d+\.tmp)?$/,
  checkpoint: /^checkpoint-.*\.(ckpt|tmp)$/,
};

/** @param path below the node's folder */
export function isOfKind(kind: DamagedFile, path: string): boolean {
  return NAMES[kind].test(path);
}
