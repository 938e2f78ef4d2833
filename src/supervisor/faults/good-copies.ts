/**
 * Which replicas on the disks of datanodes are good, judged from the files alone: for faults that must leave good copies, and for
 * the look at the end.
 *
 * The format of a meta is read here a second time, on purpose: a judge that used the datanode's own reader would share its
 * mistakes. See src/datanode/store/chunk-meta.ts for the grammar.
 */
import { crc32 } from '../../shared/crc32.js';

/** A node's folder, to look at. */
export interface ReplicaDisk {
  /** Paths of all files, below the folder. */
  files(): readonly string[];
  /** @throws when there is no such file */
  readFile(path: string): Uint8Array;
}

/** A node's folder, to damage. */
export interface DamageableDisk extends ReplicaDisk {
  /** @param bit 0 to 7 */
  flipBit(path: string, byteOffset: number, bit: number): void;
  /** Replaces a file's content. */
  writeFile(path: string, bytes: Uint8Array): void;
  removeFile(path: string): void;
}

/** A committed replica; as a result of `goodCopies`, its data matches its meta. */
export interface GoodCopy {
  readonly nodeId: string;
  readonly uuid: string;
  readonly version: number;
  readonly dataFile: string;
  readonly metaFile: string;
}

/** A committed replica, damaged or not, whose meta is whole. */
export interface BlockCopy extends GoodCopy, Blocks {}

/** Good copies of a chunk that damage and wiped disks leave at least. */
export const COPIES_LEFT_MIN = 2;

const DATA_FILE = /^chunk-([0-9a-f-]{36})$/;
const META_FILE = /^chunk-([0-9a-f-]{36})\.v([1-9]\d{0,15})\.meta$/;
const UNFINISHED_FILE = /^chunk-[0-9a-f-]{36}\.v\d+\.tmp$/;
const QUARANTINED_FILE = /^quarantine\/(chunk-[0-9a-f-]{36})\.([0-9a-f]{8})$/;

const META_MAGIC = 0x4446434d;
const META_HEADER_BYTES = 28;
const CHECKSUM_BYTES = 4;

interface Blocks {
  readonly blockBytes: number;
  /** Of each block, whether it matches its checksum. */
  readonly areGood: readonly boolean[];
}

/** Verifies the blocks of data; null: the meta is not whole, of another version, or describes data of another length. */
function blocksOf(meta: Uint8Array, data: Uint8Array, version: number): Blocks | null {
  if (meta.length < META_HEADER_BYTES + CHECKSUM_BYTES) return null;
  const view = new DataView(meta.buffer, meta.byteOffset, meta.byteLength);
  const end = meta.length - CHECKSUM_BYTES;
  const isWhole = view.getUint32(0) === META_MAGIC && view.getUint32(end) === crc32(meta.subarray(0, end));
  if (!isWhole || view.getBigUint64(8) !== BigInt(version) || view.getBigUint64(16) !== BigInt(data.length)) return null;
  const blockBytes = view.getUint32(24);
  const count = Math.ceil(data.length / blockBytes);
  if (end !== META_HEADER_BYTES + count * CHECKSUM_BYTES) return null;
  const areGood = Array.from({ length: count }, (_, block) => {
    const bytes = data.subarray(block * blockBytes, (block + 1) * blockBytes);
    return view.getUint32(META_HEADER_BYTES + block * CHECKSUM_BYTES) === crc32(bytes);
  });
  return { blockBytes, areGood };
}

/** Tells whether a meta is whole, of this version, and describes exactly this data. */
const fits = (meta: Uint8Array, data: Uint8Array, version: number): boolean =>
  blocksOf(meta, data, version)?.areGood.every(Boolean) === true;

/** A file's bytes; null when it is gone since its folder was listed. */
function read(disk: ReplicaDisk, path: string): Uint8Array | null {
  try {
    return disk.readFile(path);
  } catch {
    return null;
  }
}

/** The disks of one moment: names are listed once, contents are verified chunk by chunk, when asked for. */
export class DiskSurvey {
  readonly #disks: ReadonlyMap<string, ReplicaDisk>;
  /** By node, then by chunk: versions of the metas beside the data, newest first. */
  readonly #replicas = new Map<string, ReadonlyMap<string, readonly number[]>>();

  /** @param disks of all datanodes */
  constructor(disks: ReadonlyMap<string, ReplicaDisk>) {
    this.#disks = disks;
    for (const [nodeId, disk] of disks) this.#replicas.set(nodeId, replicasOf(disk.files()));
  }

