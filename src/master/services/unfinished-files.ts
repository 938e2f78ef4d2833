/** Unfinished files in the way of another client: whether their writers are gone, and what to say of writers that are not. */
import type { DeleteRequest__Output } from '../../protocol/generated/distrifs/v1/DeleteRequest.js';
import { DfsError } from '../../shared/errors.js';
import type { LeaseView } from '../leader/leases.js';
import type { Leadership } from '../leader/master-context.js';
import type { FileInode } from '../state/tables/inode.js';
import type { LogOperation } from '../state/operations/log-operation.js';
import type { StateMachine } from '../state/operations/state-machine.js';

/** The unfinished file at this path whose writer has been silent for too long, or is gone; 0 when there is none. */
export function lapsedWriterAt(machine: StateMachine, { leaderState }: Leadership, path: string): number {
  const file = unfinishedAt(machine, path);
  const sessionId = file?.pending?.sessionId;
  return file !== undefined && sessionId !== undefined && leaderState.leases.hasLapsed(sessionId) ? file.id : 0;
}

/**
 * The operation that removes what is at a path, with the unfinished file there when its writer is gone. While a master of an earlier release
 * keeps the latter from being removed, a whole file beside it is removed all the same.
 */
export function deletionOf(
  machine: StateMachine,
  leader: Leadership,
  request: DeleteRequest__Output,
): LogOperation<'delete' | 'deleteUnfinished'> {
  const fileId = lapsedWriterAt(machine, leader, request.path);
  // A path that is refused has no unfinished file.
  const isOfWhole = fileId !== 0 && machine.state.tree.place(request.path).inode !== undefined;
  return fileId === 0 || (isOfWhole && !leader.proposer.isKnownToAll('deleteUnfinished'))
    ? { operation: 'delete', delete: request }
    : { operation: 'deleteUnfinished', deleteUnfinished: { request, fileId } };
}

/**
 * Adds to FILE_BUSY who writes the file, and when the path is free. Not part of the remembered answer: it is true only now, and only here.
 * @returns the error itself when the writer has ended meanwhile
 */
export function withHolder(error: DfsError, machine: StateMachine, { leaderState }: Leadership, path: string): DfsError {
  const session = machine.state.sessions.get(unfinishedAt(machine, path)?.pending?.sessionId ?? 0);
  if (session === undefined) return error;
  const view = leaderState.leases.viewOf(session.id);
  const holder = view.peer === '' ? session.clientName : `${session.clientName} at ${view.peer}`;
  return new DfsError(error.code, `${error.message}; it is the client "${holder}", ${prospectOf(view)}`, {
    retriable: error.retriable,
    holder,
    freeAfterMs: view.freeAfterMs,
  });
}

function prospectOf({ state, heardAgoMs, freeAfterMs }: LeaseView): string {
  const inSeconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;
  if (state === 'lost') return `whose connection has ended: the path is free in ${inSeconds(freeAfterMs)}`;
  if (state === 'held') return 'which is connected: the path is free when it ends, or closes the file';
  return `which was heard ${inSeconds(heardAgoMs)} ago: the path is free in ${inSeconds(freeAfterMs)}, unless it is heard again`;
}

function unfinishedAt({ state: { tree } }: StateMachine, path: string): FileInode | undefined {
  try {
    const { parent, name } = tree.place(path);
    return tree.pendingAt(parent.id, name);
  } catch (error) {
    // A path that is refused: applying the request says so.
    if (error instanceof DfsError) return undefined;
    throw error;
  }
}
