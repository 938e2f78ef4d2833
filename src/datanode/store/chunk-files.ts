/** Names of the files in a datanode's folder. */

/** What a file in the data folder is, by its name. `uuid` is not checked against a cluster here. */
export type ChunkFileName =
  | { readonly kind: 'data'; readonly uuid: string }
  | { readonly kind: 'meta'; readonly uuid: string; readonly version: number }
  | { readonly kind: 'tmp'; readonly uuid: string; readonly version: number };

/** Damaged files are moved there, and never removed by us. */
export const QUARANTINE = 'quarantine';

const NAME = /^chunk-([0-9a-f-]{36})(?:\.v([1-9]\d{0,15})\.(meta|tmp))?$/;

/** The committed data of a chunk: exactly its bytes. */
export function dataFileName(uuid: string): string {
  return `chunk-${uuid}`;
}

/** The checksums of a chunk at a version. */
export function metaFileName(uuid: string, version: number): string {
  return `chunk-${uuid}.v${version}.meta`;
}

/** Data being written: guarantees nothing, removed on start. */
export function tmpFileName(uuid: string, version: number): string {
  return `chunk-${uuid}.v${version}.tmp`;
}

/** Reads a file name; null when it is none of a chunk's. */
export function parseChunkFileName(name: string): ChunkFileName | null {
  const match = NAME.exec(name);
  const uuid = match?.[1];
  if (uuid === undefined) return null;
  const version = Number(match?.[2]);
  if (match?.[3] === 'meta' && Number.isSafeInteger(version)) return { kind: 'meta', uuid, version };
  if (match?.[3] === 'tmp' && Number.isSafeInteger(version)) return { kind: 'tmp', uuid, version };
  return match?.[3] === undefined ? { kind: 'data', uuid } : null;
}