  /** Chunks that a node has a data file of, sorted. */
  chunksOn(nodeId: string): string[] {
    return [...(this.#replicas.get(nodeId)?.keys() ?? [])].sort();
  }

  /** Every chunk that any node has a data file of. */
  chunks(): string[] {
    return [...new Set([...this.#disks.keys()].flatMap((nodeId) => this.chunksOn(nodeId)))];
  }

  /** Good copies of the newest version of which there is one. */
  goodCopies(uuid: string): GoodCopy[] {
    const copies = [...this.#disks.keys()].flatMap((nodeId) => this.#goodCopyOn(nodeId, uuid) ?? []);
    const newest = Math.max(...copies.map((copy) => copy.version));
    return copies.filter((copy) => copy.version === newest);
  }

  /** The replicas of the newest version of which there is one with a whole meta, with their blocks, damaged ones too. */
  blockCopies(uuid: string): BlockCopy[] {
    const copies = [...this.#disks.keys()].flatMap((nodeId) => this.#blockCopyOn(nodeId, uuid) ?? []);
    const newest = Math.max(...copies.map((copy) => copy.version));
    return copies.filter((copy) => copy.version === newest);
  }

  /** Tells whether a chunk keeps enough good copies, of the newest version, when these nodes lose theirs. */
  isSpared(uuid: string, losing: ReadonlySet<string>): boolean {
    const copies = this.goodCopies(uuid);
    const left = copies.filter((copy) => !losing.has(copy.nodeId)).length;
    return left === copies.length || left >= COPIES_LEFT_MIN;
  }

  #goodCopyOn(nodeId: string, uuid: string): GoodCopy | null {
    return this.#copyOn(nodeId, uuid, ({ areGood }) => areGood.every(Boolean));
  }

  #blockCopyOn(nodeId: string, uuid: string): BlockCopy | null {
    return this.#copyOn(nodeId, uuid, () => true);
  }

  /** Of a chunk that has several metas, under the newest with such blocks. */
  #copyOn(nodeId: string, uuid: string, isSuch: (blocks: Blocks) => boolean): BlockCopy | null {
    const disk = this.#disks.get(nodeId);
    const versions = this.#replicas.get(nodeId)?.get(uuid);
    if (disk === undefined || versions === undefined || versions.length === 0) return null;
    const dataFile = `chunk-${uuid}`;
    const data = read(disk, dataFile);
    if (data === null) return null;
    for (const version of versions) {
      const metaFile = `${dataFile}.v${version}.meta`;
      const meta = read(disk, metaFile);
      const blocks = meta === null ? null : blocksOf(meta, data, version);
      if (blocks !== null && isSuch(blocks)) return { nodeId, uuid, version, dataFile, metaFile, ...blocks };
    }
    return null;
  }
}

function replicasOf(files: readonly string[]): Map<string, number[]> {
  const replicas = new Map<string, number[]>();
  for (const name of files) {
    const uuid = DATA_FILE.exec(name)?.[1];
    if (uuid !== undefined) replicas.set(uuid, []);
  }
  for (const name of files) {
    const match = META_FILE.exec(name);
    if (match !== null) replicas.get(match[1] ?? '')?.push(Number(match[2]));
  }
  for (const versions of replicas.values()) versions.sort((a, b) => b - a);
  return replicas;
}

/** Good copies of the newest version that any disk holds, by chunk. */
export function goodCopies(disks: ReadonlyMap<string, ReplicaDisk>): Map<string, GoodCopy[]> {
  const survey = new DiskSurvey(disks);
  return new Map(survey.chunks().map((uuid) => [uuid, survey.goodCopies(uuid)]));
}

/** Files in quarantine that were good: data and meta of one removal that fit each other. As `node path`. */
export function wronglyQuarantined(disks: ReadonlyMap<string, ReplicaDisk>): string[] {
  return [...disks].flatMap(([nodeId, disk]) => {
    const files = disk.files();
    return files
      .filter((name) => {
        const match = QUARANTINED_FILE.exec(name);
        if (match === null) return false;
        const data = disk.readFile(name);
        return files.some((other) => {
          const isOfIt = other.startsWith(`quarantine/${match[1]}.v`) && other.endsWith(`.meta.${match[2]}`);
          const version = Number(other.slice(`quarantine/${match[1]}.v`.length).split('.')[0]);
          return isOfIt && fits(disk.readFile(other), data, version);
        });
      })
      .map((name) => `${nodeId} ${name}`);
  });
}

/** Nodes whose disk holds a chunk file that is being written. */
export function writingNodes(disks: ReadonlyMap<string, ReplicaDisk>): string[] {
  return [...disks].filter(([, disk]) => disk.files().some((name) => UNFINISHED_FILE.test(name))).map(([nodeId]) => nodeId);
}
