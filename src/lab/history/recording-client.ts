/** A file client that records all its operations. */
import { isDfsError } from '../../shared/errors.js';
import type { ErrorCode } from '../../shared/errors.js';
import type { FileClient } from '../workloads/file-client.js';
import { fingerprintOf, FingerprintTaker } from '../workloads/file-content.js';
import { isLook } from './operation.js';
import type { HistoryRecorder, Invocation, OpenOperation, OperationResult } from './history-recorder.js';

/**
 * Errors that the master answers from its state: such a mutation had no effect. After any other error the mutation may have had
 * one.
 */
const REFUSALS: readonly ErrorCode[] = [
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'NOT_A_DIRECTORY',
  'IS_A_DIRECTORY',
  'NOT_EMPTY',
  'PERMISSION_DENIED',
  'INVALID_ARGUMENT',
  'NAME_TOO_LONG',
  'FILE_BUSY',
];

function recordFailure(open: OpenOperation, isMutation: boolean, error: unknown): void {
  const code = isDfsError(error) ? error.errno : undefined;
  if (!isMutation || isDfsError(error, ...REFUSALS)) open.fail(code ?? 'EIO');
  else open.unknown(code);
}

/**
 * @param client carries out the operations, in a session of its own
 * @param name of the client in the history
 * @returns a client that behaves like `client`
 */
export function recordingClient(client: FileClient, recorder: HistoryRecorder, name: string): FileClient {
  const session = recorder.newSession();
  const record = async <T>(
    invocation: Omit<Invocation, 'client' | 'session'>,
    call: () => Promise<T>,
    resultOf: (value: T) => OperationResult = () => ({}),
  ): Promise<T> => {
    const isMutation = !isLook(invocation);
    const open = recorder.begin({ client: name, session, ...invocation });
    let value: T;
    try {
      value = await call();
    } catch (error) {
      recordFailure(open, isMutation, error);
      throw error;
    }
    open.complete(resultOf(value));
    return value;
  };
  // Fingerprints of writes are computed before the write, because the client may take over the buffer.
  return {
    mkdir: (path) => record({ kind: 'mkdir', path, parents: true }, () => client.mkdir(path)),
    makeDirectory: (path) => record({ kind: 'mkdir', path }, () => client.makeDirectory(path)),
    readdir: (path) =>
      record(
        { kind: 'list', path },
        () => client.readdir(path),
        (names) => ({ names }),
      ),
    createFile: (path, content) =>
      record({ kind: 'create', path, ...fingerprintOf(content) }, () => client.createFile(path, content)),
    writeFile: (path, content) =>
      record({ kind: 'overwrite', path, ...fingerprintOf(content) }, () => client.writeFile(path, content)),
    writeStream: (path, source) => {
      const { content, sha256, lengthBytes } = source;
      return record({ kind: 'overwrite', path, content, sha256, lengthBytes }, () => client.writeStream(path, source));
    },
    readFile: (path) => record({ kind: 'read', path }, () => client.readFile(path), fingerprintOf),
    readStream: (path, onPiece, range) => {
      const seen = new FingerprintTaker();
      const take = (piece: Uint8Array): void => {
        seen.add(piece);
        onPiece(piece);
      };
      return record(
        { kind: 'read', path, ...range },
        () => client.readStream(path, take, range),
        () => seen.taken(),
      );
    },
    rename: (path, toPath) => record({ kind: 'rename', path, toPath }, () => client.rename(path, toPath)),
    removeTree: (path) => record({ kind: 'delete', path, recursive: true }, () => client.removeTree(path)),
    rm: (path) => record({ kind: 'delete', path }, () => client.rm(path)),
    exists: (path) =>
      record(
        { kind: 'stat', path },
        () => client.exists(path),
        (exists) => ({ exists }),
      ),
    close: () => client.close(),
    // The recording of the pending operation ends here, with an unknown outcome.
    ...(client.crash === undefined ? {} : { crash: () => client.crash?.() }),
  };
}
