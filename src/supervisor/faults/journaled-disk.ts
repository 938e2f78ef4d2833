/**
 * A datanode's folder as it is after a power cut and the start that follows: what is durable, and over it what the commit journal puts back.
 *
 * The format of the journal is read here a second time, on purpose: a judge that used the datanode's own reader would share its
 * mistakes. See src/datanode/journal/journal-record.ts for the grammar.
 */
import { crc32 } from '../../shared/crc32.js';
import type { ReplicaDisk } from './good-copies.js';

/** The part of a disk that survives a power cut. */
export interface DurableDisk extends ReplicaDisk {
  /** @throws when the file does not exist */
  sizeBytes(path: string): number;
  /** Durable bytes of the files whose names begin so, by name, ascending: for files that are only appended to. */
  appended(prefix: string): ReadonlyMap<string, Uint8Array>;
}

const SEGMENT = /^journal-(\d{16})$/;
const MAGIC = 0x4446434a;
const HEAD_BYTES = 72;
const HEAD_CRC_AT = 68;
const PUT = 1;

interface Replica {
  readonly version: number;
  readonly meta: Uint8Array;
  readonly data: Uint8Array;
}

/** @param disk looked at once, now */
export function withJournal(disk: DurableDisk): DurableDisk {
  const replicas = new Map<string, Replica>();
  for (const [name, bytes] of disk.appended('journal-')) {
    const sequence = Number(SEGMENT.exec(name)?.[1]);
    if (Number.isSafeInteger(sequence)) readSegment(bytes, sequence, replicas);
  }
  const files = disk.files();
  const restored = new Map<string, Uint8Array>();
  for (const [uuid, { version, meta, data }] of replicas) {
    if (hasNewer(files, uuid, version)) continue;
    restored.set(`chunk-${uuid}`, data);
    restored.set(`chunk-${uuid}.v${version}.meta`, meta);
  }
  return {
    files: () => [...new Set([...files, ...restored.keys()])],
    readFile: (path) => restored.get(path) ?? disk.readFile(path),
    sizeBytes: (path) => restored.get(path)?.length ?? disk.sizeBytes(path),
    appended: (prefix) => disk.appended(prefix),
  };
}

/** Takes the records of a segment, up to the first bytes that are none. */
function readSegment(bytes: Uint8Array, sequence: number, replicas: Map<string, Replica>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const isHead =
      view.getUint32(at) === MAGIC && view.getUint32(at + HEAD_CRC_AT) === crc32(bytes.subarray(at, at + HEAD_CRC_AT));
    if (!isHead || view.getBigUint64(at + 8) !== BigInt(sequence) || view.getBigUint64(at + 16) !== BigInt(at)) return;
    const version = Number(view.getBigUint64(at + 32));
    const hex = Buffer.from(bytes.subarray(at + 40, at + 56)).toString('hex');
    const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    const metaAt = at + HEAD_BYTES;
    const dataAt = metaAt + view.getUint32(at + 56);
    const end = dataAt + view.getUint32(at + 60);
    if (end > bytes.length) return;
    const known = replicas.get(uuid)?.version ?? 0;
    if (view.getUint8(at + 5) !== PUT) {
      if (known <= version) replicas.delete(uuid);
    } else if (known <= version) {
      replicas.set(uuid, { version, meta: bytes.subarray(metaAt, dataAt), data: bytes.subarray(dataAt, end) });
    }
    at = end;
  }
}

/** Whether the folder has a newer version of a chunk, as far as names show it. */
function hasNewer(files: readonly string[], uuid: string, version: number): boolean {
  const data = `chunk-${uuid}`;
  if (!files.includes(data)) return false;
  return files.some(
    (name) => name.startsWith(`${data}.v`) && name.endsWith('.meta') && Number(name.slice(data.length + 2, -5)) > version,
  );
}
