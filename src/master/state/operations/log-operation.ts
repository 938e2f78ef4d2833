/** The types of the operations that the log carries: what one is, and what its row in the table of operations.ts must say. */
import type { LogEntry__Output } from '../../../protocol/generated/distrifs/v1/LogEntry.js';
import type { MutationHeader__Output } from '../../../protocol/generated/distrifs/v1/MutationHeader.js';
import type { Answer } from '../tables/answer.js';
import type { ClusterSettings, EntryTime, MasterState } from '../tables/master-state.js';
import type { Session } from '../tables/session.js';

/** The fields of the oneof `operation` of LogEntry. */
export type OperationName = NonNullable<LogEntry__Output['operation']>;

/** The message that an operation carries. */
export type OperationBody<N extends OperationName> = NonNullable<LogEntry__Output[N]>;

/** One operation with its body, as LogEntry holds it: `{ operation: 'rename', rename: … }`. */
export type LogOperation<N extends OperationName = OperationName> = {
  readonly [K in N]: { readonly operation: K } & { readonly [P in K]: OperationBody<P> };
}[N];

/** What applying an operation works on. */
export interface OperationContext {
  readonly state: MasterState;
  readonly time: EntryTime;
}

/** What applying a mutation works on. */
export interface MutationContext {
  readonly state: MasterState;
  readonly settings: ClusterSettings;
  /** Whose mutation it is. */
  readonly session: Session;
  /** Unix milliseconds of the leader's wall clock. */
  readonly wallMs: number;
}

/** A numbered mutation of a client's session: it is carried out once, and its answer is remembered, errors too. */
export interface MutationRow<Body> {
  readonly kind: 'mutation';
  /** The op code: the first byte of its records. */
  readonly code: number;
  /** It makes the state larger: refused, before it is logged, while a master is short of space. */
  readonly grows?: true;
  /** Session and number; nothing: the leader that logged it is not of this project. */
  readonly header: (body: Body) => MutationHeader__Output | null | undefined;
  /** Checks everything before it changes anything. @throws DfsError what a precondition refuses: it becomes the answer */
  readonly apply: (context: MutationContext, body: Body) => Answer;
}

/**
 * An operation without a number, whose answer is not remembered.
 *
 *   session  opens, renews or ends a client's session
 *   leader   the leader's own: it follows from what the leader observed, or from a call of an operator or a datanode
 */
export interface UnnumberedRow<Body> {
  readonly kind: 'session' | 'leader';
  /** The op code: the first byte of its records. */
  readonly code: number;
  /** Checks everything before it changes anything. @throws DfsError what a precondition refuses: it becomes the answer */
  readonly apply: (context: OperationContext, body: Body) => Answer;
}

export type OperationRow<Body> = MutationRow<Body> | UnnumberedRow<Body>;

/** A row for each operation: the table is complete, or it does not compile. */
export type OperationTable = { readonly [N in OperationName]: OperationRow<OperationBody<N>> };
