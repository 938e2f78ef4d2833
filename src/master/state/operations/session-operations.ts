/** The life of a client's session as the log carries it: opened, renewed, closed, or expired after a time without use. */
import type { CloseSessionRequest__Output } from '../../../protocol/generated/distrifs/v1/CloseSessionRequest.js';
import type { OpenSessionEntry__Output } from '../../../protocol/generated/distrifs/v1/OpenSessionEntry.js';
import type { RenewSessionRequest__Output } from '../../../protocol/generated/distrifs/v1/RenewSessionRequest.js';
import type { Answer } from '../tables/answer.js';
import type { MasterState } from '../tables/master-state.js';
import type { Session } from '../tables/session.js';
import { abandonPending } from './file-operations.js';
import type { OperationContext } from './log-operation.js';

/** Sessions that one ExpireSessions entry ends: bounds what one entry costs. */
const EXPIRE_AT_ONCE = 64;

/** @throws DfsError RESOURCE_EXHAUSTED */
export function openSession({ state, time }: OperationContext, request: OpenSessionEntry__Output): Answer {
  return { sessionId: state.sessions.open(request.clientName, time.logMs, request.skippedIds).id };
}

/**
 * Opens a session; when there are as many as can be, the one that was not used for longest and has no unfinished file ends first. Its
 * client opens another one when it needs one.
 * @throws DfsError RESOURCE_EXHAUSTED when there is none such
 */
export function replaceSession(context: OperationContext, request: OpenSessionEntry__Output): Answer {
  const { sessions } = context.state;
  const idle = sessions.isFull ? sessions.longestIdle() : undefined;
  if (idle !== undefined) endSession(context.state, idle);
  return openSession(context, request);
}

/** @throws DfsError SESSION_EXPIRED */
export function renewSession({ state, time }: OperationContext, request: RenewSessionRequest__Output): Answer {
  state.sessions.touch(state.sessions.require(request.sessionId), time.logMs);
  return {};
}

/** A session that is gone already stays so. */
export function closeSession({ state }: OperationContext, request: CloseSessionRequest__Output): Answer {
  const session = state.sessions.get(request.sessionId);
  if (session !== undefined) endSession(state, session);
  return {};
}

/** Ends sessions that were not used for the session timeout. @throws DfsError NOT_INITIALIZED */
export function expireSessions({ state, time }: OperationContext): Answer {
  const timeoutMs = state.requireSettings().sessionTimeoutMs;
  for (let ended = 0; ended < EXPIRE_AT_ONCE; ended += 1) {
    const session = state.sessions.oldest();
    if (session === undefined || time.logMs - session.lastUsedMs <= timeoutMs) break;
    endSession(state, session);
  }
  return {};
}

/** Ends a session with its unfinished files. */
function endSession(state: MasterState, session: Session): void {
  for (const fileId of [...session.pendingFiles]) {
    const file = state.tree.get(fileId);
    if (file?.kind === 'file') abandonPending(state, file);
  }
  state.sessions.close(session);
}
