/**
 * The one table of the operations that the log carries: everything that reads, writes, applies or names an operation goes by its row.
 *
 * A new mutation is a field of the oneof in log.proto, a row here with the next free code, the function that the row applies, and the
 * handler that proposes it. Codes are for ever: they stand on disk, and fields count with them (log-fields.ts). 0 is none, so that zeros are never an operation; GROUP_CODES has
 * the codes of the other records.
 */
import { initCluster, registerMaster, registerNode, removeNode, skipChunkIds } from './cluster-operations.js';
import {
  abandonFile,
  assignChunk,
  commitVersion,
  completeFile,
  completeWritten,
  createFile,
  createPlanned,
  deleteUnfinished,
} from './file-operations.js';
import { HIGHEST_FIELD } from './log-fields.js';
import type { OperationName, OperationTable } from './log-operation.js';
import { closeSession, expireSessions, openSession, renewSession, replaceSession } from './session-operations.js';
import { deletePath, makeDirectory, purge, renamePath } from './tree-operations.js';

const ROWS = {
  initCluster: { code: 1, kind: 'leader', apply: initCluster },
  registerNode: { code: 3, kind: 'leader', apply: registerNode },
  openSession: { code: 4, kind: 'session', apply: openSession },
  renewSession: { code: 5, kind: 'session', apply: renewSession },
  closeSession: { code: 6, kind: 'session', apply: closeSession },
  expireSessions: { code: 7, kind: 'leader', apply: expireSessions },
  createFile: { code: 8, kind: 'mutation', grows: true, header: ({ request }) => request?.header, apply: createFile },
  assignChunk: { code: 9, kind: 'mutation', grows: true, header: ({ request }) => request?.header, apply: assignChunk },
  commitVersion: { code: 10, kind: 'mutation', header: ({ header }) => header, apply: commitVersion },
  completeFile: { code: 11, kind: 'mutation', header: ({ header }) => header, apply: completeFile },
  abandonFile: { code: 12, kind: 'mutation', header: ({ header }) => header, apply: abandonFile },
  makeDirectory: { code: 13, kind: 'mutation', grows: true, header: ({ header }) => header, apply: makeDirectory },
  rename: { code: 14, kind: 'mutation', grows: true, header: ({ header }) => header, apply: renamePath },
  delete: { code: 15, kind: 'mutation', header: ({ header }) => header, apply: deletePath },
  purge: { code: 16, kind: 'leader', apply: purge },
  registerMaster: { code: 17, kind: 'leader', apply: registerMaster },
  skipChunkIds: { code: 21, kind: 'leader', apply: skipChunkIds },
  removeNode: { code: 22, kind: 'leader', apply: removeNode },
  replaceSession: { code: 23, kind: 'session', apply: replaceSession },
  deleteUnfinished: { code: 24, kind: 'mutation', header: ({ request }) => request?.header, apply: deleteUnfinished },
  createPlanned: {
    code: 27,
    kind: 'mutation',
    grows: true,
    header: ({ create }) => create?.request?.header,
    apply: createPlanned,
  },
  completeWritten: { code: 28, kind: 'mutation', header: ({ header }) => header, apply: completeWritten },
} as const satisfies OperationTable;

export const OPERATIONS: OperationTable = ROWS;

/** The highest number that this release can apply: of an operation, or of a field of one. Those of later releases are larger. */
export const HIGHEST_OPERATION = Math.max(HIGHEST_FIELD, ...Object.values(ROWS).map(({ code }) => code));

type NameOfKind<Kind> = { [N in OperationName]: (typeof ROWS)[N]['kind'] extends Kind ? N : never }[OperationName];

/** The operations that carry the number of a session's mutation. */
export type MutationName = NameOfKind<'mutation'>;
/** The operations that a leader proposes of its own accord. */
export type LeaderOperationName = NameOfKind<'leader'>;
