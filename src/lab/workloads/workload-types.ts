/** The workload types of the lab: purpose, options, and the shape of an entry after parsing. */
import { GIB, KIB, MIB } from '../../shared/limits.js';

export interface ByteBounds {
  readonly min: number;
  readonly max: number;
}

interface WorkloadTraits {
  /** What the clients do. Shown by editors and in the help. */
  readonly about: string;
  /** Allowed sizes of a file. */
  readonly sizeBytes: ByteBounds;
  /** Default file size. Absent: the size is required. */
  readonly sizeDefault?: ByteBounds;
  /** Default number of names that the clients share. Absent: the clients share no names. */
  readonly namesDefault?: number;
}

/** A file is held in memory while the file is written and read. */
const IN_MEMORY: ByteBounds = { min: 0, max: 64 * MIB };

export const WORKLOADS = {
  'write-verify': {
    about: 'new files, read back and compared; some are deleted',
    sizeBytes: IN_MEMORY,
  },
  'big-file': {
    about: 'few large files, written as streams, read back in ranges and whole; each client keeps its newest files',
    sizeBytes: { min: 1, max: GIB },
    sizeDefault: { min: 64 * MIB, max: 64 * MIB },
  },
  'many-small': {
    about: 'many small files in nested directories: created, listed, read, deleted, and directories removed with all their files',
    sizeBytes: { min: 0, max: MIB },
    sizeDefault: { min: KIB, max: 8 * KIB },
  },
  'read-heavy': {
    about: 'a set of files written once, then read with the frequencies of Zipf’s law; few are replaced',
    sizeBytes: IN_MEMORY,
    sizeDefault: { min: 64 * KIB, max: MIB },
    namesDefault: 20,
  },
  'rename-storm': {
    about: 'files and directories renamed by many clients in one another’s paths',
    sizeBytes: { min: 0, max: MIB },
    sizeDefault: { min: 64, max: KIB },
    namesDefault: 4,
  },
  metadata: {
    about: 'clients that create, replace, rename, delete, list and read few names concurrently: registers of metadata',
    sizeBytes: IN_MEMORY,
    namesDefault: 6,
  },
} as const satisfies Readonly<Record<string, WorkloadTraits>>;

export type WorkloadType = keyof typeof WORKLOADS;

/** In the order in which they are listed to users. */
export const WORKLOAD_TYPES = Object.keys(WORKLOADS) as readonly WorkloadType[];

export const traitsOf = (type: WorkloadType): WorkloadTraits => WORKLOADS[type];

/** Fields of every entry. */
interface Sized<T extends WorkloadType> {
  readonly type: T;
  readonly clients: number;
  /** sizeBytesMin <= sizeBytesMax */
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
}

interface FilesPaced {
  /** Files per second over all clients of this entry. Default: as fast as writes are acknowledged. */
  readonly filesPerSecond?: number;
}

interface OperationsPaced {
  /** Operations per second over all clients of this entry. Default: as fast as operations are answered. */
  readonly opsPerSecond?: number;
}

interface Named {
  /** Number of file names that the clients share. */
  readonly names: number;
}

export type WriteVerify = Sized<'write-verify'> & FilesPaced;
/** Each client keeps few files, and deletes its oldest file for a new one. */
export type BigFile = Sized<'big-file'> & FilesPaced;
export type ManySmall = Sized<'many-small'> & OperationsPaced;
export type ReadHeavy = Sized<'read-heavy'> & OperationsPaced & Named;
/** `names` is the number of names in one arena, which at most four clients share. */
export type RenameStorm = Sized<'rename-storm'> & OperationsPaced & Named;
/** The load for the linearizability checker. */
export type MetadataWorkload = Sized<'metadata'> & OperationsPaced & Named;

export type Workload = WriteVerify | BigFile | ManySmall | ReadHeavy | RenameStorm | MetadataWorkload;
export type WorkloadOf<T extends WorkloadType> = Extract<Workload, { readonly type: T }>;

/** Rounds or operations per second over all clients; undefined: unlimited. */
export const perSecondOf = (workload: FilesPaced & OperationsPaced): number | undefined =>
  workload.filesPerSecond ?? workload.opsPerSecond;

/** Minimum time of one client from the start of one round to the start of the next, milliseconds; 0: no pause. */
export function pauseMsOf(workload: Workload): number {
  const perSecond = perSecondOf(workload);
  return perSecond === undefined ? 0 : (1_000 * workload.clients) / perSecond;
}
