/** One client operation of a run: request, times and outcome. A line of history.ndjson. */

export type OperationKind = 'create' | 'overwrite' | 'read' | 'delete' | 'stat' | 'list' | 'mkdir' | 'rename';

/**
 * ok: acknowledged, with its result. fail: refused, without effect. unknown: the operation may have taken effect, may take effect
 * at any time after its invocation, or never.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

export interface Operation {
  /** In order of invocation, from 1. */
  readonly id: number;
  /** The client that sent the operation; each client sends one operation at a time. */
  readonly client: string;
  /**
   * The connection of the client. The masters carry out the mutations of one connection in the order of the requests, so that an
   * acknowledged mutation settles those of unknown outcome before it. Absent: unknown.
   */
  readonly session?: number;
  readonly kind: OperationKind;
  readonly path: string;
  /** Of a rename: the new path. */
  readonly toPath?: string;
  /** Of a mkdir: missing parents are created and an existing directory is accepted (mkdir -p). */
  readonly parents?: boolean;
  /** Of a delete: a directory is removed with all that is in it. */
  readonly recursive?: boolean;
  /** Of a write whose content can be regenerated: name of the content (file-content.ts). */
  readonly content?: string;
  /** Of a read: the requested range, `endByte` exclusive. Both absent: the whole file. */
  readonly startByte?: number;
  readonly endByte?: number;
  /** Milliseconds of the run's monotonic clock, real or virtual. */
  readonly invokedMs: number;
  /** null: open when the run ended; the outcome is then unknown. */
  readonly completedMs: number | null;
  readonly outcome: Outcome;
  /** SHA-256, hex, of the content that was written or read; of a range read, the digest of the range. */
  readonly sha256?: string;
  readonly lengthBytes?: number;
  /** Of a list: the names. Of a stat: whether the path existed. */
  readonly names?: readonly string[];
  readonly exists?: boolean;
  /** The errno-style code of a failure. */
  readonly error?: string;
}

const LOOKS: readonly OperationKind[] = ['read', 'stat', 'list'];

/** True for operations that only read. */
export const isLook = ({ kind }: Pick<Operation, 'kind'>): boolean => LOOKS.includes(kind);
