/** The workloads of the lab by type: what each is about, what can be said of it, and its shape after reading. */
import { GIB, KIB, MIB } from '../../shared/limits.js';

export interface ByteBounds {
  readonly min: number;
  readonly max: number;
}

interface WorkloadTraits {
  /** What its clients do. For editors and for help. */
  readonly about: string;
  /** What the size of a file may be. */
  readonly sizeBytes: ByteBounds;
  /** When nothing is said. Left out: it must be said. */
  readonly sizeDefault?: ByteBounds;
  /** How many names its clients share when nothing is said. Left out: they share none. */
  readonly namesDefault?: number;
}

/** A file is in memory while it is written and read. */
const IN_MEMORY: ByteBounds = { min: 0, max: 64 * MIB };

export const WORKLOADS = {
  'write-verify': {
    about: 'new files, read back and compared; some are deleted',
    sizeBytes: IN_MEMORY,
  },
  'big-file': {
    about: 'few large files, written as streams, read back in ranges and whole; the last ones are kept',
    sizeBytes: { min: 1, max: GIB },
    sizeDefault: { min: 64 * MIB, max: 64 * MIB },
  },
  'many-small': {
    about: 'many small files in nested directories: created, listed, read, deleted, and directories with all that is in them',
    sizeBytes: { min: 0, max: MIB },
    sizeDefault: { min: KIB, max: 8 * KIB },
  },
  'read-heavy': {
    about: 'a set of files written once, then read, the first of them most; few are replaced',
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
    about: 'clients that create, replace, rename, delete, list and read few names at once: registers of metadata',
    sizeBytes: IN_MEMORY,
    namesDefault: 6,
  },
} as const satisfies Readonly<Record<string, WorkloadTraits>>;

export type WorkloadType = keyof typeof WORKLOADS;

/** In the order in which they are listed. */
export const WORKLOAD_TYPES = Object.keys(WORKLOADS) as readonly WorkloadType[];

export const traitsOf = (type: WorkloadType): WorkloadTraits => WORKLOADS[type];

/** What every entry says. */
interface Sized<T extends WorkloadType> {
  readonly type: T;
  readonly clients: number;
  /** sizeBytesMin <= sizeBytesMax */
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
}

interface FilesPaced {
  /** Files a second over all clients of this entry. Left out: as fast as they are acknowledged. */
  readonly filesPerSecond?: number;
}

interface OperationsPaced {
  /** Operations a second over all clients of this entry. Left out: as fast as they are answered. */
  readonly opsPerSecond?: number;
}

interface Named {
  /** How many file names the clients share. */
  readonly names: number;
}

export type WriteVerify = Sized<'write-verify'> & FilesPaced;
/** Each client keeps few files, and deletes its oldest for a new one. */
export type BigFile = Sized<'big-file'> & FilesPaced;
export type ManySmall = Sized<'many-small'> & OperationsPaced;
export type ReadHeavy = Sized<'read-heavy'> & OperationsPaced & Named;
/** `names`: of the clients of one arena, which are four at most. */
export type RenameStorm = Sized<'rename-storm'> & OperationsPaced & Named;
/** Made for the linearizability checker. */
export type MetadataWorkload = Sized<'metadata'> & OperationsPaced & Named;

export type Workload = WriteVerify | BigFile | ManySmall | ReadHeavy | RenameStorm | MetadataWorkload;
export type WorkloadOf<T extends WorkloadType> = Extract<Workload, { readonly type: T }>;

/** Rounds or operations a second over all clients; undefined: as many as are answered. */
export const perSecondOf = (workload: FilesPaced & OperationsPaced): number | undefined =>
  workload.filesPerSecond ?? workload.opsPerSecond;

/** Of one client: the time from the beginning of one round of work to that of the next, milliseconds; 0: without a pause. */
export function pauseMsOf(workload: Workload): number {
  const perSecond = perSecondOf(workload);
  return perSecond === undefined ? 0 : (1_000 * workload.clients) / perSecond;
}
