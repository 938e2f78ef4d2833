/** The checks of the options of each call of the SDK. */
import { CHUNK_BYTES_MAX, CHUNK_BYTES_MIN, MODE_MAX, REPLICATION_MAX } from '../shared/limits.js';
import type {
  ChunkChecksumOptions,
  MakeDirectoryOptions,
  ReadDirectoryOptions,
  ReadFileOptions,
  ReadStreamOptions,
  RemoveOptions,
  SignalOptions,
  WriteFileOptions,
  WriteStreamOptions,
} from './client-options.js';
import { outOfRange } from './argument-error.js';
import { aBoolean, anEncoding, anInteger, aSignal, type Check, type Checks, oneOf } from './check-arguments.js';

export const SIGNAL_CHECKS: Checks<SignalOptions> = { signal: aSignal };

const aMode = anInteger(0, MODE_MAX);
const aPosition = anInteger(0, Number.MAX_SAFE_INTEGER);
/** The largest buffer that a stream of Node accepts. */
const aBufferSize = anInteger(0, 2 ** 31 - 1);

const aPositionOrInfinity: Check = (value, name) => {
  if (value !== Infinity) aPosition(value, name);
};

export const WRITE_FILE_CHECKS: Checks<WriteFileOptions> = {
  ...SIGNAL_CHECKS,
  replication: anInteger(1, REPLICATION_MAX),
  chunkSize: anInteger(CHUNK_BYTES_MIN, CHUNK_BYTES_MAX),
  flag: oneOf('w', 'wx'),
  mode: aMode,
  encoding: anEncoding,
};

export const WRITE_STREAM_CHECKS: Checks<WriteStreamOptions> = { ...WRITE_FILE_CHECKS, highWaterMark: aBufferSize };

export const READ_FILE_CHECKS: Checks<ReadFileOptions> = { ...SIGNAL_CHECKS, encoding: anEncoding };

export const READ_STREAM_CHECKS: Checks<ReadStreamOptions> = {
  ...READ_FILE_CHECKS,
  start: aPosition,
  end: aPositionOrInfinity,
  highWaterMark: aBufferSize,
};

export const CHUNK_CHECKSUM_CHECKS: Checks<ChunkChecksumOptions> = { ...SIGNAL_CHECKS, end: aPositionOrInfinity };

/** @throws ArgumentRangeError when the range ends before it starts */
export function checkRange({ start = 0, end = Infinity }: ReadStreamOptions): void {
  if (start > end) throw outOfRange('options.start', `<= "options.end" (${end})`, start);
}

export const MAKE_DIRECTORY_CHECKS: Checks<MakeDirectoryOptions> = { ...SIGNAL_CHECKS, recursive: aBoolean, mode: aMode };

export const READ_DIRECTORY_CHECKS: Checks<ReadDirectoryOptions> = { ...SIGNAL_CHECKS, withFileTypes: aBoolean };

export const REMOVE_CHECKS: Checks<RemoveOptions> = { ...SIGNAL_CHECKS, recursive: aBoolean, force: aBoolean };
