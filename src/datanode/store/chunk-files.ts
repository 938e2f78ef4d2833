/** Names of the files in a datanode's folder. */

/** What a file in the data folder is, by its name. `uuid` is not checked against a cluster here. */
export type ChunkFileName =
  | { readonly kind: 'data'; readonly uuid: string }
  | { readonly kind: 'meta'; readonly uuid: string; readonly version: number }
  | { readonly kind: 'damaged'; readonly uuid: string; readonly version: number }
  | { readonly kind: 'tmp'; readonly uuid: string; readonly version: number };

/** Files that cannot be told to belong to a replica are moved there, and never removed by a datanode. */
export const QUARANTINE = 'quarantine';

const NAME = /^chunk-([0-9a-f-]{36})(?:\.v([1-9]\d{0,15})\.(meta|tmp|meta\.tmp|damaged))?$/;
const QUARANTINED_NAME = /^(chunk-.*)\.([0-9a-f]{8})$/;

/** The committed data of a chunk: exactly its bytes. */
export function dataFileName(uuid: string): string {
  return `chunk-${uuid}`;
}

/** The checksums of a chunk at a version. */
export function metaFileName(uuid: string, version: number): string {
  return `chunk-${uuid}.v${version}.meta`;
}

/** A meta that is to take the place of another one: guarantees nothing, removed on start. */
export function newMetaFileName(uuid: string, version: number): string {
  return `${metaFileName(uuid, version)}.tmp`;
}

/** Data being written: guarantees nothing, removed on start. */
export function tmpFileName(uuid: string, version: number): string {
  return `chunk-${uuid}.v${version}.tmp`;
}

/** An empty file: the replica of this version was found damaged. */
export function damagedFileName(uuid: string, version: number): string {
  return `chunk-${uuid}.v${version}.damaged`;
}

/** What a name in the quarantine was before. @param removal the same of all files that were moved together */
export function parseQuarantinedName(name: string): { readonly file: ChunkFileName; readonly removal: string } | null {
  const match = QUARANTINED_NAME.exec(name);
  const file = parseChunkFileName(match?.[1] ?? '');
  return file === null ? null : { file, removal: match?.[2] ?? '' };
}

/** The path of a file that was moved to the quarantine. @param removal 8 hexadecimal digits */
export function quarantinedPath(name: string, removal: string): string {
  return `${QUARANTINE}/${name}.${removal}`;
}

/** Reads a file name; null when it is none of a chunk's. */
export function parseChunkFileName(name: string): ChunkFileName | null {
  const match = NAME.exec(name);
  const uuid = match?.[1];
  if (uuid === undefined) return null;
  const kind = match?.[3];
  if (kind === undefined) return { kind: 'data', uuid };
  const version = Number(match?.[2]);
  if (!Number.isSafeInteger(version)) return null;
  if (kind === 'meta.tmp') return { kind: 'tmp', uuid, version };
  return kind === 'meta' || kind === 'tmp' || kind === 'damaged' ? { kind, uuid, version } : null;
}
