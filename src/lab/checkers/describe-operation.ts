/** Operations as text, for counterexamples. */
import type { Operation } from '../history/operation.js';

const shortDigest = (sha256: string | undefined): string => (sha256 === undefined ? '' : ` ${sha256.slice(0, 12)}`);

function resultOf(operation: Operation): string {
  const { kind, outcome, error, sha256, names, exists } = operation;
  if (outcome === 'unknown') return `unknown${error === undefined ? '' : ` (${error})`}`;
  if (outcome === 'fail') return error ?? 'refused';
  if (kind === 'read') return `content${shortDigest(sha256)}`;
  if (kind === 'list') return `[${(names ?? []).join(', ')}]`;
  return kind === 'stat' ? (exists === false ? 'absent' : 'there') : 'ok';
}

/** `#17 client-2 12.3-15.0 ms: overwrite /x 3f2a… -> ok`. */
export function describeOperation(operation: Operation): string {
  const { id, client, kind, path, toPath, sha256, invokedMs, completedMs } = operation;
  const written = kind === 'create' || kind === 'overwrite' ? shortDigest(sha256) : '';
  const target = toPath === undefined ? '' : ` to ${toPath}`;
  const end = completedMs === null ? '' : completedMs.toFixed(1);
  return `#${id} ${client} ${invokedMs.toFixed(1)}-${end} ms: ${kind} ${path}${target}${written} -> ${resultOf(operation)}`;
}
