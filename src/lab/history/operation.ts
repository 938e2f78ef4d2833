/** One client operation of a run: what was asked, when, and what came of it. A line of history.ndjson. */

export type OperationKind = 'create' | 'overwrite' | 'read' | 'delete' | 'stat' | 'list' | 'mkdir' | 'rename';

/**
 * ok: acknowledged, with its result. fail: refused, and certainly without effect. unknown: it may have taken effect, at any time
 * after its invocation, or never.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

export interface Operation {
  /** In order of invocation, from 1. */
  readonly id: number;
  /** Who asked; one operation at a time each. */
  readonly client: string;
  /**
   * Of which connection of a client: the masters carry out the mutations of one in the order in which they were asked for, so that an
   * acknowledged one settles those of unknown outcome before it. Left out: nothing is known about that.
   */
  readonly session?: number;
  readonly kind: OperationKind;
  readonly path: string;
  /** Of a rename: the new path. */
  readonly toPath?: string;
  /** Of a mkdir: missing parents are made too and an existing directory is fine (mkdir -p). */
  readonly parents?: boolean;
  /** Of a delete: a directory goes with all that is in it. */
  readonly recursive?: boolean;
  /** Of a write whose content can be made again: its name (file-content.ts). */
  readonly content?: string;
  /** Of a read: the range that was asked for, `endByte` not included; both left out: the whole file. */
  readonly startByte?: number;
  readonly endByte?: number;
  /** Milliseconds of the run's one monotonic clock, real or virtual. */
  readonly invokedMs: number;
  /** null: still open when the run ended; the outcome is then unknown. */
  readonly completedMs: number | null;
  readonly outcome: Outcome;
  /** Of what was written or read, of a range that alone: sha256, hex. */
  readonly sha256?: string;
  readonly lengthBytes?: number;
  /** Of a list: the names; of a stat: whether the path was there. */
  readonly names?: readonly string[];
  readonly exists?: boolean;
  /** The errno-style code where it did not work. */
  readonly error?: string;
}

const LOOKS: readonly OperationKind[] = ['read', 'stat', 'list'];

/** It asks, and changes nothing. */
export const isLook = ({ kind }: Pick<Operation, 'kind'>): boolean => LOOKS.includes(kind);
